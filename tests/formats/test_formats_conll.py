"""Tokens with tags in columns: real posts, the schemes of tags, CoNLL-2003's documents, CoNLL-U's words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ingather.formats.convert import convert
from ingather.formats.layouts import conll, conllu
from ingather.formats.tag_schemes import scheme_of, to_iob2
from ingather.sample import Item, Loss

NEWS = """-DOCSTART- -X- -X- O

EU NNP I-NP I-ORG
rejects VBZ I-VP O
German JJ I-NP I-MISC
call NN I-NP O

# NN I-NP O
Smith NNP I-NP I-PER
Jones NNP I-NP B-PER
"""
TREE = """# newdoc id = d1
# sent_id = s1
# text = vámonos al mar
1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\t_
1\tvamos\tir\tVERB\t_\t_\t0\troot\t_\t_
2\tnos\tnosotros\tPRON\t_\t_\t1\tobj\t_\t_
2.1\tx\t_\t_\t_\t_\t_\t_\t_\t_

1\tal\tal\tADP\t_\t_\t0\troot\t_
"""


def items_of(found: list[Item | Loss]) -> list[Item]:
    return [thing for thing in found if isinstance(thing, Item)]


def test_real_posts_with_tags(data: Path, tmp_path: Path) -> None:
    path = data / "wnut17-ner"
    found = list(conll.read(path, conll.Config()))
    items = items_of(found)
    assert len(found) == len(items) == 4403
    assert Counter(item.split for item in items) == {"train": 3394, "validation": 1009}
    assert {item.licence for item in items} == {"CC-BY-4.0"}
    assert all(len(item.label) == len(item.data["tokens"]) for item in items)  # type: ignore[index,arg-type]
    tags = Counter(tag for item in items for tag in item.label)  # type: ignore[union-attr]
    lines = [line for f in path.glob("*.conll") for line in f.read_text("utf-8").splitlines() if line.strip()]
    assert tags == Counter(line.split("\t")[1] for line in lines)
    assert len({tag[2:] for tag in tags if tag != "O"}) == 6
    done = convert("conll", path, "conll", tmp_path / "again")
    assert {(loss.reason, loss.count) for loss in done.losses} == {("CoNLL does not carry the licence", 4403)}
    again = {item.key: item for item in items_of(list(conll.read(tmp_path / "again", conll.Config())))}
    assert all(
        (again[i.key].label, again[i.key].data, again[i.key].split) == (i.label, i.data, i.split)
        for i in items
    )


def test_news_has_documents_and_other_tags(tmp_path: Path) -> None:
    (tmp_path / "eng.testa").write_text(NEWS)
    first, second = items_of(list(conll.read(tmp_path, conll.Config())))
    assert first.label == ["B-ORG", "O", "B-MISC", "O"]
    assert second.label == ["O", "B-PER", "B-PER"]
    assert second.text == "# Smith Jones"
    assert first.data is not None
    assert list(first.data) == ["tokens", "pos", "chunks"]
    assert first.session == second.session == "eng.testa#document-1"
    assert first.split == "validation"


@pytest.mark.parametrize(
    ("tags", "scheme", "turned"),
    [
        (["I-A", "I-A", "B-A", "O", "I-B"], "iob1", ["B-A", "I-A", "B-A", "O", "B-B"]),
        (["B-A", "I-A", "O", "I-B"], "iob2", ["B-A", "I-A", "O", "I-B"]),
        (["S-A", "B-A", "E-A", "U-B", "O"], "iobes", ["B-A", "B-A", "I-A", "B-B", "O"]),
        (["B-A", "L-A", "B-A", "I-A", "L-A"], "iobes", ["B-A", "I-A", "B-A", "I-A", "I-A"]),
    ],
)
def test_schemes(tags: list[str], scheme: str, turned: list[str]) -> None:
    assert scheme_of([tags, ["B-A", "O", "B-A"]] if scheme == "iob2" else [tags]) == scheme
    assert to_iob2(tags, scheme) == turned  # type: ignore[arg-type]


def test_lines_with_too_few_columns_are_named(tmp_path: Path) -> None:
    file = tmp_path / "x.conll"
    file.write_text("Ann\tB-PER\nsleeps\tO\n\nBob\tB-PER\nO\n\nit\tO\nis\tO\n")
    items = items_of(list(conll.read(file, conll.Config())))
    assert [item.fault for item in items] == [None, "line 5 has 1 columns where the file has 2", None]
    assert items[1].label is None


def test_columns_may_be_named(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("1 Ann B-PER NNP\n2 sleeps O VBZ\n")
    config = conll.Config(columns=("id", "tokens", "names", "pos"), tag="3")
    (item,) = items_of(list(conll.read(file, config)))
    assert item.text == "Ann sleeps"
    assert item.label == ["B-PER", "O"]
    assert item.data == {"id": ["1", "2"], "tokens": ["Ann", "sleeps"], "pos": ["NNP", "VBZ"]}


def test_words_of_a_treebank(tmp_path: Path) -> None:
    file = tmp_path / "es-ud-train.conllu"
    file.write_text(TREE)
    first, second = items_of(list(conllu.read(file, conllu.Config())))
    assert (first.key, first.session, first.split) == ("s1", "d1", "train")
    assert first.text == "vamos nos"
    assert first.label == ["VERB", "PRON"]
    assert first.data is not None
    assert first.data["head"] == ["0", "1"]
    assert "line 9 has 9 columns" in str(second.fault)
    assert conllu.write([first], tmp_path / "out", conllu.Config()) == []
    assert (tmp_path / "out" / "train.conllu").read_text().splitlines() == TREE.splitlines()[:8]
