"""Documents that are zip files inside: refused where they would unpack to more than a document is."""

from __future__ import annotations

import io
import zipfile

MOST_BYTES = 512 << 20
MOST_RATIO = 200


def flaw_of_zip(content: bytes) -> str | None:
    """What is wrong with the zip file that a document is, in words, or None."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        return f"it is cut off or damaged: {error}"
    size = sum(entry.file_size for entry in entries)
    if size > MOST_BYTES or size > MOST_RATIO * max(len(content), 50_000):
        return f"it would unpack to {size / 1e6:,.0f} MB: a bomb, or no document"
    return None
