"""Every metric beside the program that its field goes by: the same figures on the same answers."""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from pathlib import Path

import numpy as np
import orjson
import pytest

from ingather.formats.boxes import Box, as_label, read_label
from ingather.formats.layouts import coco, conll
from ingather.formats.time_ranges import TimeRange
from ingather.formats.time_ranges import as_label as as_stretches
from ingather.formats.tracks import Seen, as_tracks
from ingather.sample import Item
from ingather.training.metrics.bleu import bleu, bleu_facts
from ingather.training.metrics.chrf import chrf, chrf_facts
from ingather.training.metrics.found_things import found_facts
from ingather.training.metrics.interval import interval
from ingather.training.metrics.mean_average_precision import map_50
from ingather.training.metrics.retrieval import graded_facts, ndcg_at_k, placed_facts, recall_at_k
from ingather.training.metrics.spans import entity_f1, entity_f1_macro, span_facts, token_accuracy
from ingather.training.metrics.stretches import (
    false_alarms_per_day,
    lead_time,
    stretch_facts,
    windowed_f1,
    windowed_precision,
    windowed_recall,
)
from ingather.training.metrics.table import metric_of
from ingather.training.metrics.tracking import idf1, mota, track_facts
from ingather.training.metrics.transcription import cer, edit_facts, normalise, wer


@pytest.fixture(scope="module")
def tagged(data: Path) -> tuple[list[list[str]], list[list[str]]]:
    """Tags of real posts, and the same with a tenth of the tags drawn anew."""
    items = conll.read(data / "wnut17-ner" / "emerging.dev.conll", conll.Config())
    true = [list(map(str, item.label)) for item in items if isinstance(item, Item)]
    kinds = sorted({tag for tags in true for tag in tags})
    lots = random.Random(0)
    said = [[lots.choice(kinds) if lots.random() < 0.1 else tag for tag in tags] for tags in true]
    return true, said


@pytest.fixture(scope="module")
def sentences(data: Path) -> tuple[list[str], list[str]]:
    """Turns of real dialogues, and the same with words left out, doubled and swapped."""
    file = data / "sgd-dialogues" / "dev" / "dialogues_001.json"
    turns = [turn["utterance"] for one in orjson.loads(file.read_bytes()) for turn in one["turns"]][:400]
    lots = random.Random(0)
    said = []
    for text in turns:
        words = [word for word in text.split() if lots.random() > 0.1]
        if len(words) > 2 and lots.random() < 0.5:
            at = lots.randrange(len(words) - 1)
            words[at], words[at + 1] = words[at + 1], words[at]
        said.append(" ".join(words).replace("the", "teh"))
    said[:3] = ["", "yes", "Ok. 1,000.5 at 7-8; &amp; more"]
    return turns, said


def test_spans_as_seqeval_counts_them(tagged: tuple[list[list[str]], list[list[str]]]) -> None:
    from seqeval.metrics import accuracy_score, f1_score

    true, said = tagged
    facts = span_facts(true, said)
    assert entity_f1(facts).value == pytest.approx(f1_score(true, said))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert entity_f1_macro(facts).value == pytest.approx(f1_score(true, said, average="macro"))
        by_class = f1_score(true, said, average=None)
    assert token_accuracy(facts).value == pytest.approx(accuracy_score(true, said))
    for code in range(len(facts.classes)):
        from dataclasses import replace

        assert entity_f1(replace(facts, only=code)).value == pytest.approx(by_class[code])


@pytest.mark.parametrize("few", [1, 2, 5, 400])
def test_translations_as_sacrebleu_scores_them(sentences: tuple[list[str], list[str]], few: int) -> None:
    import sacrebleu

    true, said = (side[-few:] if few < 400 else side for side in sentences)
    assert bleu(bleu_facts(true, said)).value == pytest.approx(sacrebleu.corpus_bleu(said, [true]).score)
    assert chrf(chrf_facts(true, said)).value == pytest.approx(sacrebleu.corpus_chrf(said, [true]).score)


def test_short_and_foreign_translations_as_sacrebleu_scores_them() -> None:
    import sacrebleu

    true = ["猫はマットの上に座った。", "no", "a-b c,d 1.5", "Ещё раз", 'He said: "no".']
    said = ["猫がマットに座る。", "no way", "a - b c, d 1,5", "Еще", "he said no"]
    for one, other in zip(true, said, strict=True):
        assert chrf(chrf_facts([one], [other])).value == pytest.approx(
            sacrebleu.corpus_chrf([other], [[one]]).score
        )
    assert bleu(bleu_facts(true, said)).value == pytest.approx(sacrebleu.corpus_bleu(said, [true]).score)


