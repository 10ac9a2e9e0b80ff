"""Every metric against scikit-learn where it has it, else against sums done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics as peer

from ingather.errors import InputError
from ingather.plan.tasks import METRICS, range_of
from ingather.training.answers import Answers
from ingather.training.contract import Predictions
from ingather.training.metrics.facts import ClassFacts, MultiFacts, NumberFacts, RankFacts
from ingather.training.metrics.gather import gather
from ingather.training.metrics.scores import calibration_bins
from ingather.training.metrics.table import metric_of, metrics_of
from ingather.training.metrics.transcription import edit_facts, normalise

TASK = {"type": "classification"}
MULTI = {"type": "classification", "multi": True}


def value(task: dict, name: str, facts: object) -> float:
    estimate = metric_of(task, name).estimate(facts)
    assert estimate.influence.sum() == pytest.approx(0, abs=1e-9)
    return estimate.value


def classes(k: int, n: int = 300, seed: int = 0, positive: int | None = None) -> ClassFacts:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, k, n)
    scores = rng.random((n, k)) + np.eye(k)[truth] * 0.6
    scores = np.round(scores / scores.sum(axis=1, keepdims=True), 2)
    scores /= scores.sum(axis=1, keepdims=True)
    return ClassFacts(truth, scores.argmax(axis=1), tuple("abcdefgh"[:k]), scores, positive)


@pytest.mark.parametrize("k", [2, 5])
def test_one_label_like_scikit_learn(k: int) -> None:
    facts = classes(k)
    assert value(TASK, "accuracy", facts) == pytest.approx(peer.accuracy_score(facts.truth, facts.answer))
    assert value(TASK, "balanced_accuracy", facts) == pytest.approx(
        peer.balanced_accuracy_score(facts.truth, facts.answer)
    )
    for average in ("macro", "micro"):
        assert value(TASK, f"f1_{average}", facts) == pytest.approx(
            peer.f1_score(facts.truth, facts.answer, average=average)
        )


def test_auroc_like_scikit_learn_with_ties() -> None:
    facts = classes(2, positive=1)
    assert value(TASK, "auroc", facts) == pytest.approx(peer.roc_auc_score(facts.truth, facts.scores[:, 1]))
    several = classes(5)
    assert value(TASK, "auroc", several) == pytest.approx(
        peer.roc_auc_score(several.truth, several.scores, multi_class="ovr", average="macro")
    )


def test_rates_like_the_confusion_matrix() -> None:
    facts = classes(2, positive=1)
    (tn, fp), (fn, tp) = peer.confusion_matrix(facts.truth, facts.answer)
    assert value(TASK, "false_positive_rate", facts) == pytest.approx(fp / (fp + tn))
    assert value(TASK, "false_negative_rate", facts) == pytest.approx(fn / (fn + tp))
    several = classes(4)
    table = peer.multilabel_confusion_matrix(several.truth, several.answer)
    assert value(TASK, "false_positive_rate", several) == pytest.approx(
        np.mean([t[0, 1] / t[0].sum() for t in table])
    )
    assert value(TASK, "false_negative_rate", several) == pytest.approx(
        np.mean([t[1, 0] / t[1].sum() for t in table])
    )


def test_several_labels_like_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    truth = rng.random((200, 4)) < [0.5, 0.2, 0.1, 0.3]
    scores = np.clip(truth * 0.4 + rng.random((200, 4)) * 0.7, 0, 1)
    facts = MultiFacts(truth, scores > 0.5, tuple("abcd"), scores)
    assert value(MULTI, "accuracy", facts) == pytest.approx(peer.accuracy_score(truth, facts.answer))
    for average in ("macro", "micro"):
        assert value(MULTI, f"f1_{average}", facts) == pytest.approx(
            peer.f1_score(truth, facts.answer, average=average)
        )
    assert value(MULTI, "auroc", facts) == pytest.approx(peer.roc_auc_score(truth, scores, average="macro"))


def test_numbers_like_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(50, 9, 80)
    facts = NumberFacts(truth, truth + rng.normal(1, 4, 80))
    task = {"type": "regression"}
    assert value(task, "mae", facts) == pytest.approx(peer.mean_absolute_error(facts.truth, facts.answer))
    assert value(task, "rmse", facts) == pytest.approx(
        peer.root_mean_squared_error(facts.truth, facts.answer)
    )
    assert value(task, "r2", facts) == pytest.approx(peer.r2_score(facts.truth, facts.answer))


def test_calibration_by_hand() -> None:
    scores = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.2, 0.8]])
    facts = ClassFacts(np.array([0, 1, 1, 1]), scores.argmax(axis=1), ("a", "b"), scores)
    assert value(TASK, "calibration_error", facts) == pytest.approx((2 * 0.4 + 0.3 + 0.2) / 4)
    bins = calibration_bins(facts)
    assert [(round(b.low, 1), b.n, round(b.confidence, 2), b.accuracy) for b in bins] == [
        (0.7, 1, 0.7, 1.0),
        (0.8, 1, 0.8, 1.0),
        (0.9, 2, 0.9, 0.5),
    ]


def test_word_and_character_errors_by_hand() -> None:
    task = {"type": "transcription"}
    facts = edit_facts(["Turn on the lights, please!", "no"], ["turn the light please now", ""])
    assert facts.word_edits.tolist() == [3, 1]  # 'on' left out, 'lights' changed, 'now' put in; 'no' left out
    assert value(task, "wer", facts) == pytest.approx(4 / 6)
    exact = edit_facts(["kitten"], ["sitting"])
    assert value(task, "cer", exact) == pytest.approx(3 / 6)


def test_transcripts_are_compared_after_the_named_normaliser() -> None:
    assert normalise("  «Cafe\u0301»,\tNO — no! ") == "caf\u00e9 no no"
    assert normalise("हैलो, नमस्ते।") == "हैलो नमस्ते"


def test_ranked_lists_like_scikit_learn() -> None:
    task = {"type": "recommendation"}
    facts = RankFacts(np.array([0, 0, 0, 1]), np.array([1, 3, 40, 2]), 10)
    relevance = np.zeros((2, 50))
    relevance[0, [0, 2, 39]], relevance[1, 1] = 1, 1
    order = np.tile(np.arange(50, 0, -1), (2, 1))
    assert value(task, "ndcg_at_k", facts) == pytest.approx(peer.ndcg_score(relevance, order, k=10))
    assert value(task, "recall_at_k", facts) == pytest.approx((2 / 3 + 1) / 2)
    never_met = RankFacts(np.array([0]), np.array([0]), 10)
    assert value(task, "recall_at_k", never_met) == 0


def test_the_positive_label_is_the_plans_else_the_rarer_one_and_told() -> None:
    said = Predictions(["ham", "ham", "spam", "ham"])
    answers = Answers(list("abcd"), ["ham", "ham", "ham", "spam"], said, np.full(4, -1))
    _, facts, told = gather(TASK, answers)
    assert facts.classes[facts.positive] == "spam"
    assert any("'spam', the rarer label" in line for line in told)
    _, facts, told = gather({**TASK, "positive": "ham"}, answers)
    assert facts.classes[facts.positive] == "ham"
    assert not told


def test_numbers_and_words_name_the_same_label() -> None:
    said = Predictions([1, "2", 2.0])
    _, facts, _ = gather(
        {**TASK, "labels": ["1", "2"]}, Answers(list("abc"), ["1", 2, 2], said, np.full(3, -1))
    )
    assert (facts.truth == facts.answer).all()


def test_what_has_no_label_or_no_answer_is_told() -> None:
    answers = Answers(list("abc"), ["x", None, "y"], Predictions(["x", "x", None]), np.full(3, -1))
    kept, facts, told = gather(TASK, answers)
    assert kept.ids == ["a", "c"]
    assert value(TASK, "accuracy", facts) == 0.5
    assert "1 of 3 samples have no label yet and are not judged." in told
    assert "1 samples were not answered; that counts as wrong." in told


def test_a_metric_of_another_task_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as refused:
        metric_of({"type": "regression"}, "accuracy")
    assert "mae, rmse, r2" in refused.value.fix
    with pytest.raises(InputError):
        metric_of({"type": "none"}, None)


def test_the_first_metric_of_a_task_is_its_default() -> None:
    kinds = [TASK, MULTI, {"type": "regression"}, {"type": "transcription"}, {"type": "recommendation"}]
    assert [metrics_of(kind)[0].name for kind in kinds] == ["accuracy", "f1_micro", "mae", "wer", "ndcg_at_k"]


def test_every_task_of_a_plan_has_here_the_metrics_that_the_plan_may_name() -> None:
    forms = {"tagging": (None, "tags"), "anomaly": (None, "stretches"), "failure": (None, "stretches"),
             "dialogue": (None, "ranks", "labels")}  # fmt: skip
    for kind, named in METRICS.items():
        known = {
            one.name for form in forms.get(kind, (None,)) for one in metrics_of({"type": kind, "form": form})
        }
        assert set(named) <= known, kind
        for metric in metrics_of({"type": kind}):
            if metric.name in named:
                low, high = range_of(metric.name)
                assert (metric.low, metric.high) == (
                    -math.inf if low is None else low,
                    math.inf if high is None else high,
                )
