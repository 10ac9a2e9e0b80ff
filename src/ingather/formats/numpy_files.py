"""NumPy files of unknown origin: no pickles, no more than the bytes hold, no zip that swells."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ingather.formats.series_items import LARGEST, unreadable

MAGIC = b"\x93NUMPY"


def load_array(file: Path) -> NDArray[Any] | str:
    """The array of an .npy file, or in words why there is none."""
    if fault := unreadable(file):
        return fault
    try:
        with file.open("rb") as stream:
            return _load(stream, file.stat().st_size)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"


def load_arrays(file: Path) -> Iterator[tuple[str, NDArray[Any] | str]]:
    """The arrays of an .npz file by name, each as it is or why it cannot be read."""
    if fault := unreadable(file):
        yield "", fault
        return
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > 10_000 or sum(entry.file_size for entry in entries) > LARGEST:
                yield "", "it swells to more than is read at once"
                return
            for entry in entries:
                name = entry.filename.removesuffix(".npy")
                with archive.open(entry) as packed:
                    content = packed.read(entry.file_size + 1)
                yield name, _load(io.BytesIO(content), len(content))
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        yield "", f"it is no whole .npz file ({error})"
    except Exception as error:  # zlib.error, lzma.LZMAError and the like have no common parent
        yield "", f"it cannot be unpacked ({type(error).__name__})"


def _load(stream: BinaryIO, size: int) -> NDArray[Any] | str:
    """What the stream holds; the header is believed only as far as there are bytes."""
    try:
        version = np.lib.format.read_magic(stream)
        reader = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, kind = reader(stream)
    except Exception as error:  # its header is Python text, whose parsers raise nearly anything
        return f"it is no NumPy array ({(str(error).splitlines() or ['its header is broken'])[0][:100]})"
    if kind.hasobject:
        return "it holds Python objects (a pickle), which are not read for safety"
    promised = math.prod(shape) * kind.itemsize
    if promised > size - stream.tell():
        return f"it breaks off: {promised:,} bytes are promised, {size - stream.tell():,} are there"
    if len(shape) > 3 or any(length < 0 for length in shape):
        return f"it has {len(shape)} dimensions, three at most are series"
    stream.seek(0)
    try:
        loaded = np.lib.format.read_array(stream, allow_pickle=False)
    except (ValueError, EOFError, TypeError, MemoryError, OSError) as error:
        return f"it is damaged ({error})"
    return loaded
