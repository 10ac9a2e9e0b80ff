"""Reads DICOM files: pictures with their frames, waveforms and reports, each as the sample that it is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingather.errors import MissingExtra
from ingather.formats.dicom_report import report_text
from ingather.formats.dicom_waveform import waveform_streams
from ingather.formats.picture_files import safe_relative, stamp_of
from ingather.sample import AttributeValue, Item, Json, Loss, Part
from ingather.series import MEDIA_TYPE as ARROW
from ingather.series import describe, encode

if TYPE_CHECKING:
    from pydicom import Dataset

MEDIA_TYPE = "application/dicom"
DIRECTORY = "DICOMDIR"
_CLOSED = 90
_MOST_FRAMES = 10_000
_FACTS = (
    ("PhotometricInterpretation", "photometric"),
    ("BitsStored", "bits"),
    ("PixelSpacing", "spacing"),
    ("SliceThickness", "slice_thickness"),
    ("ImageOrientationPatient", "orientation"),
    ("ImagePositionPatient", "position"),
)
_ATTRIBUTES = (
    ("PatientSex", "sex"),
    ("Modality", "modality"),
    ("BodyPartExamined", "body_part"),
    ("ViewPosition", "view"),
    ("Laterality", "laterality"),
    ("Manufacturer", "manufacturer"),
    ("ManufacturerModelName", "model"),
)


def load_pydicom() -> Any:
    """The library that reads DICOM.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import pydicom
    except ImportError:
        raise MissingExtra("medical", "DICOM") from None
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    return pydicom


def has_mark(file: Path) -> bool:
    """Whether a file begins as DICOM does (PS3.10, 7.1)."""
    try:
        with file.open("rb") as opened:
            return opened.read(132)[128:] == b"DICM"
    except OSError:
        return False


def files_of(path: Path) -> Iterator[Path]:
    """Every file that may be DICOM below a path, sorted; links that lead out of it are passed over."""
    if path.is_file():
        yield path.parent / path.name
        return
    base = path.resolve()
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.resolve().is_relative_to(base):
            yield file


def read_dicom(path: Path, *, frames: bool) -> Iterator[Item | Loss]:
    """Every picture, waveform and report below ``path``; what cannot be used as losses."""
    root = path if path.is_dir() else path.parent
    library = load_pydicom()
    listed: list[Path] = []
    for file in files_of(path):
        name = file.relative_to(root).as_posix()
        if not has_mark(file):
            if file.suffix.lower() in (".dcm", ".dicom", ".ima"):
                yield Loss(name, "the name says DICOM, the bytes do not")
            continue
        if file.name.upper() == DIRECTORY:
            listed.append(file)
            continue
        yield from _read(file, name, library, frames)
    for file in listed:
        yield from _absent(file, root, library)


def _read(file: Path, name: str, library: Any, frames: bool) -> Iterator[Item | Loss]:
    try:
        dataset: Dataset = library.dcmread(file, defer_size=65_536)
        if "WaveformSequence" in dataset:
            yield from _waveform(dataset, file, name)
        elif "Rows" in dataset and "Columns" in dataset:
            yield from _pictures(dataset, file, name, frames)
        elif "ContentSequence" in dataset:
            text = report_text(dataset)
            yield _item(dataset, file, name, modality="text", text=text, media_type="text/plain")
        else:
            kind = getattr(dataset.get("SOPClassUID"), "name", "") or "of an unknown kind"
            yield Loss(name, f"holds neither a picture, nor a waveform, nor a report: it is {kind}")
    except MissingExtra:
        raise
    except Exception as error:  # a parser of hostile bytes raises nearly anything
        told = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        yield Loss(name, f"the DICOM cannot be read: {told}")


def _pictures(dataset: Dataset, file: Path, name: str, frames: bool) -> Iterator[Item | Loss]:
    count = int(dataset.get("NumberOfFrames") or 1)
    whole = _item(dataset, file, name, modality="image", content=file, media_type=MEDIA_TYPE)
    if count <= 1:
        yield whole
        return
    if not frames or count > _MOST_FRAMES:
        yield whole
        yield Loss(name, f"of its {count} frames only the first is seen", count - 1)
        return
    whole.carrier = True
    yield whole
    for frame in range(count):
        try:
            content = _one_frame(dataset, frame)
        except Exception as error:  # a decoder of hostile bytes raises nearly anything
            yield Loss(
                f"{name}, frame {frame + 1}", f"it cannot be decoded: {str(error)[:200]}", count - frame
            )
            return
        yield _item(
            dataset,
            file,
            f"{name}#{frame + 1}",
            modality="image",
            content=content,
            media_type=MEDIA_TYPE,
            parent=name,
            segment={"frame": frame + 1},
        )


