"""Reads small XML files of unknown origin: no document types, no entities, nothing fetched, no depth."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from xml.parsers import expat

LARGEST = 16 * 2**20
DEEPEST = 64


class UnsafeXml(ValueError):
    """The XML is broken or asks for what is not done; the message says it in words."""


def parse_xml(content: bytes, largest: int = LARGEST) -> ElementTree.Element:
    """The root element of a document of at most ``largest`` bytes (16 MB) and 64 levels.

    Raises:
        UnsafeXml: it is not well-formed, too large, too deep, or declares a document type, by which
            entities could expand without end or fetch files.
    """
    if len(content) > largest:
        raise UnsafeXml(f"the XML is larger than {largest // 2**20} MB")
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=None)
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise UnsafeXml(f"the XML is nested deeper than {DEEPEST} levels")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise UnsafeXml("the XML declares a document type or entities, which are not read for safety")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except expat.ExpatError as error:
        raise UnsafeXml(f"the XML is broken: {error}") from None
    except (AssertionError, LookupError, UnicodeError) as error:
        raise UnsafeXml(f"the XML cannot be read: {error}") from None
