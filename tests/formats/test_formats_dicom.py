"""DICOM: pictures, waveforms and reports as the samples they are; what is none of them is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pydicom
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingather.formats.layouts import dicom
from ingather.media.dicom import read_header, shown_frame
from ingather.sample import Item, Loss
from ingather.series import decode


def read(path: Path, **options: bool) -> tuple[list[Item], list[Loss]]:
    things = list(dicom.read(path, dicom.Config(**options)))
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


def test_the_samples_as_what_they_are(data: Path) -> None:
    items, losses = read(data / "dicom-samples")
    kinds = {item.key: item.modality for item in items}
    assert sorted(kinds.values()) == ["image"] * 6 + ["sensor"] + ["text"] * 2
    assert kinds["waveform_ecg.dcm"] == "sensor"
    assert [(loss.where, loss.count) for loss in losses] == [("rtplan.dcm", 1)]
    liver = next(item for item in items if item.key == "liver_1frame.dcm")
    assert (liver.attributes["sex"], liver.attributes["age"], liver.contributor) == ("M", 60, "99000")
    assert all(item.at is None and item.session is None for item in items)
    sniffed = dicom.sniff(data / "dicom-samples")
    assert sniffed is not None
    assert sniffed.sure > 0.9
    assert dicom.sniff(data / "tiny-coco") is None


def test_the_waveform_in_its_units(data: Path) -> None:
    items, _ = read(data / "dicom-samples" / "waveform_ecg.dcm")
    assert isinstance(items[0].content, bytes)
    stream = decode(items[0].content)
    header = pydicom.dcmread(data / "dicom-samples" / "waveform_ecg.dcm")
    expected = header.waveform_array(0)
    assert len(stream) == len(expected) == header.WaveformSequence[0].NumberOfWaveformSamples
    assert np.allclose(np.stack(list(stream.channels.values()), axis=1), expected)
    assert stream.rate == 1000
    assert int(stream.time[1]) == 1_000_000


def test_frames_are_samples_of_their_own(data: Path, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(data / "dicom-samples" / "MR_small.dcm")
    values = dataset.pixel_array
    dataset.NumberOfFrames = 3
    dataset.PixelData = b"".join((values // n).astype(values.dtype).tobytes() for n in (1, 2, 4))
    dataset.save_as(tmp_path / "long.dcm")
    items, losses = read(tmp_path)
    assert losses == []
    assert [(item.key, item.carrier, item.parent) for item in items] == [
        ("long.dcm", True, None), ("long.dcm#1", False, "long.dcm"),
        ("long.dcm#2", False, "long.dcm"), ("long.dcm#3", False, "long.dcm"),
    ]  # fmt: skip
    for number, item in enumerate(items[1:]):
        assert isinstance(item.content, bytes)
        one = read_header(item.content, pixels=True)
        assert np.array_equal(one.pixel_array, values // 2**number)
        assert shown_frame(one).shape == values.shape
    items, losses = read(tmp_path, frames=False)
    assert [len(items), losses[0].count] == [1, 2]


def test_a_name_without_the_mark_and_a_directory_that_lists_in_vain(data: Path, tmp_path: Path) -> None:
    from pydicom.fileset import FileSet

    made = FileSet()
    for name in ("CT_small.dcm", "MR_small.dcm"):
        made.add(data / "dicom-samples" / name)
    made.write(tmp_path / "set")
    items, losses = read(tmp_path / "set")
    assert [len(items), losses] == [2, []]
    next(
        path for path in (tmp_path / "set").rglob("*") if path.is_file() and path.name != "DICOMDIR"
    ).unlink()
    (tmp_path / "set" / "x.dcm").write_bytes(b"no")
    items, losses = read(tmp_path / "set")
    assert [len(items), sorted(loss.where for loss in losses)] == [1, ["DICOMDIR", "x.dcm"]]


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_told(data: Path, tmp_path: Path, draws: st.DataObject) -> None:
    name = draws.draw(st.sampled_from(["MR_small.dcm", "test-SR.dcm", "waveform_ecg.dcm"]))
    content = bytearray((data / "dicom-samples" / name).read_bytes()[:20_000])
    for _ in range(draws.draw(st.integers(0, 6))):
        content[draws.draw(st.integers(132, min(len(content), 3000) - 1))] = draws.draw(st.integers(0, 255))
    (tmp_path / "a.dcm").write_bytes(content[: draws.draw(st.integers(0, len(content)))])
    shutil.copy(data / "dicom-samples" / "CT_small.dcm", tmp_path / "b.dcm")
    items, losses = read(tmp_path)
    assert "b.dcm" in {item.key for item in items}
    assert len({item.key for item in items if item.key != "b.dcm"}) + len(losses) >= 1
