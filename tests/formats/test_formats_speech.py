"""Layouts of speech: recordings with words and speakers, pieces cut at the frame, turns of real meetings."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import pytest
from format_specimens import SPECIMENS, clip

from ingather.formats.convert import convert
from ingather.formats.layouts import kaldi, nemo, rttm
from ingather.plugins import FORMATS, load
from ingather.sample import Item, Loss


def read(name: str, path: Path, **options: object) -> tuple[list[Item], list[Loss]]:
    module = load(FORMATS, name)
    found = list(module.read(path, module.Config(**options)))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


EXPECTED = [
    ("librispeech", "dev-clean/84/121123/84-121123-0000.wav", "GO DO YOU HEAR", "84", {"gender": "female"}),
    ("ljspeech", "wavs/LJ001-0001.wav", "Printing, in fourteen fifty-five", None, {}),
    (
        "vctk",
        "wav48_silence_trimmed/p225/p225_001_mic1.wav",
        "Please call Stella.",
        "p225",
        {
            "age": 23.0,
            "gender": "female",
            "accent": "English",
            "region": "Southern  England",
            "microphone": "1",
        },
    ),
    ("nemo", "a.wav", "hello", "ann", {}),
]


@pytest.mark.parametrize(("name", "key", "words", "speaker", "attributes"), EXPECTED)
def test_words_and_speakers(
    tmp_path: Path, name: str, key: str, words: str, speaker: str | None, attributes: dict[str, object]
) -> None:
    SPECIMENS[name](tmp_path / "set")
    items, losses = read(name, tmp_path / "set")
    assert losses == []
    item = next(one for one in items if one.key == key)
    assert (item.label, item.contributor, item.attributes) == (words, speaker, attributes)
    assert item.modality == "audio"
    assert isinstance(item.content, Path)


def test_utterances_are_cut_at_the_frame(tmp_path: Path) -> None:
    SPECIMENS["kaldi"](tmp_path / "set")
    items, losses = read("kaldi", tmp_path / "set")
    assert losses == []
    parent, first, second = items
    assert parent.carrier
    assert [(one.key, one.parent, one.label, one.contributor, one.split) for one in (first, second)] == [
        ("ann-1", parent.key, "hello there", "ann", "train"),
        ("bob-2", parent.key, "größer", "bob", "train"),
    ]
    assert first.segment == {"start": 0.01, "end": 0.05}
    import soundfile

    whole, _ = soundfile.read(io.BytesIO(clip(1600)), dtype="int16")
    assert isinstance(first.content, bytes)
    piece, rate = soundfile.read(io.BytesIO(first.content), dtype="int16")
    assert rate == 8000
    assert (piece == whole[80:400]).all()


def test_commands_are_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    (tmp_path / "wav.scp").write_text(f"a touch {mark} |\nb /etc/passwd\nc feats.ark:12\nd ../x.wav\n")
    (tmp_path / "text").write_text("a hello\n")
    items, losses = read("kaldi", tmp_path)
    assert items == []
    assert not mark.exists()
    assert len(losses) == 4
    assert "command" in losses[0].reason


def test_pieces_outside_of_their_recording_are_losses(tmp_path: Path) -> None:
    SPECIMENS["kaldi"](tmp_path)
    segments = "a rec1 0.1 0.05\nb rec1 -1 0.05\nc rec1 0 9\nd rec1 nan 1\ne no 0 1\nf rec1 0 0.1\n"
    (tmp_path / "train" / "segments").write_text(segments)
    items, losses = read("kaldi", tmp_path)
    assert [item.key for item in items if not item.carrier] == ["f"]
    assert sum(loss.count for loss in losses) == 5 + 2  # and the words of ann-1 and bob-2


def test_a_manifest_that_belies_its_recording(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(clip(8000))
    (tmp_path / "manifest.json").write_text('{"audio_filepath": "a.wav", "duration": 9.0, "text": "x"}\n')
    items, _ = read("nemo", tmp_path)
    assert items[0].fault == "the manifest says 9 s, and the recording has 1 s"


def test_real_meetings(data: Path) -> None:
    path = data / "ami-mini"
    items, losses = read("rttm", path)
    assert losses == []
    assert [item.key for item in items] == [f"trn0{n}.wav" for n in (2, 3, 4, 5)]
    assert [len(item.label) for item in items] == [1, 2, 7, 7]  # type: ignore[arg-type]
    assert not [item.fault for item in items if item.fault]
    cut, _ = read("rttm", path, take="turns")
    assert sum(item.carrier for item in cut) == 4
    assert {item.contributor for item in cut if item.parent == "trn03.wav"} == {"MEE067", "MÉO069"}


def test_real_digits_to_and_fro(data: Path, tmp_path: Path) -> None:
    recordings = sorted((data / "fsdd" / "recordings").glob("*_theo_*.wav"))[:20]
    items = [
        Item(file.stem, "audio", content=file, media_type="audio/wav", label=file.stem[0], contributor="theo")
        for file in recordings
    ]
    assert kaldi.write(iter(items), tmp_path / "kaldi", kaldi.Config()) == []
    done = convert("kaldi", tmp_path / "kaldi", "nemo", tmp_path / "nemo")
    assert (done.items, done.losses) == (20, ())
    voice = convert("nemo", tmp_path / "nemo", "common-voice", tmp_path / "cv")
    assert {loss.reason for loss in voice.losses} == {
        "Common Voice does not carry keys: clips are named by their files"
    }
    found, losses = read("common-voice", tmp_path / "cv")
    assert losses == []
    told = {(item.label, item.contributor, item.content.read_bytes()) for item in found}  # type: ignore[union-attr]
    assert told == {(file.stem[0], "theo", file.read_bytes()) for file in recordings}
    with wave.open(str(tmp_path / "kaldi" / "wav" / recordings[0].name)) as sound:
        assert sound.getframerate() == 8000


def test_a_recording_that_is_none_stays_with_its_fault(tmp_path: Path) -> None:
    SPECIMENS["rttm"](tmp_path)
    (tmp_path / "a.wav").write_bytes(b"RIFFxxxxWAVEjunk")
    for take in ("recordings", "turns"):
        items, _ = read("rttm", tmp_path, take=take)
        assert len(items) == 1
        assert "cannot be read" in str(items[0].fault)
    assert rttm.sniff(tmp_path) is not None
    assert nemo.sniff(tmp_path) is None
