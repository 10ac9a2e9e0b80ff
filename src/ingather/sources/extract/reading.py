"""From bytes to a page: the fast way, and trafilatura where it is unsure or the plan asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from ingather.sources.extract.choosing import choose
from ingather.sources.extract.document import Document, parse_document
from ingather.sources.extract.metadata import read_metadata
from ingather.sources.extract.page import Block, Page
from ingather.sources.extract.walking import Words, walk

Way: TypeAlias = Literal["auto", "fast", "trafilatura"]
UNSURE = 0.55
"""Below this confidence the fast way's answer is not taken where there is another."""


def read_page(
    html: bytes,
    url: str,
    content_type: str | None = None,
    *,
    document: Document | None = None,
    way: Way = "auto",
    boilerplate: frozenset[str] = frozenset(),
) -> Page:
    """Reads a page.

    Args:
        html: the body as it was sent, unpacked.
        url: the address, after redirects.
        content_type: the header of that name.
        document: the page, where it is already parsed.
        way: ``fast`` alone, ``trafilatura`` alone, or the one where the other is unsure.
        boilerplate: blocks that the site repeats (:mod:`ingather.sources.extract.boilerplate`).
    """
    parsed = document or parse_document(html, content_type)
    if isinstance(parsed, str):
        return Page(url, fault=parsed)
    root = parsed.tree.body or parsed.tree.root
    if root is None:
        return Page(url, fault="the page has no elements")
    walked = walk(root)
    choice = choose(walked.blocks, boilerplate)
    said = read_metadata(parsed.tree, url)
    page = Page(
        url,
        title=said.title,
        author=said.author,
        date=said.date,
        language=said.language,
        feeds=said.feeds,
        blocks=blocks_of(choice.blocks),
        confidence=choice.confidence,
        path="fast",
        told=parsed.told,
    )
    return page


def blocks_of(words: Sequence[Words]) -> tuple[Block, ...]:
    """Chosen blocks as they are told: cells of a row on one line, code that hangs together in one block."""
    blocks: list[Block] = []
    row: object = None
    for one in words:
        place = one.place
        kind = place.kind
        if kind == "table" and len(one.text) > 200:
            kind = "paragraph"
        if kind == "table":
            here = place
            while here.tag != "tr" and here.above is not None:
                here = here.above
            if row is here and blocks and blocks[-1].kind == "table":
                blocks[-1] = Block("table", f"{blocks[-1].text}\t{one.text}")
                continue
            if (
                row is not None
                and blocks
                and blocks[-1].kind == "table"
                and here.above is getattr(row, "above", None)
            ):
                blocks[-1] = Block("table", f"{blocks[-1].text}\n{one.text}")
                row = here
                continue
            row = here
        elif kind == "heading":
            blocks.append(Block("heading", one.text.replace("\n", " "), place.level))
            continue
        blocks.append(Block(kind, one.text, place.level if kind == "item" else 0))  # type: ignore[arg-type]
    return tuple(blocks)
