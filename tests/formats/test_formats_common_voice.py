"""Common Voice: clips with sentences, speakers, what they said of themselves, and no licence by guess."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from ingather.formats.layouts import common_voice
from ingather.sample import Item, Loss

COLUMNS = (
    "client_id path sentence_id sentence sentence_domain up_votes down_votes age gender accents variant "
    "locale segment"
)
HEAD = "\t".join(COLUMNS.split()) + "\n"


@pytest.fixture
def corpus(data: Path, tmp_path: Path) -> Path:
    root = tmp_path / "cv-corpus" / "en"
    (root / "clips").mkdir(parents=True)
    clips = sorted((data / "fsdd" / "recordings").glob("[01]_*_0.wav"))
    tables: dict[str, list[str]] = {"train": [], "dev": [], "test": []}
    for n, clip in enumerate(clips):
        shutil.copy(clip, root / "clips")
        speaker = clip.stem.split("_")[1]
        split = ("train", "train", "dev", "test")[n % 4]
        age = "twenties" if n % 2 else ""
        tables[split].append(
            f'{speaker}\t{clip.name}\t{n}\tSay "{n}\t\t2\t{n % 2}\t{age}\tmale_masculine\tUS\t\ten\t\n'
        )
    for split, rows in tables.items():
        (root / f"{split}.tsv").write_text(HEAD + "".join(rows), "utf-8")
    return tmp_path / "cv-corpus"


def read(path: Path, **options: str) -> tuple[list[Item], list[Loss]]:
    found = list(common_voice.read(path, common_voice.Config(**options)))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def test_clips_with_sentences_and_speakers(corpus: Path) -> None:
    sniffed = common_voice.sniff(corpus)
    assert sniffed is not None
    assert sniffed.sure > 0.9
    items, losses = read(corpus)
    assert losses == []
    assert Counter(item.split for item in items) == {"train": 6, "validation": 3, "test": 3}
    assert {item.contributor for item in items} == {
        "george",
        "jackson",
        "lucas",
        "nicolas",
        "theo",
        "yweweler",
    }
    assert all(str(item.label).startswith('Say "') for item in items)
    assert {item.attributes.get("gender") for item in items} == {"male_masculine"}
    assert Counter(item.attributes.get("age") for item in items) == {"twenties": 6, None: 6}
    assert {item.bases["gender"] for item in items} == {"declared"}
    assert {item.attributes["up_votes"] for item in items} == {2.0}
    assert all(isinstance(item.content, Path) and item.media_type == "audio/wav" for item in items)


def test_the_licence_is_only_what_a_file_says(corpus: Path) -> None:
    assert {item.licence for item in read(corpus)[0]} == {None}
    (corpus / "README.md").write_text(
        "# Corpus\n\nThe recordings are dedicated to the public domain (CC0).\n"
    )
    assert {item.licence for item in read(corpus)[0]} == {"CC0-1.0"}


def test_rows_without_clip_and_clips_twice_are_told(corpus: Path) -> None:
    first = corpus / "en" / "train.tsv"
    lines = first.read_text().splitlines(keepends=True)
    escaping = lines[1].replace(lines[1].split("\t")[1], "../../../secret.wav")
    first.write_text("".join([*lines, lines[1], lines[1].replace(".wav", ".mp3"), escaping]))
    items, losses = read(corpus)
    assert len(items) == 12
    assert [
        "named before" in losses[0].reason,
        "not there" in losses[1].reason,
        "leads out" in losses[2].reason,
    ] == [True] * 3


def test_one_table_is_taken_if_asked(corpus: Path) -> None:
    shutil.copy(corpus / "en" / "dev.tsv", corpus / "en" / "validated.tsv")
    items, _ = read(corpus, take="validated")
    assert len(items) == 3
    assert {item.split for item in items} == {None}
