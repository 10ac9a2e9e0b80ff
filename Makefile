PYTHON ?= python3
BIN := .venv/bin

.PHONY: install test soak demo lint docs bench clean

install: .venv/.ready  ## everything, into .venv

.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[all]' --group dev
	touch $@
