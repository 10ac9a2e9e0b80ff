"""A DICOM file as Pillow sees it: its size by the header, its pixels as they are meant to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image, ImageFile

from ingather.media.dicom import UnreadableDicom, as_picture, is_dicom, read_header

if TYPE_CHECKING:
    from pydicom import Dataset

_LONGEST_SIDE = 65_535


class DicomFile(ImageFile.ImageFile):
    """The plug-in that ``learn_dicom`` registers; a file without pixels is refused with its kind in words."""

    format = "DICOM"
    format_description = "DICOM"
    _content: bytes | None = None

    def _open(self) -> None:
        stream: Any = self.fp
        stream.seek(0)
        content = stream.read()
        if not is_dicom(content):
            raise SyntaxError("no DICOM mark")
        self._content = content
        header = read_header(content)
        width, height = _side(header, "Columns"), _side(header, "Rows")
        if width is None or height is None:
            raise UnreadableDicom(
                f"it holds no picture: it is {getattr(header.get('SOPClassUID'), 'name', 'of another kind')}"
            )
        self._size = width, height
        self._mode = "L" if int(header.get("SamplesPerPixel") or 1) == 1 else "RGB"
        if header.get("PhotometricInterpretation") == "PALETTE COLOR":
            self._mode = "RGB"

    def load(self) -> Any:
        """Decodes the pixels the first time."""
        if self._content is not None:
            image = as_picture(read_header(self._content, pixels=True))
            self.im, self._mode, self._size = image.im, image.mode, image.size
            self._content = None
        return Image.Image.load(self)


def _side(header: Dataset, name: str) -> int | None:
    value = header.get(name)
    return value if isinstance(value, int) and 0 < value <= _LONGEST_SIDE else None
