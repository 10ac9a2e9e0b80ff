"""Vote files as people write them, and what is settled from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest

from ingather.annotation.settle import settle
from ingather.annotation.votes import read_votes, votes_of
from ingather.errors import InputError


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def rows(path: Path) -> set[tuple[str, str, str]]:
    votes = read_votes(path)
    return {
        (votes.workers[w], votes.tasks[t], votes.labels[y])
        for w, t, y in zip(votes.worker, votes.task, votes.label, strict=True)
    }


EXPECTED = {("ann", "1", "yes"), ("bob", "1", "no"), ("ann", "2", "no")}


@pytest.mark.parametrize(
    "text",
    [
        "ann,1,yes\nbob,1,no\nann,2,no\n",
        "worker,task,label\nann,1,yes\nbob,1,no\nann,2,no\n",
        "Task_ID;Answer;Worker ID\r\n1; yes ;ann\r\n1;no;bob\r\n2;no;ann\r\n",
        "task\tlabel\ttime\tannotator\n1\tyes\t3\tann\n1\tno\t4\tbob\n2\tno\t5\tann",
        '\ufeff"worker","task","label"\n"ann","1","yes"\n"bob","1","no"\n\n"ann","2","no"\n',
    ],
)
def test_every_way_to_write_the_same_votes(tmp_path: Path, text: str) -> None:
    assert rows(write(tmp_path / "votes.csv", text)) == EXPECTED


def test_encodings(tmp_path: Path) -> None:
    text = "worker,task,label\nännä,1,größer\nböb,1,kleiner\nännä,2,größer\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert ("ännä", "1", "größer") in rows(write(tmp_path / "v.csv", text, encoding)), encoding


def test_a_header_of_unknown_names_is_seen_by_its_values(tmp_path: Path) -> None:
    body = "".join(f"w{i % 3},t{i // 3},{'ab'[i % 2]}\n" for i in range(30))
    votes = read_votes(write(tmp_path / "v.csv", "who,what,says\n" + body))
    assert votes.labels == ("a", "b")
    assert len(votes.task) == 30
    asked = read_votes(tmp_path / "v.csv", {"worker": "who", "task": "what", "label": "says"})
    assert (asked.task == votes.task).all()
    with pytest.raises(InputError, match="no column 'where'"):
        read_votes(tmp_path / "v.csv", {"worker": "where", "task": "what", "label": "says"})


def test_rows_that_are_no_votes_are_told_with_their_line(tmp_path: Path) -> None:
    text = "worker,task,label\nann,1,yes\n\nbob,1\nann,2,no,more\n,2,yes\ncid,3, \ncid,1,yes\n"
    votes = read_votes(write(tmp_path / "v.csv", text))
    assert [(loss.where, loss.reason) for loss in votes.losses] == [
        ("v.csv:4", "has 2 cells where 3 are expected"),
        ("v.csv:5", "has 4 cells where 3 are expected"),
        ("v.csv:6", "has no worker"),
        ("v.csv:7", "has no label"),
    ]
    assert len(votes.task) == 2


def test_very_many_bad_rows_are_told_together(tmp_path: Path) -> None:
    votes = read_votes(write(tmp_path / "v.csv", "ann,1,yes\n" * 300 + "ann,1\n" * 250))
    assert sum(loss.count for loss in votes.losses) == 250
    assert votes.losses[-1].where == "v.csv:401 and below"


def test_stray_quotes_in_a_tsv_are_letters(tmp_path: Path) -> None:
    votes = read_votes(write(tmp_path / "v.tsv", 'ann\t1\t"yes\nbob\t1\tno\n'))
    assert votes.labels == ('"yes', "no")


def test_labels_that_are_numbers_sort_as_numbers(tmp_path: Path) -> None:
    votes = read_votes(write(tmp_path / "v.csv", "a,1,10\na,2,9\na,3,2\n"))
    assert votes.labels == ("2", "9", "10")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04\x00\x00,\x00,\x00", "not a text file"),
        (b"just one column\nof words\n", "no three columns"),
        (b"worker,task,colour\nann,1,red\n", "no column for the label"),
    ],
)
def test_what_is_no_vote_file(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "v.csv").write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_votes(tmp_path / "v.csv")
    with pytest.raises(InputError, match="Cannot read"):
        read_votes(tmp_path / "none.csv")


def test_gold_is_found_and_its_clashes_told(tmp_path: Path) -> None:
    votes = read_votes(write(tmp_path / "v.csv", "a,1,x,x\nb,1,y,x\na,2,y,y\nb,2,y,x\na,3,x,\n"))
    assert votes.gold == {"1": "x"}
    assert [loss.where for loss in votes.losses] == ["task 2"]


def test_a_real_crowd_is_settled(data: Path) -> None:
    votes = read_votes(data / "active-crowd-toolkit" / "Data" / "CF_amt.csv")
    assert (len(votes.task), len(votes.workers), len(votes.tasks)) == (6030, 110, 300)
    assert votes.losses == ()
    told = settle(votes, "majority")
    assert told.gold_accuracy == pytest.approx(0.847, abs=5e-4)
    assert told.labels.keys() == set(votes.tasks)
    by_workers = orjson.loads(orjson.dumps(settle(votes).as_json()))
    assert set(by_workers) >= {
        "labels", "posteriors", "marginals", "log_likelihood", "iterations", "workers", "agreement",
    }  # fmt: skip
    assert sum(by_workers["marginals"].values()) == pytest.approx(1)
    assert sum(by_workers["posteriors"]["81991168"].values()) == pytest.approx(1)
    assert 0 < by_workers["agreement"]["alpha"] < 1
    worker = by_workers["workers"]["A2N7I0331X72Z7"]
    assert worker["labels"] == worker["gold"]["labels"]
    assert sum(worker["confusion"]["0"].values()) == pytest.approx(1)


def test_subjective_tasks_keep_their_distribution() -> None:
    told = settle(votes_of(["a", "b", "c"], ["1", "1", "1"], ["x", "x", "y"]), subjective=True)
    assert told.labels == {}
    assert told.distribution(0) == {"x": pytest.approx(2 / 3), "y": pytest.approx(1 / 3)}


@pytest.mark.parametrize("method", ["majority", "one-coin", "dawid-skene"])
def test_an_empty_file_and_a_single_vote(tmp_path: Path, method: str) -> None:
    nothing = settle(read_votes(write(tmp_path / "v.csv", "")), method)  # type: ignore[arg-type]
    assert (nothing.labels, nothing.marginals) == ({}, {})
    only_names = read_votes(write(tmp_path / "v.csv", "worker,task,label\n"))
    assert settle(only_names, method).as_json()["posteriors"] == {}  # type: ignore[arg-type]
    one = settle(votes_of(["a"], ["1"], ["x"]), method)  # type: ignore[arg-type]
    assert one.labels == {"1": "x"}
    assert one.agreement == {"alpha": None, "fleiss": None, "cohen": None}
    orjson.dumps(one.as_json())


def test_free_text_is_no_label() -> None:
    words = [str(i) for i in range(20_000)]
    with pytest.raises(InputError, match="20,000 different labels"):
        settle(votes_of(["a"] * 20_000, words, words))


def test_a_truth_that_a_worker_never_met_is_unknown() -> None:
    told = settle(votes_of(["a", "b", "b"], ["1", "1", "2"], ["x", "x", "y"]))
    assert told.workers["a"]["confusion"] == {"x": {"x": 1.0, "y": 0.0}, "y": None}
    assert np.isfinite(told.log_likelihood or np.nan)
