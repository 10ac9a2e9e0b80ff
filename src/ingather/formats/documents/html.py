"""HTML: what a reader sees of a page, block by block; scripts, styles and navigation are left out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from ingather.formats.document import Document, joined
from ingather.formats.encoding import detect_encoding
from ingather.sample import Json

_LEFT_OUT = ("script", "style", "noscript", "template", "nav", "head", "svg", "iframe", "button", "select")
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.I)
_HEADING = re.compile(r"h[1-6]")
_SPACE = re.compile(r"\s+")


def read(content: bytes) -> Document:
    """The words, with the heading that they stand below as place."""
    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Document("", fault="the name says HTML, but the bytes are no text")
    return joined(sections(content))


def sections(content: bytes) -> Iterator[tuple[str, dict[str, Json]]]:
    """Every heading with the blocks below it as text, and the heading as place."""
    blocks: list[str] = []
    heading = ""
    for tag, words in _blocks(content):
        if _HEADING.fullmatch(tag):
            yield "\n\n".join(blocks), {"section": heading}
            heading, blocks = words, [f"{'#' * int(tag[1])} {words}"]
        else:
            blocks.append(f"- {words}" if tag == "li" else words)
    yield "\n\n".join(blocks), {"section": heading}


def _blocks(content: bytes) -> Iterator[tuple[str, str]]:
    """The name of each block that holds words, and its words on one line."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(_decoded(content))
    for name in _LEFT_OUT:
        for node in tree.css(name):
            node.decompose()
    root = tree.body or tree.root
    if root is None:
        return
    last, said, broken = None, "", False
    for node in root.traverse(include_text=True):
        if node.tag == "br":
            broken = True
        if node.tag != "-text":
            continue
        block = _block_of(node)
        if last is None or block.mem_id != last.mem_id or broken:
            if said.strip() and last is not None:
                yield last.tag, _SPACE.sub(" ", said).strip()
            last, said, broken = block, "", False
        said += node.text_content or ""
    if said.strip() and last is not None:
        yield last.tag, _SPACE.sub(" ", said).strip()


def _decoded(content: bytes) -> str:
    told = _CHARSET.search(content[:2048])
    try:
        return content.decode(told[1].decode("ascii")) if told else content.decode()
    except (LookupError, UnicodeDecodeError):
        name = detect_encoding(partial(io.BytesIO, content)).name
        return content.decode(name, errors="replace")


def _block_of(node: Any) -> Any:
    parent = node.parent
    while parent.tag in _INLINE and parent.parent is not None:
        parent = parent.parent
    return parent
