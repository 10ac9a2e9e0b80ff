"""Paragraphs and sections: nothing is lost between them, and each knows where it stood."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingather.sample import Item, Loss
from ingather.sources.splitters import paragraphs, sections


def pieces(module: object, text: str, **options: object) -> list[Item]:
    found = module.split(Item("t", "text", text=text), module.Config(**options))  # type: ignore[attr-defined]
    return [x for x in found if isinstance(x, Item) and not x.carrier]


@given(text=st.text(alphabet="ab \n\t#=-x", max_size=200))
@pytest.mark.parametrize("module", [paragraphs, sections])
def test_no_word_is_lost_and_places_are_true(module: object, text: str) -> None:
    found = pieces(module, text)
    assert "".join("".join(x.text or "" for x in found).split()) == "".join(text.split())
    for piece in found:
        assert piece.segment is not None
        assert text[piece.segment["start"] : piece.segment["end"]] == piece.text  # type: ignore[misc]


def test_a_real_page_has_its_sections(data: Path) -> None:
    text = (data / "fsdd" / "ORIGIN.md").read_text()
    found = pieces(sections, text)
    assert found[0].segment is not None
    assert found[0].segment["heading"] == "fsdd"


def test_short_paragraphs_join_the_next_and_long_ones_are_cut() -> None:
    assert [x.text for x in pieces(paragraphs, "a\n\nbb\n\nccc dd", least=5)] == ["a\n\nbb", "ccc dd"]
    long = pieces(paragraphs, "word " * 100, most=100)
    assert len(long) == 5
    assert all(len(x.text or "") <= 100 for x in long)


def test_headings_of_ones_own() -> None:
    found = pieces(sections, "Chapter 1\nOne.\nChapter 2\nTwo.", heading=r"^Chapter \d+$")
    assert [x.segment["heading"] for x in found if x.segment] == ["Chapter 1", "Chapter 2"]
    assert list(sections.check(sections.Config(heading="("), None, None))


def test_a_text_without_words_says_so() -> None:
    for module in (paragraphs, sections):
        found = list(module.split(Item("t", "text", text=" \n "), module.Config()))
        assert isinstance(found[-1], Loss)