def _one_frame(dataset: Dataset, frame: int) -> bytes:
    """A DICOM of one frame of a longer one, uncompressed, with the same attributes."""
    import copy

    import pydicom.pixels

    tools: Any = pydicom.pixels  # it exports its functions without saying so
    values = tools.pixel_array(dataset, index=frame)
    kind = str(dataset.PhotometricInterpretation)
    kind = "RGB" if kind.startswith("YBR") and values.ndim == 3 else kind
    one = copy.deepcopy(dataset)
    one.NumberOfFrames = 1
    tools.set_pixel_data(one, values, kind, int(dataset.BitsStored) if dataset.BitsStored > 1 else 8)
    out = io.BytesIO()
    pydicom.dcmwrite(out, one, enforce_file_format=True)
    return out.getvalue()


def _waveform(dataset: Dataset, file: Path, name: str) -> Iterator[Item | Loss]:
    streams, losses = waveform_streams(dataset)
    yield from (Loss(f"{name}, waveform {number}", why) for number, why in losses)
    if not streams:
        return
    first, *others = streams
    parts = tuple(
        Part(f"stream-{stream.name}", order, content=encode(stream), media_type=ARROW)
        for order, stream in enumerate(others)
    )
    channels: list[Json] = [dict(one) for one in describe(first)]
    yield _item(
        dataset,
        file,
        name,
        modality="sensor",
        content=encode(first),
        media_type=ARROW,
        parts=parts,
        data={"channels": channels, "start": None, "zone": None},
    )


def _item(dataset: Dataset, file: Path, name: str, **fields: Any) -> Item:
    """An item with what is known of its patient and device; nothing in it names or dates anybody."""
    attributes: dict[str, AttributeValue] = {
        ours: str(value).strip() for theirs, ours in _ATTRIBUTES if (value := dataset.get(theirs))
    }
    age = _years(str(dataset.get("PatientAge") or ""))
    if age is not None:
        attributes["age"] = min(age, float(_CLOSED))
    facts: dict[str, Json] = dict(fields.pop("data", None) or {})
    if fields["modality"] == "image":
        facts |= {ours: told for theirs, ours in _FACTS if (told := _plain(dataset.get(theirs))) is not None}
    return Item(
        key=name,
        data=facts or None,
        attributes=attributes,
        contributor=str(dataset.get("PatientID") or "").strip() or None,
        stamp=stamp_of(file, name),
        **fields,
    )


def _years(told: str) -> float | None:
    """Age in years from an age string (PS3.5, 6.2: 018M, 042Y)."""
    per_year = {"Y": 1.0, "M": 12.0, "W": 52.18, "D": 365.25}.get(told[3:4])
    if per_year is None or not told[:3].isdecimal():
        return None
    age = int(told[:3])
    return round(age / per_year, 2) if age or told[3] != "Y" else None


def _plain(value: Any) -> Json:
    if value is None or value == "":
        return None
    if isinstance(value, str | int) and not hasattr(value, "real"):
        return str(value)
    try:
        if hasattr(value, "__iter__") and not isinstance(value, str):
            return [float(one) for one in value]
        return int(value) if float(value).is_integer() else float(value)
    except (TypeError, ValueError):
        return str(value)


def _absent(file: Path, root: Path, library: Any) -> Iterator[Loss]:
    """What a DICOMDIR lists and is not there."""
    name = file.relative_to(root).as_posix()
    try:
        records = library.dcmread(file).get("DirectoryRecordSequence") or []
        gone = 0
        for record in records:
            inner = record.get("ReferencedFileID")
            parts = [inner] if isinstance(inner, str) else list(inner or [])
            plain = safe_relative("/".join(map(str, parts))) if parts else None
            gone += bool(parts) and (plain is None or not (file.parent / plain).is_file())
    except Exception as error:  # a parser of hostile bytes raises nearly anything
        yield Loss(name, f"the directory cannot be read: {str(error)[:200]}", 0)
        return
    if gone:
        yield Loss(name, "files that it lists are not there", gone)
