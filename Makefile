PYTHON ?= python3
BIN := .venv/bin
export DO_NOT_TRACK := 1
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
# Every call of the command line loads a thousand modules: compiled once, not at each call.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install pages system test lint soak demo docs clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

install: .venv/.ready  ## everything, into .venv

.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ingather needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[all]' --group dev
	touch $@

pages: system  ## the studio's pages, built from frontend/ by node
	@$(PYTHON) frontend/build_pages.py

system:  ## the parts of the system that tests need: PostgreSQL and Chromium
	@sh tests/system.sh

lint: install  ## style, types and the house's layers
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

test: install pages lint  ## everything that must pass
	$(BIN)/pytest -n 2 --dist loadgroup -m "not soak"

soak: install pages  ## the long form: many kills, a million rows, peers
	$(BIN)/pytest -m soak
	$(BIN)/python benchmarks/scale/run.py --sizes 1000 100000 1000000
	$(BIN)/python benchmarks/media/run.py
	$(BIN)/python benchmarks/text_cleaning/run.py --size 100000
	$(BIN)/python benchmarks/near_duplicates/run.py --size 100000

docs: install  ## this documentation as a site, into site/
	$(BIN)/mkdocs build --strict --quiet

demo: install  ## the whole story at the terminal, with synthetic voices
	$(BIN)/ingather demo

clean:  ## what can be made again
	rm -rf frontend/node_modules src/ingather/studio/static .venv .mypy_cache .ruff_cache .pytest_cache site demo demo-control
