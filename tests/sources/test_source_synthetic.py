"""The synthetic source: the same bytes every time, quotas by gaps, planted faults, and errors in words."""

from __future__ import annotations

import importlib.util
import io
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from ingather.errors import InputError, MissingExtra, OutsideError
from ingather.plan.model import Plan
from ingather.plan.quotas import Gap
from ingather.sample import Item
from ingather.sources.contract import Request
from ingather.sources.kinds import synthetic
from ingather.sources.speech import synthesis
from ingather.sources.speech.devanagari import respell
from ingather.sources.speech.synthesis import Utterance

WORDS = ["zero", "one", "two"]
ACCENTS = ["us", "british", "indian"]


def plan(words: Sequence[str] = WORDS, **source: Any) -> Plan:
    return Plan.model_validate(
        {
            "version": 1,
            "name": "digits",
            "objective": "Tell digits apart.",
            "modality": source.pop("modality", "audio"),
            "languages": ["en"],
            "task": {"type": "classification", "labels": list(words)},
            "attributes": {
                "accent": {"of": "contributor", "values": ACCENTS},
                "gender": {"of": "contributor", "values": ["Frau", "woman", "man"]},
            },
            "targets": {"unit": source.pop("unit", "samples")},
            "sources": [{"name": "voices", "kind": "synthetic", **source}],
        }
    )


def collect(
    gaps: Sequence[Gap] = (), known: dict[str, Item] | None = None, since: str | None = None, **options: Any
) -> list[Item]:
    made = plan(**options)
    have = {(item.key, item.stamp) for item in (known or {}).values()}
    request = Request(
        "voices",
        made,
        Path("."),
        Path("."),
        since,
        tuple(gaps),
        lambda pairs: [p in have for p in pairs],
        seed=3,
    )
    found = list(synthetic.collect(synthetic.Config(**made.sources[0].options), request))
    assert all(isinstance(item, Item) for item in found)
    return [item for item in found if isinstance(item, Item)]


def by_key(items: Sequence[Item]) -> dict[str, Item]:
    return {item.key: item for item in items}


def sound(item: Item) -> np.ndarray[Any, Any]:
    import soundfile

    assert isinstance(item.content, bytes)
    samples, rate = soundfile.read(io.BytesIO(item.content), dtype="int16")
    assert rate == 16000
    return samples


def test_numbers_and_what_is_told_of_a_clip() -> None:
    items = collect(accents={"us": 2, "british": 1, "indian": 0}, takes=2)
    assert Counter(i.attributes["accent"] for i in items) == {"us": 12, "british": 6}
    assert Counter(i.contributor for i in items) == {"us-000": 6, "us-001": 6, "british-000": 6}
    first = items[0]
    assert (first.key, first.label, first.licence) == ("us-000-0-zero", "zero", "CC0-1.0")
    assert first.synthetic
    assert first.media_type == "audio/wav"
    assert first.bases == {"accent": "declared", "gender": "declared"}
    assert first.attributes["gender"] in {"woman", "man"}
    assert first.evidence["synthesiser"] == "espeak-ng"
    assert "planted" not in first.evidence
    loud = [np.abs(sound(i)).max() for i in items]
    assert min(loud) > 32767 * 0.95 * 10 ** (-12.1 / 20)
    assert all(0.35 < len(sound(i)) / 16000 < 2.5 for i in items)


