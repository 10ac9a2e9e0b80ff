"""The contract of operators, held by every one that is installed.

Whatever it is called on, it must answer alike: twice, on nothing, on one row, on nulls, and on a batch cut
in two. What it says of itself (options, measures, bounds) must be what it does.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import numpy as np
import orjson
import pyarrow as pa
import pytest

from films import make, speech, take
from ingather.cleaning.contract import OperatorConfig, Reads, measuring_key
from ingather.cleaning.forms import BATCH, COST, FORMS, Held, decode
from ingather.plan.model import Plan
from ingather.plugins import OPERATORS, load, names
from ingather.sample import MODALITIES, Item

NAMES = tuple(names(OPERATORS))
PLAN = {
    "version": 1,
    "name": "contract",
    "objective": "See that every operator keeps its word.",
    "languages": ["en"],
    "task": {"type": "classification", "target": "outcome"},
    "sources": [{"name": "here", "kind": "files"}],
}
MOST_BYTES = 2_048
MEDIA = ("audio", "image", "video", "sensor")


def texts(data: Path) -> list[str | None]:
    with (data / "sms-spam" / "SMSSpamCollection").open(encoding="utf-8", newline="") as file:
        rows = [row[-1] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][:60]
    odd = ["", " \n\t", "schön — «ÐÐ»Ñ»", "Ã©tÃ© Ã  la plage", "😀" * 50, "a\x00b\u202e", "word " * 3000]
    return [*rows, rows[0], None, *odd, rows[0]]


def recordings(data: Path) -> list[bytes | None]:
    paths = [
        *sorted((data / "fsdd").rglob("*.wav"))[:12],
        *sorted((data / "voice-prompts" / "wav").rglob("confbridge-leave.wav")),
        data / "voice-prompts" / "wav" / "en" / "silence__1.wav",
    ]
    whole = [path.read_bytes() for path in paths]
    return [*whole, None, b"", b"no sound", whole[0][:500], whole[0][:50], whole[0]]


def pictures(data: Path) -> list[bytes | None]:
    paths = [
        *sorted((data / "tiny-coco" / "images").rglob("*.jpg"))[:8],
        *sorted((data / "exif-samples" / "jpg").rglob("*.jpg"))[:8],
        data / "exif-samples" / "jpg" / "orientation" / "landscape_6.jpg",
        *(
            data / "dicom-samples" / name
            for name in ("CT_small.dcm", "MR_small.dcm", "examples_rgb_color.dcm")
        ),
    ]
    whole = [path.read_bytes() for path in paths]
    return [*whole, None, b"", b"no picture", whole[0][:500], whole[0][: len(whole[0]) // 2], whole[0]]


def films(data: Path) -> list[bytes | None]:
    folder = data / "sample-videos"
    taken = [
        take(folder / "asl_gestures" / "want.mkv", width=96, seconds=1.2),
        take(folder / "car-detection.mp4", width=96, seconds=1.5),
    ]
    whole = [make(taken[0]), make(replace(taken[1], sound=speech(data, 1.5)))]
    return [*whole, None, b"", b"no film", whole[0][:500], whole[1][: len(whole[1]) // 2], whole[0]]


def records(data: Path) -> list[str | None]:
    path = data / "rdatasets-health-survey" / "csv" / "survival" / "pbc.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [json.dumps(row) for row in csv.DictReader(file)][:50]
    odd = ["{}", '{"age": null}', '{"age": 1e300, "deep": {"a": [1, 2]}}', "[1, 2]", "no json"]
    return [*rows, rows[0], None, *odd, rows[0]]


def series(data: Path) -> list[bytes | None]:
    from ingather.formats.layouts import comma2k19, nab, sktime_ts

    read = [
        *nab.read(data / "nab", nab.Config()),
        *comma2k19.read(data / "comma2k19-example", comma2k19.Config()),
        *list(sktime_ts.read(data / "basic-motions", sktime_ts.Config(rate=10)))[:8],
    ]
    whole = [item.content for item in read if isinstance(item, Item) and isinstance(item.content, bytes)]
    return [*whole, None, b"", b"no series", whole[0][:500], whole[0][:-50], whole[0]]


@pytest.fixture(scope="session")
def contents(data: Path) -> dict[str, list[Any]]:
    """Real samples of each modality, with damage, repeats and nulls among them."""
    digests = [text and hashlib.sha256(text.encode()).hexdigest() for text in texts(data)]
    return {
        "text": texts(data),
        "audio": recordings(data),
        "image": pictures(data),
        "video": films(data),
        "record": records(data),
        "sensor": series(data),
        "bytes": [digest or None for digest in digests],
    }


def batch(reads: str, contents: Sequence[Any], start: int = 0) -> Any:
    """A fresh batch as the stage would decode it."""
    ids = [f"{row:032x}" for row in range(start, start + len(contents))]
    none: list[Any] = [None] * len(contents)
    bulk = reads in MEDIA
    held = Held(
        ids=ids,
        modality=reads if reads in MODALITIES else "audio",
        texts=pa.array(contents if reads == "text" else none, pa.large_string()),
        blobs=contents if reads == "bytes" else none,
        changed=contents if bulk else none,
        data=contents if reads == "record" else none,
        place=Path,
    )
    return decode(reads, held)


def config_of(operator: ModuleType) -> OperatorConfig:
    """The options that a plan gets without naming any."""
    modality = operator.reads if operator.reads in MODALITIES else "text"
    given = {}
    if hasattr(operator, "defaults"):
        given = operator.defaults(Plan.model_validate({**PLAN, "modality": modality}))
    config: OperatorConfig = operator.Config(**given)
    return config


def answers(operator: ModuleType, rows: Any, whole: Any, config: OperatorConfig) -> dict[str, list[Any]]:
    """What the operator says of each row, by column, as plain values; ``whole`` is what it may learn from."""
    told: dict[str, list[Any]] = {}
    if hasattr(operator, "change"):
        told["change"] = list(operator.change(rows, config))
    if hasattr(operator, "measure"):
        learnt = (operator.learn(whole, config, None),) if hasattr(operator, "learn") else ()
        measured = operator.measure(rows, config, *learnt)
        assert set(measured) == set(operator.measures)
        for name, kind in operator.measures.items():
            told[name] = plain(measured[name], kind)
    if hasattr(operator, "sign"):
        signatures = operator.sign(rows, config)
        assert signatures.cast(pa.large_binary()).type == pa.large_binary()
        told["sign"] = signatures.to_pylist()
    return told


def plain(values: Any, kind: pa.DataType) -> list[Any]:
    array = values.cast(kind) if isinstance(values, pa.Array | pa.ChunkedArray) else None
    listed = pa.array(values, kind, from_pandas=True).to_pylist() if array is None else array.to_pylist()
    return [None if isinstance(value, float) and np.isnan(value) else value for value in listed]


def alike(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> None:
    assert one.keys() == other.keys()
    for name, values in one.items():
        assert len(values) == len(other[name]), name
        for row, (first, second) in enumerate(zip(values, other[name], strict=True)):
            if isinstance(first, float) and isinstance(second, float):
                assert first == pytest.approx(second, rel=1e-5, abs=1e-6), (name, row)
            else:
                assert first == second, (name, row)


@pytest.fixture(params=NAMES)
def operator(request: pytest.FixtureRequest) -> ModuleType:
    return load(OPERATORS, request.param)


def test_there_are_operators_for_every_form() -> None:
    assert set(FORMS) == set(BATCH) == set(COST) == set(get_args(Reads))
    assert {load(OPERATORS, name).reads for name in NAMES} <= set(FORMS)


def test_it_says_what_it_is(operator: ModuleType) -> None:
    assert operator.__doc__
    assert operator.reads in get_args(Reads)
    assert isinstance(getattr(operator, "version", 1), int)
    assert any(hasattr(operator, part) for part in ("change", "measure", "sign"))
    for part in ("change", "measure", "bounds", "sign", "pairs", "same", "reason", "learn", "defaults"):
        assert not hasattr(operator, part) or getattr(operator, part).__doc__, part


def test_its_options_describe_themselves(operator: ModuleType) -> None:
    assert issubclass(operator.Config, OperatorConfig)
    assert operator.Config.__doc__
    for name, field in operator.Config.model_fields.items():
        assert field.description, name
    config = config_of(operator)
    assert operator.Config.model_validate_json(config.model_dump_json()) == config
    assert len(measuring_key(operator, config)) == 16
    with pytest.raises(ValueError, match="extra"):
        operator.Config(no_such_option=1)


def test_its_bounds_are_about_what_it_measures(operator: ModuleType) -> None:
    if not hasattr(operator, "bounds"):
        assert hasattr(operator, "change") or hasattr(operator, "sign") or operator.measures
        return
    config = config_of(operator)
    for bound in operator.bounds(config):
        kind = operator.measures[bound.measure]
        assert bound.reason
        assert bound.reason.endswith((".", "?", "!", "}"))
        assert bound.field == "" or bound.field in type(config).model_fields
        assert (bound.low, bound.high, bound.allowed) != (None, None, None)
        if bound.allowed is not None:
            assert pa.types.is_string(kind) or pa.types.is_large_string(kind)
        else:
            assert pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)


def test_the_same_batch_gets_the_same_answer(operator: ModuleType, contents: dict[str, list[Any]]) -> None:
    whole, config = batch(operator.reads, contents[operator.reads]), config_of(operator)
    first = answers(operator, whole, whole, config)
    assert {len(values) for values in first.values()} == {len(whole)}
    alike(first, answers(operator, whole, whole, config))
    alike(first, answers(operator, batch(operator.reads, contents[operator.reads]), whole, config))


def test_a_batch_cut_in_two_gets_the_same_answer(
    operator: ModuleType, contents: dict[str, list[Any]]
) -> None:
    rows, config = contents[operator.reads], config_of(operator)
    whole, half = batch(operator.reads, rows), len(rows) // 3
    parts = [batch(operator.reads, rows[:half]), batch(operator.reads, rows[half:], half)]
    told = [answers(operator, part, whole, config) for part in parts]
    joined = {name: [*told[0][name], *told[1][name]] for name in told[0]}
    alike(answers(operator, whole, whole, config), joined)
    taken = whole.take(range(half))
    alike(told[0], answers(operator, taken, whole, config))
    if hasattr(operator, "learn"):
        state = None
        for part in parts:
            state = orjson.loads(orjson.dumps(operator.learn(part, config, state)))
        assert state == orjson.loads(orjson.dumps(operator.learn(whole, config, None)))


def test_one_row_nothing_and_nulls(operator: ModuleType, contents: dict[str, list[Any]]) -> None:
    rows, config = contents[operator.reads], config_of(operator)
    whole = batch(operator.reads, rows)
    every = answers(operator, whole, whole, config)
    for row in (0, len(rows) // 2, len(rows) - 1):
        one = answers(operator, batch(operator.reads, rows[row : row + 1], row), whole, config)
        alike({name: values[row : row + 1] for name, values in every.items()}, one)
    nothing = batch(operator.reads, [])
    assert all(values == [] for values in answers(operator, nothing, nothing, config).values())
    nulls = batch(operator.reads, [None, None])
    told = answers(operator, nulls, whole, config)
    assert {len(values) for values in told.values()} == {2}
    assert told.get("change", [None, None]) == [None, None]
    assert told.get("sign", [None, None]) == [None, None]


def test_a_change_leaves_nothing_more_to_change(operator: ModuleType, contents: dict[str, list[Any]]) -> None:
    if not hasattr(operator, "change"):
        return
    rows, config = contents[operator.reads], config_of(operator)
    changed = operator.change(batch(operator.reads, rows), config)
    again = [new for new in changed if new is not None]
    assert again, "nothing among the samples that it would change"
    assert operator.change(batch(operator.reads, again), config) == [None] * len(again)


def test_copies_are_paired_once_and_newcomers_alone(
    operator: ModuleType, contents: dict[str, list[Any]]
) -> None:
    if not hasattr(operator, "sign"):
        return
    rows, config = contents[operator.reads], config_of(operator)
    whole = batch(operator.reads, rows)
    signatures = operator.sign(whole, config).cast(pa.large_binary())
    assert max(len(one) for one in signatures.to_pylist() if one is not None) <= MOST_BYTES
    assert operator.reason(config)
    everything = operator.pairs(signatures, 0, config)
    assert everything.dtype == np.int64
    assert everything.ndim == 2
    assert everything.shape[1] == 2
    assert (everything[:, 0] < everything[:, 1]).all()
    assert signatures.take(pa.array(everything.ravel())).null_count == 0
    assert [0, len(rows) - 1] in everything.tolist(), "the first sample stands once more at the end"
    assert operator.pairs(signatures[:0], 0, config).shape == (0, 2)
    for since in (len(rows) // 2, len(rows) - 1, len(rows)):
        late = operator.pairs(signatures, since, config)
        assert late.shape[1] == 2
        assert {tuple(pair) for pair in late.tolist()} == {
            tuple(pair) for pair in everything.tolist() if pair[1] >= since
        }


def test_a_sample_is_the_same_as_itself(operator: ModuleType, contents: dict[str, list[Any]]) -> None:
    if not hasattr(operator, "same"):
        return
    config = config_of(operator)
    whole = batch(operator.reads, contents[operator.reads])
    signed = operator.sign(whole, config).is_valid().to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(signed)
    itself = np.asarray(operator.same(whole.take(rows), whole.take(rows), config))
    assert itself.shape == (len(rows),)
    assert (itself >= config.threshold).all()
    assert itself.max() <= 1 + 1e-6
    turned = np.roll(rows, 1)
    there = np.asarray(operator.same(whole.take(rows), whole.take(turned), config))
    back = np.asarray(operator.same(whole.take(turned), whole.take(rows), config))
    assert ((there >= config.threshold) == (back >= config.threshold)).all()
    assert ((there >= 0) & (there <= 1 + 1e-6)).all()