def test_transcripts_as_jiwer_counts_them(sentences: tuple[list[str], list[str]]) -> None:
    import jiwer

    true, said = sentences
    facts = edit_facts(true, said)
    plain = [normalise(text) for text in true], [normalise(text) for text in said]
    assert wer(facts).value == pytest.approx(jiwer.wer(*plain))
    assert cer(facts).value == pytest.approx(jiwer.cer(*plain))


def boxes_of(data: Path) -> list[list[Box]]:
    items = coco.read(data / "tiny-coco", coco.Config())
    return [read_label(item.label) for item in items if isinstance(item, Item) and item.label]


def jittered(true: list[list[Box]], seed: int = 0) -> list[list[Box]]:
    rng = np.random.default_rng(seed)
    said = []
    for boxes in true:
        found = []
        for box in boxes:
            for _ in range(int(rng.integers(0, 3))):
                moved = rng.normal(0, 0.15, 4) * [box.width, box.height, box.width, box.height]
                label = box.label if rng.random() < 0.9 else "person"
                score = round(float(rng.random()), 2)
                place = np.array([box.x, box.y, box.width, box.height]) + moved
                found.append(Box(label, *np.maximum(place, 1).tolist(), attributes={"score": score}))
        said.append(found)
    return said


def test_boxes_as_pycocotools_scores_them(data: Path) -> None:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    true = boxes_of(data)
    said = jittered(true)
    names = sorted({box.label for boxes in (*true, *said) for box in boxes})
    told, found = [], []
    for image, (boxes, answers) in enumerate(zip(true, said, strict=True), start=1):
        for box in boxes:
            told.append({
                "id": len(told) + 1, "image_id": image, "category_id": names.index(box.label) + 1,
                "bbox": [box.x, box.y, box.width, box.height], "area": box.width * box.height,
                "iscrowd": int("iscrowd" in box.flags),
            })  # fmt: skip
        for box in answers:
            found.append({
                "image_id": image, "category_id": names.index(box.label) + 1,
                "bbox": [box.x, box.y, box.width, box.height], "score": box.attributes["score"],
            })  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        peer = COCO()
        peer.dataset = {
            "images": [{"id": n + 1} for n in range(len(true))], "annotations": told,
            "categories": [{"id": n + 1, "name": name} for n, name in enumerate(names)], "info": {},
        }  # fmt: skip
        peer.createIndex()
        judge = COCOeval(peer, peer.loadRes(found), "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    labels = [as_label(boxes) for boxes in true]
    answers = [[{**box.as_json(), "score": box.attributes["score"]} for box in boxes] for boxes in said]
    facts = found_facts(labels, answers, outlines=False)
    ours = map_50(facts)
    assert 0.2 < ours.value < 0.9
    assert ours.value == pytest.approx(judge.stats[1], abs=1e-9)
    metric = metric_of({"type": "boxes"}, "map_50")
    around = interval(metric, ours, np.full(len(true), -1))
    assert around.low < ours.value < around.high < 1


def test_outlines_that_cover_half_of_their_boxes() -> None:
    def triangle(x: float) -> dict[str, object]:
        return {"label": "a", "box": [x, 0, 10, 10], "segmentation": [[x, 0, x + 10, 0, x, 10]]}

    square = {"label": "a", "box": [0, 0, 10, 10], "segmentation": [[0, 0, 10, 0, 10, 10, 0, 10]]}
    upper = {"label": "a", "box": [0, 0, 10, 10], "segmentation": [[10, 0, 10, 10, 0, 10]]}
    assert map_50(found_facts([[triangle(0)]], [[triangle(1)]], outlines=True)).value == pytest.approx(1)
    assert map_50(found_facts([[triangle(0)]], [[upper]], outlines=True)).value == 0
    assert map_50(found_facts([[triangle(0)]], [[upper]], outlines=False)).value == pytest.approx(1)
    assert map_50(found_facts([[square]], [[square]], outlines=True)).value == pytest.approx(1)


def sequence(seed: int) -> tuple[list[Seen], list[Seen]]:
    """Things that wander through 60 frames, and a tracker that loses, confuses and invents some."""
    rng = np.random.default_rng(seed)
    true, said = [], []
    places = rng.uniform(0, 400, (6, 2))
    names = {n: n for n in range(6)}
    for frame in range(1, 61):
        places += rng.normal(0, 6, places.shape)
        if rng.random() < 0.15:
            a, b = rng.choice(6, 2, replace=False).tolist()
            names[a], names[b] = names[b], names[a]
        if rng.random() < 0.1:
            names[int(rng.integers(6))] = int(rng.integers(10, 100))
        for n, (x, y) in enumerate(places.tolist()):
            if rng.random() < 0.9:
                true.append(Seen(f"t{n}", frame, "car", x, y, 40, 30))
            if rng.random() < 0.85:
                dx, dy = rng.normal(0, 4, 2)
                said.append(Seen(f"s{names[n]}", frame, "car", x + dx, y + dy, 40, 30))
        if rng.random() < 0.3:
            said.append(Seen("ghost", frame, "car", *rng.uniform(0, 400, 2).tolist(), 40, 30))
    return true, list({(one.track, one.frame): one for one in said}.values())


def test_tracks_as_motmetrics_counts_them() -> None:
    import motmetrics
    import pandas as pd

    from ingather.training.metrics.found_things import overlaps

    pairs = [sequence(seed) for seed in range(4)]
    peers = []
    for true, said in pairs:
        peer = motmetrics.MOTAccumulator(auto_id=True)
        codes = {name: n for n, name in enumerate(dict.fromkeys(one.track for one in (*true, *said)))}
        for frame in range(1, 61):
            own, given = ([one for one in of if one.frame == frame] for of in (true, said))
            table = overlaps(*([Box("", o.x, o.y, o.width, o.height) for o in of] for of in (own, given)))
            apart = np.where(table >= 0.5, 1 - table, np.nan)
            peer.update([codes[o.track] for o in own], [codes[o.track] for o in given], apart)
        peers.append(peer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        host = motmetrics.metrics.create()
        wanted = ["mota", "idf1", "num_switches", "num_misses", "num_false_positives"]
        told: pd.DataFrame = host.compute_many(peers, metrics=wanted, generate_overall=True)
    labels = [as_tracks(true, 500, 500) for true, _ in pairs]
    answers = [as_tracks(said, 500, 500) for _, said in pairs]
    facts = track_facts(labels, answers)
    assert facts.counts["switched"].tolist() == told["num_switches"].tolist()[:-1]
    assert facts.counts["missed"].tolist() == told["num_misses"].tolist()[:-1]
    assert facts.counts["false"].tolist() == told["num_false_positives"].tolist()[:-1]
    assert mota(facts).value == pytest.approx(told["mota"].iloc[-1])
    for row, peer_value in enumerate(told["idf1"].tolist()[:-1]):
        assert idf1(facts.take(np.array([row]))).value == pytest.approx(peer_value)
    assert idf1(facts).value == pytest.approx(told["idf1"].iloc[-1])


def test_search_as_scikit_learn_scores_it() -> None:
    from sklearn.metrics import ndcg_score

    rng = np.random.default_rng(1)
    grades = rng.integers(0, 4, (30, 25)).astype(float)
    grades[3] = 0
    scores = rng.permutation(750).reshape(30, 25).astype(float)
    facts = graded_facts(np.repeat(np.arange(30), 25), grades.ravel(), scores.ravel(), 10)
    asked = grades.any(axis=1)
    found = ndcg_at_k(facts)
    assert found.value == pytest.approx(ndcg_score(grades[asked], scores[asked], k=10))
    assert found.n == 29
    top = np.take_along_axis(grades, np.argsort(-scores, axis=1)[:, :10], axis=1)
    shares = (top > 0).sum(axis=1)[asked] / np.minimum((grades > 0).sum(axis=1)[asked], 10)
    assert recall_at_k(facts).value == pytest.approx(shares.mean())
    half = facts.take(np.arange(375))
    assert ndcg_at_k(half).value == pytest.approx(
        ndcg_score(grades[:15][asked[:15]], scores[:15][asked[:15]], k=10)
    )


def test_places_of_replies() -> None:
    facts = placed_facts(np.array([0, 0, 2]), np.array([1, 3, 0]), 3, 2)
    assert recall_at_k(facts).value == pytest.approx(1 / 3)
    assert ndcg_at_k(facts).value == pytest.approx(1 / 3)
    assert recall_at_k(facts.take(np.array([2]))).value == 0
    assert recall_at_k(facts.take(np.array([1]))).n == 0


def test_alarms_against_stretches() -> None:
    day = 86_400.0
    truth = [
        as_stretches([TimeRange(100, 200, "failure"), TimeRange(5000, 5000, "failure")]),
        as_stretches([]),
    ]
    said = [
        as_stretches([
            TimeRange(40, 90, "failure"), TimeRange(80, 120, "failure"), TimeRange(300, 400, "failure"),
            TimeRange(0, day, "watched"),
        ]),
        as_stretches([TimeRange(10, 20, "failure"), TimeRange(0, day, "watched")]),
    ]  # fmt: skip
    facts = stretch_facts(truth, said)
    assert windowed_recall(facts).value == 0.5
    assert windowed_precision(facts).value == pytest.approx(1 / 3)
    assert windowed_f1(facts).value == pytest.approx(0.4)
    assert lead_time(facts).value == 60
    assert false_alarms_per_day(facts).value == pytest.approx(1.0)
    assert windowed_f1(stretch_facts(truth, [[], []])).value == 0
    assert windowed_f1(stretch_facts([[], []], [[], []])).n == 0