def test_the_same_plan_gives_the_same_bytes_in_another_process() -> None:
    here = collect(accents={"us": 1, "indian": 1}, faults={"wrong": 1, "near": 1}, takes=1)
    code = (
        "import hashlib, test_source_synthetic as t;"
        "print(hashlib.sha256(b''.join(i.content for i in t.collect(accents={'us': 1, 'indian': 1}, takes=1,"
        "faults={'wrong': 1, 'near': 1}))).hexdigest())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    import hashlib

    content = b"".join(i.content for i in here if isinstance(i.content, bytes))
    assert out.stdout.strip() == hashlib.sha256(content).hexdigest()


def test_other_seeds_and_other_sources_have_other_speakers() -> None:
    one, two = (collect(accents={"us": 2}, takes=1, seed=seed) for seed in (1, 2))
    assert not {i.content for i in one} & {i.content for i in two}
    pooled, alone = collect(accents={"us": 1}, takes=1, pool="voices"), collect(accents={"us": 1}, takes=1)
    assert [i.content for i in pooled] == [i.content for i in alone]
    other = collect(accents={"us": 1}, takes=1, pool="panel")
    assert not {i.content for i in other} & {i.content for i in alone}


@pytest.mark.parametrize("kept", [0, 1, 7, 19])
def test_what_a_break_left_out_comes_as_it_would_have_come(kept: int) -> None:
    options: dict[str, Any] = {
        "accents": {"us": 2, "british": 1, "indian": 1},
        "takes": 1,
        "faults": {"silence": 1, "cut": 1, "wrong": 1, "flood": 4, "exact": 1, "near": 1},
    }
    gaps = [Gap({"accent": "indian"}, 8)]
    whole = collect(gaps, **options)
    assert len(whole) == 12 + 4 + 2 + 4
    had = whole[:kept]
    gained = sum(i.attributes["accent"] == "indian" for i in had)
    rest = collect(
        [Gap({"accent": "indian"}, 8 - gained)], by_key(had), had[-1].cursor if had else None, **options
    )
    assert [(i.key, i.content) for i in had + rest] == [(i.key, i.content) for i in whole]


def test_nothing_new_is_made_without_a_gap() -> None:
    first = collect([Gap({"accent": "us"}, 9)], accents={"us": 1}, takes=2)
    assert len(first) == 9
    assert collect([], by_key(first), first[-1].cursor, accents={"us": 1}, takes=2) == []


def test_gaps_are_filled_exactly_and_by_new_speakers() -> None:
    base = collect(accents={"us": 2, "british": 1, "indian": 1}, takes=1)
    gaps = [Gap({"accent": "indian"}, 7, 4), Gap({"accent": "british"}, 2), Gap({"accent": "martian"}, 9)]
    more = collect(gaps, by_key(base), accents={"us": 2, "british": 1, "indian": 1}, takes=1)
    assert Counter(i.attributes["accent"] for i in more) == {"indian": 7, "british": 2}
    people = {i.contributor for i in more if i.attributes["accent"] == "indian"}
    assert people == {"indian-001", "indian-002", "indian-003", "indian-004"}
    assert not set(by_key(more)) & set(by_key(base))


def test_gaps_of_words_sexes_totals_and_people() -> None:
    options: dict[str, Any] = {"accents": {"us": 0, "indian": 0}, "takes": 1}
    crossed = collect([Gap({"accent": "us", "label": "two"}, 3)], **options)
    assert [(i.attributes["accent"], i.label) for i in crossed] == [("us", "two")] * 3
    assert len({i.contributor for i in crossed}) == 3
    women = collect([Gap({"gender": "woman"}, 6)], **options)
    assert len(women) == 6
    assert {i.attributes["gender"] for i in women} == {"woman"}
    total = collect([Gap({"accent": "us"}, 3), Gap({}, 8)], **options)
    assert Counter(i.attributes["accent"] for i in total) == {"us": 3 + 3, "indian": 2}
    people = collect([Gap({"accent": "us"}, 3)], unit="contributors", **options)
    assert Counter(i.contributor for i in people) == {"us-000": 3, "us-001": 3, "us-002": 3}
    hours = collect([Gap({}, 0.001)], unit="hours", **options)
    assert len(hours) == 4


def test_it_says_what_it_can_be_asked_for() -> None:
    made = plan(accents={"us": 1, "indian": 0})
    config = synthetic.Config(**made.sources[0].options)
    assert synthetic.gives(config, made, {"accent": "indian", "label": "two", "gender": "woman"})
    for by in ({"accent": "british"}, {"label": "ten"}, {"gender": "Frau"}, {"age": "old"}):
        assert not synthetic.gives(config, made, by)
    assert synthetic.gives(synthetic.Config(), plan(), {"accent": "british"})


def test_a_panel_ignores_gaps() -> None:
    assert len(collect([Gap({"accent": "us"}, 30)], accents={"us": 1}, takes=1, role="evaluate")) == 3


def test_planted_faults_are_there_and_told_only_in_the_evidence() -> None:
    faults = {"silence": 4, "clip": 4, "cut": 4, "noise": 4, "wrong": 4, "flood": 5, "exact": 3, "near": 4}
    items = collect(accents={"us": 4, "indian": 2}, takes=2, faults=faults)
    planted = {f: [i for i in items if i.evidence.get("planted") == f] for f in faults}
    assert {f: len(found) for f, found in planted.items()} == faults
    assert len(items) == 36 + 5 + 7
    assert not any(i.fault for i in items)
    good = {i.key: i for i in items if "planted" not in i.evidence}
    for item in planted["exact"]:
        assert item.content == good[item.key.removesuffix("-copy")].content
    for item in planted["near"]:
        original = good[item.key.removesuffix("-copy")]
        assert item.content != original.content
        a, b = sound(item).astype(float), sound(original).astype(float)
        peak = np.abs(np.correlate(a, b, "full")).max() / np.sqrt((a @ a) * (b @ b))
        assert peak > 0.9
    for item in planted["wrong"]:
        assert item.evidence["said"] != item.label
    for item in planted["clip"]:
        x = np.abs(sound(item).astype(float))
        assert np.mean(x > 0.985 * x.max()) > 0.002
    assert {i.contributor for i in planted["flood"]} == {"us-000"}


def test_mistakes_are_told_with_the_nearest_known_name(tmp_path: Path) -> None:
    with pytest.raises(InputError) as unknown:
        collect(accents={"britsh": 2})
    assert "'british'" in unknown.value.fix
    assert unknown.value.where == "sources[0].accents.britsh"
    with pytest.raises(InputError) as nobody:
        collect(accents={"us": 2}, voices={"us": "carribean"})
    assert "caribbean" in nobody.value.fix
    with pytest.raises(InputError) as image:
        collect(accents={"us": 1}, modality="image")
    assert "image" in image.value.message
    with pytest.raises(InputError) as missing:
        collect(accents={"us": 1}, prompts="none.txt")
    assert "none.txt" in missing.value.message
    with pytest.raises(InputError) as faults:
        collect(accents={"us": 1}, takes=1, faults={"cut": 4})
    assert "4 clips are to be faulty, but only 3" in faults.value.message
    with pytest.raises(ValidationError):
        synthetic.Config(snr=(20.0, 4.0))


def test_any_voice_of_the_synthesiser_can_be_named() -> None:
    items = collect(accents={"us": 1}, voices={"us": "fr"}, words=["oui", "non"], takes=1)
    assert [i.label for i in items] == ["oui", "non"]
    assert str(items[0].evidence["voice"]).startswith("roa/fr+")


def test_prompts_come_from_a_file_and_have_keys_of_their_own(tmp_path: Path) -> None:
    made = plan(accents={"us": 1}, prompts="p.txt", takes=1)
    (tmp_path / "p.txt").write_text("# read aloud\nturn it off\n\nturn it, off\n", encoding="utf-8")
    request = Request("voices", made, tmp_path, tmp_path)
    items = list(synthetic.collect(synthetic.Config(**made.sources[0].options), request))
    assert [i.label for i in items if isinstance(i, Item)] == ["turn it off", "turn it, off"]
    assert len({i.key for i in items if isinstance(i, Item)}) == 2


def test_a_worker_that_is_killed_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(synthesis.subprocess, "Popen", Watched)
    long = [Utterance("one two three four five six seven", "en-us", "m1", 100, 50, 50)] * 2000
    heard = synthesis.speak(long)
    next(heard)
    os.kill(started[0].pid, signal.SIGKILL)
    with pytest.raises(OutsideError) as stopped:
        list(heard)
    assert "signal 9" in stopped.value.message
    assert "again" in stopped.value.fix


def test_an_abandoned_batch_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = synthesis.speak([Utterance("one", "en-us", "m1", 150, 50, 50)] * 500)
    next(heard)
    heard.close()
    with pytest.raises(InputError, match="variant 'm99'"):
        list(synthesis.speak([Utterance("one", "en-us", "m99", 150, 50, 50)]))


def test_without_the_extra_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra) as missing:
        collect(accents={"us": 1})
    assert missing.value.fix == "pip install 'ingather[synthetic]'"


def test_words_beyond_the_digits_are_read_by_the_indian_proxy_too() -> None:
    items = collect(accents={"indian": 1}, words=["turn on the light", "play music"], takes=1)
    assert [0.6 < len(sound(i)) / 16000 < 4 for i in items] == [True, True]
    assert respell("tˈɜːn ˈɔn ðə lˈaɪt") == "टर्न ऑन द लाइट"
    assert respell("stɹˈeɪndʒ") == "स्ट्रेन्ज"
