"""Utterances of real recordings: found at pauses, and where files of five kinds say."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.formats.time_marks import READERS, Mark, read_marks
from ingather.sample import Item, Loss
from ingather.sources.splitters import utterances

RATE = 8000
RNG = np.random.default_rng(5)


def cut(item: Item, **options: object) -> tuple[list[Item], list[Loss]]:
    found = list(utterances.split(item, utterances.Config(**options)))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def strung(data: Path, pause: float = 0.8) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Twenty spoken digits of the shared set one after the other with pauses, and where each lies."""
    pieces, places, at = [RNG.normal(0, 1e-4, RATE // 2)], [], 0.5
    for digit in range(10):
        for speaker in ("theo", "nicolas"):
            sound, rate = soundfile.read(data / "fsdd" / "recordings" / f"{digit}_{speaker}_0.wav")
            assert rate == RATE
            places.append((at, at + len(sound) / RATE))
            pieces += [sound, RNG.normal(0, 1e-4, int(pause * RATE))]
            at += len(sound) / RATE + pause
    return np.concatenate(pieces), places


def written(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, RATE, format="WAV", subtype="PCM_16")
    return out.getvalue()


def test_every_word_between_pauses_is_found_whole(data: Path) -> None:
    samples, places = strung(data)
    items, losses = cut(Item("talk.wav", "audio", content=written(samples), contributor="theo", label="x"))
    assert losses == []
    assert items[0].carrier
    found = [(x.segment["start"], x.segment["end"]) for x in items[1:] if x.segment]
    assert len(found) == len(places)
    for (start, end), (began, ended) in zip(found, places, strict=True):
        assert began - 0.15 <= start <= began + 0.2  # type: ignore[operator]
        assert ended - 0.25 <= end <= ended + 0.15  # type: ignore[operator]
    length = soundfile.info(io.BytesIO(items[1].content)).duration  # type: ignore[arg-type]
    assert length == pytest.approx(found[0][1] - found[0][0], abs=0.002)  # type: ignore[operator]


def test_a_long_stretch_is_cut_where_it_is_quietest(data: Path) -> None:
    samples, _ = strung(data, pause=0.05)
    items, _ = cut(Item("talk.wav", "audio", content=written(samples)), most=3.0)
    spans = [(x.segment["start"], x.segment["end"]) for x in items[1:] if x.segment]
    assert len(spans) >= 3
    assert all(end - start <= 3.2 for start, end in spans)  # type: ignore[operator]
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))  # type: ignore[operator]


def test_silence_gives_none_and_says_so() -> None:
    items, losses = cut(Item("quiet.wav", "audio", content=written(np.zeros(RATE * 3))))
    assert [item.carrier for item in items] == [True]
    assert [loss.reason for loss in losses] == ["nothing sounds in it: no utterance is cut from it"]


def test_meetings_are_cut_by_their_rttm(data: Path) -> None:
    folder = data / "ami-mini"
    lines = [line.split() for line in (folder / "turns.rttm").read_text().splitlines() if " trn03 " in line]
    item = Item("trn03.wav", "audio", content=folder / "trn03.wav")
    items, losses = cut(item, marks=True, speakers=True)
    assert len(items) - 1 + len(losses) == len(lines) > 1
    assert {x.contributor for x in items[1:]} <= {cells[7] for cells in lines}


FILES = {
    "a.srt": "1\n00:00:00,500 --> 00:00:01,250\n<i>good</i> day\n\n2\n00:00:02,000 --> 00:00:02,900\nbye\n",
    "a.vtt": "WEBVTT\n\n00:00.500 --> 00:01.250 align:start\n"
    "<v Ann>good day\n\n00:02.000 --> 00:02.900\nbye\n",
    "a.ctm": "a 1 0.5 0.3 good\na 1 0.85 0.4 day\nb 1 0 1 other\na 1 2.0 0.9 bye\n",
    "a.rttm": "SPEAKER a 1 0.5 0.75 <NA> <NA> ann <NA> <NA>\nSPEAKER a 1 2.0 0.9 <NA> <NA> bo <NA> <NA>\n",
    "a.TextGrid": 'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = 3\n'
    "tiers? <exists>\nsize = 1\nitem []:\n    item [1]:\n"
    '        class = "IntervalTier"\n        name = "words"\n'
    "        xmin = 0\n        xmax = 3\n        intervals: size = 4\n"
    '        intervals [1]:\n            xmin = 0\n            xmax = 0.5\n            text = ""\n'
    '        intervals [2]:\n            xmin = 0.5\n            xmax = 1.25\n            text = "good day"\n'
    '        intervals [3]:\n            xmin = 1.25\n            xmax = 2\n            text = ""\n'
    '        intervals [4]:\n            xmin = 2\n            xmax = 2.9\n            text = "bye"\n',
}


@pytest.mark.parametrize("name", FILES)
def test_marks_of_every_kind_say_the_same(name: str) -> None:
    found = [x for x in read_marks(name, FILES[name].encode(), "a") if isinstance(x, Mark)]
    assert [(mark.start, mark.end) for mark in found] == [(0.5, 1.25), (2.0, 2.9)]
    if name != "a.rttm":
        assert [mark.text for mark in found] == ["good day", "bye"]


def test_the_short_form_of_a_textgrid() -> None:
    head = '"ooTextFile"\n"TextGrid"\n0\n3\n<exists>\n1\n"IntervalTier"\n"w"\n0\n3\n2\n'
    text = head + '0\n1\n"one"\n1\n3\n"a ""b"""\n'
    found = list(read_marks("a.TextGrid", text.encode("utf-16"), "a"))
    assert found == [Mark(0.0, 1.0, "one", "w"), Mark(1.0, 3.0, 'a "b"', "w")]


def test_marks_beside_a_recording_give_label_and_place(data: Path, tmp_path: Path) -> None:
    samples, _ = strung(data)
    (tmp_path / "a.wav").write_bytes(written(samples))
    (tmp_path / "a.srt").write_text(FILES["a.srt"] + "\n3\n00:05:00,000 --> 00:05:01,000\nlate\n")
    items, losses = cut(Item("a.wav", "audio", content=tmp_path / "a.wav"), marks=True, transcript=True)
    assert [x.label for x in items[1:]] == ["good day", "bye"]
    assert len(losses) == 1
    assert "301 s" in losses[0].reason


@given(name=st.sampled_from(sorted(FILES)), text=st.text(), cutoff=st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_damaged_marks_never_raise(name: str, text: str, cutoff: int) -> None:
    for content in (text, FILES[name][:cutoff] + text, FILES[name].replace("0", text[:2] or "x")):
        for found in read_marks(name, content.encode("utf-8", "replace"), "a"):
            assert isinstance(found, Loss) or found.end > found.start >= 0


def test_every_ending_has_an_example() -> None:
    assert {Path(name).suffix.lower() for name in FILES} == set(READERS)
