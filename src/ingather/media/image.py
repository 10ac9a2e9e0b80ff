"""Pictures: bytes to a picture whose pixels are decoded when first asked for, and faults told in words."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingather.errors import MissingExtra
from ingather.media.dicom import is_dicom, learn_dicom
from ingather.media.exif_tags import ORIENTATION, quietly
from ingather.media.picture_types import media_type_of, what_it_looks_like

if TYPE_CHECKING:
    from PIL import Image

THUMBNAIL = 512
"""Longest side, in pixels, of the grey thumbnail that operators share."""
MOST_PIXELS = 178_956_970
"""Pictures of more pixels are not decoded: a small file could otherwise fill the memory (a bomb)."""


class Undecodable(Exception):
    """A picture cannot be decoded; the message says why, in words."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture, decoded only as far as somebody asks.

    Attributes:
        content: its bytes as they came.
        format: what the bytes are, by Pillow's name: JPEG, PNG, WEBP, AVIF, TIFF, HEIF, GIF, BMP, ...
        media_type: such as ``image/jpeg``.
        stored_size: width and height in pixels as stored, before the orientation is applied.
        mode: Pillow's name of the pixel format: L, RGB, RGBA, P, I;16, CMYK, ...
        orientation: the EXIF orientation, 1 (upright) to 8.
    """

    content: bytes
    format: str
    media_type: str
    stored_size: tuple[int, int]
    mode: str
    orientation: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels as seen, after the orientation is applied."""
        width, height = self.stored_size
        return (height, width) if self.orientation >= 5 else (width, height)

    @cached_property
    def fault(self) -> str | None:
        """Why the pixels cannot be decoded to their end, in words, or None."""
        return self._look[1]

    @cached_property
    def frames(self) -> int:
        """How many pictures the file holds: pages of a TIFF, frames of an animation; at least 1.

        A photo whose camera put a preview beside it (MPO, stored as JPEG) is one picture.
        """
        if self.format in ("JPEG", "DICOM"):
            return 1
        try:
            with open_image(self.content) as image:
                return max(int(getattr(image, "n_frames", 1)), 1)
        except Exception:  # what cannot be counted is judged by its first picture
            return 1

    @cached_property
    def grey(self) -> NDArray[np.float32] | None:
        """Luma (Rec. 601) of the upright picture, 0 to 1, rows x columns, its longest side at most 512.

        None where the picture has a fault. Transparent parts lie on white.
        """
        return self._look[0]

    def pixels(self, longest: int | None = None) -> NDArray[np.uint8]:
        """Upright RGB pixels, rows x columns x 3, scaled down so that no side exceeds ``longest``.

        Decoded anew at every call, so that a batch of photos does not fill the memory.

        Raises:
            Undecodable: the picture has a fault.
        """
        try:
            image = decode_image(self.content, longest, "RGB")
            return np.asarray(flatten(image))
        except Exception as error:
            raise Undecodable(_in_words(self.content, error)) from error

    @cached_property
    def _look(self) -> tuple[NDArray[np.float32] | None, str | None]:
        try:
            luma = grey_of(decode_image(self.content, THUMBNAIL, "L"))
        except Exception as error:  # decoders of hostile bytes raise nearly anything
            return None, _in_words(self.content, error)
        return luma, cut_short(self.content)


@dataclass(frozen=True, slots=True)
class ImageBatch:
    """Pictures of a batch of samples.

    Attributes:
        ids: n sample ids.
        images: n pictures, None where there is none or its header cannot be read.
        faults: n reasons, in words, None where there is none; damage past the header is ``Picture.fault``.
    """

    ids: list[str]
    images: list[Picture | None]
    faults: list[str | None]

    def __len__(self) -> int:
        """How many samples."""
        return len(self.ids)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> ImageBatch:
        """The samples at these rows, in that order; pictures are shared, so nothing is decoded twice."""
        return ImageBatch(
            [self.ids[i] for i in rows], [self.images[i] for i in rows], [self.faults[i] for i in rows]
        )


def decode_images(ids: Sequence[str], contents: Sequence[bytes | None]) -> ImageBatch:
    """Reads the headers of n pictures; their pixels follow when asked for.

    Args:
        ids: n sample ids.
        contents: n files as bytes, None where a sample has none.
    """
    opened = [open_picture(content) if content is not None else (None, None) for content in contents]
    return ImageBatch(list(ids), [picture for picture, _ in opened], [fault for _, fault in opened])


def open_picture(content: bytes) -> tuple[Picture | None, str | None]:
    """Reads the header of one picture: the picture and None, or None and the fault in words."""
    try:
        with open_image(content) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                return None, _too_large(width, height)
            kind = "JPEG" if image.format == "MPO" else str(image.format)
            orientation = _orientation(image)
            return Picture(content, kind, media_type_of(kind), (width, height), image.mode, orientation), None
    except Exception as error:  # decoders of hostile bytes raise nearly anything
        return None, _in_words(content, error)


