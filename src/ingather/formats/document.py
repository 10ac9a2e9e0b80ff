"""A document as text: its words with headings marked, and the page or section where each part stood."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingather.errors import MissingExtra
from ingather.sample import Json

KINDS: dict[str, tuple[str, str]] = {
    ".pdf": ("pdf", "pypdf"),
    ".docx": ("docx", "docx"),
    ".odt": ("odt", "odfdo"),
    ".epub": ("epub", "selectolax"),
    ".html": ("html", "selectolax"),
    ".htm": ("html", "selectolax"),
    ".xhtml": ("html", "selectolax"),
}
"""By ending, the module that reads it and the package that it needs."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says.

    Attributes:
        text: its words; headings begin with ``#`` as in Markdown, paragraphs have an empty line between them.
        places: where parts of it stood: ``start`` in characters of ``text``, and ``page`` (from 1) or
            ``section`` (its heading or its file).
        fault: why it is unfit, in words, or None.
    """

    text: str
    places: tuple[dict[str, Json], ...] = field(default=())
    fault: str | None = None


def read_document(suffix: str, content: bytes) -> Document:
    """The text of a document.

    Args:
        suffix: the ending of its name, lower case with its dot, one of ``KINDS``.
        content: its bytes.

    Raises:
        MissingExtra: what reads it is not installed.
    """
    name, package = KINDS[suffix]
    try:
        importlib.import_module(package)
    except ImportError as error:
        raise MissingExtra("documents", f"Reading {suffix} files") from error
    if not content:
        return Document("", fault="the file is empty")
    module = importlib.import_module(f"ingather.formats.documents.{name}")
    try:
        document: Document = module.read(content)
    except Exception as error:  # parsers of documents raise nearly anything at damaged ones
        told = f"{type(error).__name__}: {error}".strip(": ")[:200]
        return Document("", fault=f"the name ends in {suffix}, but it cannot be read as that ({told})")
    if document.fault is None and not document.text.strip():
        return Document("", document.places, "there are no words in it")
    return document


def joined(parts: Iterable[tuple[str, dict[str, Json]]], fault: str | None = None) -> Document:
    """Parts with their places as one document; parts without words are left out."""
    text, places = "", []
    for words, place in parts:
        if words.strip():
            text += "\n\n" if text else ""
            places.append({"start": len(text), **place})
            text += words.strip()
    return Document(text, tuple(places), fault)
