"""PDF with a text layer, page by page; what is only pictures of pages needs OCR."""

from __future__ import annotations

import io
import logging

from ingather.formats.document import Document, joined

MOST_PAGES = 5_000
_SPARSE = 8
"""Characters a page below which a document of pictures counts as scanned."""


def read(content: bytes) -> Document:
    """The words of every page, with the page's number as place."""
    from pypdf import PasswordType, PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        return Document("", fault="it is locked with a password")
    if len(reader.pages) > MOST_PAGES:
        return Document("", fault=f"it has {len(reader.pages):,} pages, and {MOST_PAGES:,} are read at most")
    pages = [page.extract_text() or "" for page in reader.pages]
    if sum(len(page.strip()) for page in pages) < _SPARSE * len(pages) and _has_pictures(reader):
        return Document("", fault="it is a scan, pictures of pages without words: it needs OCR")
    return joined((page, {"page": number}) for number, page in enumerate(pages, 1))


def _has_pictures(reader: object) -> bool:
    for page in list(reader.pages)[:20]:  # type: ignore[attr-defined]
        resources = page.get("/Resources") or {}
        objects = resources.get_object().get("/XObject") if hasattr(resources, "get_object") else None
        inside = objects.get_object().values() if objects else ()
        if any(one.get_object().get("/Subtype") == "/Image" for one in inside):
            return True
    return False