def open_image(content: bytes) -> Image.Image:
    """Opens a file with Pillow without decoding its pixels.

    Raises:
        MissingExtra: it is HEIC or DICOM, and the extra is not installed.
        Exception: whatever Pillow's decoders raise on bytes that are no picture.
    """
    from PIL import Image

    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        _learn_heic()
    if is_dicom(content):
        learn_dicom()
        with quietly():
            return Image.open(io.BytesIO(content), formats=("DICOM",))
    with quietly():
        return Image.open(io.BytesIO(content))


def decode_image(content: bytes, longest: int | None, mode: str) -> Image.Image:
    """Decodes a whole picture, upright, and scales it down so that no side exceeds ``longest`` pixels.

    ``mode`` (L or RGB) only tells the JPEG decoder what will be wanted; the result may have another.
    """
    from PIL import Image

    image = open_image(content)
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Undecodable(_too_large(width, height))
    orientation = _orientation(image)
    if longest is not None and max(width, height) > longest:
        # JPEG can be decoded at 1/2, 1/4 or 1/8 of its size for a fraction of the time
        image.draft(mode, (longest, longest))
    with quietly():
        image.load()
    if longest is not None and max(image.size) > longest:
        ratio = longest / max(width, height)
        target = max(round(width * ratio), 1), max(round(height * ratio), 1)
        if image.mode in ("P", "1"):
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        gap = None if image.mode.startswith("I;") else 2.0  # 16 bits cannot be reduced by blocks
        image = image.resize(target, Image.Resampling.BILINEAR, reducing_gap=gap)
    return turn_upright(image, orientation)


def turn_upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turns and mirrors a picture as its EXIF orientation asks."""
    from PIL import Image

    turn = Image.Transpose
    steps = {
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_270,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_90,
    }
    return image.transpose(steps[orientation]) if orientation in steps else image


def flatten(image: Image.Image) -> Image.Image:
    """A picture of any mode as RGB of 8 bits; transparent parts lie on white."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        return Image.fromarray((grey_of(image) * 255).astype(np.uint8)).convert("RGB")
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        clear = image.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("RGB")
    return image.convert("RGB")


def grey_of(image: Image.Image) -> NDArray[np.float32]:
    """Luma of a picture of any mode, 0 to 1; 16 and 32 bit integers are read as 0 to 65535."""
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image, dtype=np.float32)
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        full = 65535.0 if image.mode.startswith("I") else max(float(values.max(initial=0.0)), 1.0)
        scaled: NDArray[np.float32] = np.clip(values / np.float32(full), 0.0, 1.0)
        return scaled
    if image.mode != "L":
        image = flatten(image).convert("L")
    luma: NDArray[np.float32] = np.asarray(image, dtype=np.float32) / np.float32(255)
    return luma


def cut_short(content: bytes) -> str | None:
    """Whether a JPEG lacks its end mark though its rows could be made up, in words; None for the rest."""
    if content[:2] != b"\xff\xd8":
        return None
    scan = content.rfind(b"\xff\xda")
    if content.find(b"\xff\xd9", scan + 2) < 0:
        return "the picture is cut short: its end mark is missing, so the lower part may be made up"
    return None


HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})


def _learn_heic() -> None:
    try:
        import pillow_heif
    except ImportError:
        raise MissingExtra("heic", "A HEIC picture") from None
    pillow_heif.register_heif_opener()


def _orientation(image: Image.Image) -> int:
    try:
        with quietly():
            value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # broken EXIF does not make the picture unusable
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _too_large(width: int, height: int) -> str:
    return (
        f"the picture says it is {width} x {height} pixels; above {MOST_PIXELS // 10**6} million it is not "
        "decoded, because a small file could fill the memory that way"
    )


def _in_words(content: bytes, error: Exception) -> str:
    from PIL import Image, UnidentifiedImageError

    if not content:
        return "the file is empty"
    if isinstance(error, Undecodable):
        return str(error)
    if isinstance(error, MissingExtra):
        return f"{error.message} Install it with: {error.fix}"
    if isinstance(error, Image.DecompressionBombError):
        return (
            f"the picture says it has more than {MOST_PIXELS // 10**6} million pixels; it is not decoded, "
            "because a small file could fill the memory that way"
        )
    if isinstance(error, UnidentifiedImageError):
        return what_it_looks_like(content)
    told = str(error).strip() or type(error).__name__
    if "truncated" in told or "broken data stream" in told or isinstance(error, EOFError):
        return f"the picture is cut short or broken: {told}"
    return f"the picture cannot be decoded: {told}"
