"""EPUB: the chapters of a book in the order of its spine."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from ingather.formats.document import Document, joined
from ingather.formats.documents.html import sections
from ingather.formats.documents.zipped import flaw_of_zip
from ingather.formats.plain_xml import parse_xml
from ingather.sample import Json

_CONTAINER = "META-INF/container.xml"


def read(content: bytes) -> Document:
    """The words of every chapter, with the heading or else the chapter's file as place."""
    flaw = flaw_of_zip(content)
    if flaw is not None:
        return Document("", fault=flaw)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = set(book.namelist())
        if "META-INF/encryption.xml" in names and b"EncryptedData" in book.read("META-INF/encryption.xml"):
            return Document("", fault="it is locked by the shop that sold it")
        chapters = [name for name in _spine(book) if name in names]
        return joined(_chapters(book, chapters))


def _chapters(book: zipfile.ZipFile, names: list[str]) -> Iterator[tuple[str, dict[str, Json]]]:
    for name in names:
        for words, place in sections(book.read(name)):
            yield words, {"section": place["section"] or name, "file": name}


def _spine(book: zipfile.ZipFile) -> list[str]:
    root = parse_xml(book.read(_CONTAINER))
    package = next(e.get("full-path", "") for e in root.iter() if e.tag.endswith("rootfile"))
    told = parse_xml(book.read(package))
    files = {e.get("id"): unquote(e.get("href", "")) for e in told.iter() if e.tag.endswith("item")}
    order = [e.get("idref") for e in told.iter() if e.tag.endswith("itemref")]
    folder = posixpath.dirname(package)
    return [posixpath.normpath(posixpath.join(folder, files[one])) for one in order if one in files]
