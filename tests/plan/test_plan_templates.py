"""Every template is a plan that passes the check at once, and none ever overwrites a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingather.errors import InputError
from ingather.plan.read import check_plan
from ingather.plan.templating import template_files, template_names, template_purpose, write_template
from ingather.sample import MODALITIES


def test_there_is_one_for_each_use_and_each_modality() -> None:
    uses = {"voice-assistant", "chatbot", "recommendations", "healthcare", "speech-to-text", "translation"}
    uses |= {"search", "question-answering", "face-recognition", "opinions", "failure-prediction"}
    assert set(template_names()) == uses | set(MODALITIES)
    assert all(len(template_purpose(name)) > 10 for name in template_names())


@pytest.mark.parametrize("name", template_names())
def test_a_template_passes_the_check_at_once(name: str, tmp_path: Path) -> None:
    written = write_template(name, tmp_path / "new" / "place")
    assert written[0] == tmp_path / "new" / "place" / "plan.yaml"
    assert all(path.is_file() for path in written)
    checked = check_plan(tmp_path / "new" / "place")
    assert checked.mistakes == ()
    assert checked.plan is not None
    assert checked.plan.modality == name or name not in MODALITIES
    assert {source.kind for source in checked.plan.sources} <= {"files", "dataset", "synthetic"}
    assert checked.plan.text.count("#") > 5


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("mine")
    (tmp_path / "prompts.txt").write_text("mine too")
    with pytest.raises(InputError, match=r"plan\.yaml, prompts\.txt") as caught:
        write_template("voice-assistant", tmp_path)
    assert "never overwritten" in caught.value.why
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.yaml", "prompts.txt"]
    assert (tmp_path / "plan.yaml").read_text() == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "place").write_text("x")
    with pytest.raises(InputError, match="not a folder"):
        write_template("text", tmp_path / "place")


def test_a_template_that_is_not_there_tells_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        template_files("chatbott")
    assert "'chatbot'" in caught.value.fix
