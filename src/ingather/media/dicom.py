"""DICOM pictures: found by their bytes, and shown as a radiologist's screen would show them.

Modality rescale, VOI window or table, and palette are applied as PS3.3 C.11.1, C.11.2 and C.7.6.3 say; where
no window is given, the least and the greatest value become black and white.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingather.errors import MissingExtra

if TYPE_CHECKING:
    from PIL import Image
    from pydicom import Dataset

MEDIA_TYPE = "application/dicom"
_MARK = slice(128, 132)


class UnreadableDicom(ValueError):
    """The bytes are no DICOM that can be read or shown; the message says why, in words."""


def is_dicom(content: bytes) -> bool:
    """Whether bytes begin as a DICOM file does (PS3.10, 7.1)."""
    return content[_MARK] == b"DICM"


def read_header(content: bytes, *, pixels: bool = False) -> Dataset:
    """The attributes of a file, without its pixels unless they are asked for.

    Raises:
        MissingExtra: pydicom is not installed.
        UnreadableDicom: the bytes are broken.
    """
    pydicom = load_pydicom()
    try:
        return pydicom.dcmread(io.BytesIO(content), stop_before_pixels=not pixels)  # type: ignore[no-any-return]
    except Exception as error:  # a parser of hostile bytes raises nearly anything
        raise UnreadableDicom(f"the DICOM header cannot be read: {_first_line(error)}") from None


def shown_frame(dataset: Dataset, frame: int = 0) -> NDArray[np.uint8]:
    """One frame as rows x columns of grey, or x 3 of colour, 0 to 255, as it is meant to be seen.

    Raises:
        UnreadableDicom: there are no pixels, or they cannot be decoded.
    """
    pixels = _pixel_tools()
    if "PixelData" not in dataset:
        raise UnreadableDicom("it holds no pixels")
    try:
        values = pixels.pixel_array(dataset, index=frame)
        kind = str(dataset.PhotometricInterpretation)
        if kind == "PALETTE COLOR":
            values = pixels.apply_color_lut(values, dataset)
        if values.ndim == 3:
            return _eight_bits(values)
        return _grey(pixels.apply_modality_lut(values, dataset), dataset, inverted=kind == "MONOCHROME1")
    except Exception as error:  # a decoder of hostile bytes raises nearly anything
        raise UnreadableDicom(f"the pixels cannot be decoded: {_first_line(error)}") from None


def as_picture(dataset: Dataset, frame: int = 0) -> Image.Image:
    """One frame as a picture, L or RGB.

    Raises:
        UnreadableDicom: as ``shown_frame``.
    """
    from PIL import Image

    return Image.fromarray(shown_frame(dataset, frame))


def keywords(text: str) -> frozenset[str]:
    """Keywords of the data dictionary (PS3.6), as they stand in a text."""
    return frozenset(text.split())


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


def learn_dicom() -> None:
    """Teaches Pillow to open DICOM files, header first, pixels when they are asked for.

    Raises:
        MissingExtra: pydicom is not installed.
    """
    load_pydicom()
    from PIL import Image

    if "DICOM" not in Image.OPEN:
        from ingather.media.dicom_file import DicomFile

        # Pillow shows the first 16 bytes alone; the mark stands further on and is looked at when opening
        Image.register_open("DICOM", DicomFile, lambda prefix: True)


def _pixel_tools() -> Any:
    """Pydicom's functions of pixels; it exports them without saying so."""
    import pydicom.pixels

    return pydicom.pixels


def _grey(values: NDArray[Any], dataset: Dataset, *, inverted: bool) -> NDArray[np.uint8]:
    values = values.astype(np.float32)
    window = _window(dataset)
    if "VOILUTSequence" in dataset and window is None:
        values = _pixel_tools().apply_voi_lut(values.astype(np.int32), dataset).astype(np.float32)
    if window is None:
        low, high = float(values.min()), float(values.max())
        shares = (values - low) / (high - low) if high > low else np.zeros_like(values)
    else:
        centre, width = window
        shares = (values - (centre - 0.5)) / max(width - 1, 1e-6) + 0.5
    grey = np.clip(np.nan_to_num(shares), 0, 1) * 255
    shown: NDArray[np.uint8] = np.rint(255 - grey if inverted else grey).astype(np.uint8)
    return shown


def _window(dataset: Dataset) -> tuple[float, float] | None:
    """The first window of the picture: centre and width, None where there is none."""
    found = []
    for name in ("WindowCenter", "WindowWidth"):
        value = dataset.get(name)
        first = value[0] if hasattr(value, "__getitem__") and not isinstance(value, str) else value
        try:
            found.append(float(first))
        except (TypeError, ValueError, IndexError):
            return None
    return (found[0], found[1]) if np.isfinite(found).all() and found[1] >= 1 else None


def _eight_bits(values: NDArray[Any]) -> NDArray[np.uint8]:
    if values.dtype == np.uint8:
        return values
    shift = max(int(values.max(initial=0)).bit_length() - 8, 0)
    shown: NDArray[np.uint8] = (values >> (8 if values.dtype == np.uint16 and shift > 4 else shift)).astype(
        np.uint8
    )
    return shown


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
