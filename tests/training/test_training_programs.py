"""The example programs run by the recipe command, on real recordings, pictures and pairs of sentences."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from training_plans import plan

from ingather.formats.layouts import voc
from ingather.sample import Item, Part
from ingather.training.answers import Answers
from ingather.training.contract import Beside, Examples
from ingather.training.evaluate import Evaluation, evaluate
from ingather.training.exchange import write_examples
from ingather.training.inputs import truths
from ingather.training.recipes import command

PROGRAMS = Path(__file__).resolve().parents[2] / "examples" / "programs"


def judged(program: str, learn: Examples, asked: Examples, folder: Path) -> Evaluation:
    config = command.Config(run=[sys.executable, str(PROGRAMS / program)], folder=str(folder))
    found = command.fit(learn, config, 0).predict(asked)
    told = Answers(asked.ids, asked.labels, found, np.full(len(asked.ids), -1), {}, "test", asked.beside)
    return evaluate(plan(modality=asked.modality, task=asked.task), told)


def test_spoken_digits_are_written_down(data: Path, tmp_path: Path) -> None:
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    files = sorted((data / "fsdd" / "recordings").glob("*.wav"))[::3]
    labels = [words[int(file.name[0])] for file in files]
    contents = [file.read_bytes() for file in files]
    some = Examples([file.stem for file in files], contents, labels, {"type": "transcription"}, "audio")
    found = judged(
        "transcribe.py", some.take(np.arange(0, 200, 2)), some.take(np.arange(1, 200, 2)), tmp_path
    )
    assert found.metric == "wer"
    assert found.overall.n == 100
    assert found.overall.value < 0.4


def test_sentences_are_translated_and_the_answer_is_not_given_away(tmp_path: Path) -> None:
    sides = [
        {"the": "le", "a": "un"},
        {"black": "noir", "red": "rouge", "small": "petit", "old": "vieux"},
        {"dog": "chien", "cat": "chat", "horse": "cheval", "bird": "oiseau"},
        {"sleeps": "dort", "eats": "mange", "runs": "court"},
    ]
    lines = list(product(*(side.items() for side in sides)))
    texts = [" ".join(pair[0] for pair in line) for line in lines]
    beside = [Beside((Part("translation", text=" ".join(pair[1] for pair in line)),)) for line in lines]
    task = {"type": "translation"}
    labels = truths(task, [None] * len(texts), beside)
    some = Examples([str(n) for n in range(len(texts))], texts, labels, task, "text", beside)
    order = np.random.default_rng(0).permutation(len(texts))
    found = judged("translate.py", some.take(order[:70]), some.take(order[70:]), tmp_path)
    assert found.metric == "chrf"
    assert found.overall.value > 95
    write_examples(some, tmp_path / "asked.parquet", labelled=False)
    assert pq.read_table(tmp_path / "asked.parquet")["parts"].to_pylist() == [[]] * len(texts)
    write_examples(some, tmp_path / "train.parquet", labelled=True)
    told = pq.read_table(tmp_path / "train.parquet")
    assert told["parts"][0].as_py()[0]["text"] == told["label"][0].as_py()


def test_cells_are_found_in_pictures(data: Path, tmp_path: Path) -> None:
    items = [
        one for one in voc.read(data / "bccd-blood-cells" / "BCCD", voc.Config()) if isinstance(one, Item)
    ]
    items = items[:60]
    contents = [one.content.read_bytes() if isinstance(one.content, Path) else one.content for one in items]
    labels = [one.label for one in items]
    some = Examples([one.key for one in items], contents, labels, {"type": "boxes"}, "image")
    found = judged("detect.py", some.take(np.arange(40)), some.take(np.arange(40, 60)), tmp_path)
    assert found.metric == "map_50"
    cells = {group.by["label"]: group.figure.value for group in found.groups}
    assert cells["WBC"] > 0.25
    assert found.overall.low < found.overall.value < found.overall.high
