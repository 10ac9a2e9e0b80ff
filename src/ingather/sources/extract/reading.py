"""From bytes to a page: the fast way, and trafilatura where it is unsure or the plan asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from ingather.sources.extract.choosing import Choice, choose
from ingather.sources.extract.document import Document, parse_document
from ingather.sources.extract.fallback import available, read_by_trafilatura
from ingather.sources.extract.media import pictures_in, recordings_in
from ingather.sources.extract.metadata import read_metadata
from ingather.sources.extract.page import Block, Page, PageKind, Turn
from ingather.sources.extract.people import Sort, turns_on
from ingather.sources.extract.tables import tables_in
from ingather.sources.extract.walking import Words, walk
from ingather.sources.signals.evidence import LicenceClaim

_LEAST, _MORE = 200, 1.5
"""Characters, and times those of the fast way, from which on trafilatura's text is taken instead."""
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
    claims: Sequence[LicenceClaim] = (),
) -> Page:
    """Reads a page.

    Args:
        html: the body as it was sent, unpacked.
        url: the address, after redirects.
        content_type: the header of that name.
        document: the page, where it is already parsed.
        way: ``fast`` alone, ``trafilatura`` alone, or the one where the other is unsure.
        boilerplate: texts of blocks that are known to be no main text.
        claims: what the page states of licences, for its pictures.
    """
    parsed = document or parse_document(html, content_type)
    if isinstance(parsed, str):
        return Page(url, fault=parsed)
    root = parsed.tree.body or parsed.tree.root
    if root is None:
        return Page(url, fault="the page has no elements")
    walked = walk(root)
    choice = choose(walked, boilerplate)
    said = read_metadata(parsed.tree, url)
    licences = {claim.of: claim.licence for claim in claims}
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
        told=parsed.told + (("of a page this large only the beginning was read",) if walked.cut else ()),
        tables=tables_in(parsed.tree),
        pictures=pictures_in(parsed.tree, url, licences),
        recordings=recordings_in(parsed.tree, url),
    )
    _with_people(page, turns_on(parsed.tree, parsed.html, said.items), choice.comments)
    everything = sum(len(block.text) for block in walked.blocks)
    if way == "trafilatura" or (way == "auto" and page.kind != "forum" and _may_hold_more(page, everything)):
        _by_trafilatura(page, parsed, asked=way == "trafilatura")
    if page.kind == "other":
        page.kind = _kind(page, choice)
    return page


def _with_people(page: Page, turns: Mapping[Sort, tuple[Turn, ...]], comments: Sequence[Words]) -> None:
    """Takes in what people wrote: a thread is the page's text, reviews stand beside it, comments apart."""
    page.comments = turns.get("comments", ())
    said = [block.text for block in comments if block.place.kind != "heading"]
    if not page.comments and sum(map(len, said)) > 40:
        page.comments = (Turn(None, "\n\n".join(said)),)
    reviews, posts = turns.get("reviews", ()), turns.get("posts", ())
    written = sum(len(turn.text) for turn in posts)
    if len(posts) > 1 and written > 0.5 * sum(len(block.text) for block in page.blocks):
        page.kind, page.turns, page.confidence = "forum", posts, 1.0
        title = (Block("heading", page.title, 1),) if page.title else ()
        page.blocks = title + tuple(
            Block("paragraph", text) for turn in posts for text in turn.text.split("\n\n")
        )
    elif reviews:
        page.kind, page.turns = "reviews", reviews


def _may_hold_more(page: Page, everything: int) -> bool:
    """Whether the fast way is unsure and there are words enough that another could find more."""
    if page.confidence >= UNSURE:
        return False
    if everything > max(_LEAST, _MORE * sum(len(block.text) for block in page.blocks)):
        return True
    page.told += ("unsure of the main text",)
    return False


def _by_trafilatura(page: Page, document: Document, asked: bool) -> None:
    """Takes trafilatura's text where it is asked for, or where it finds more than the fast way did."""
    if document.tamed:
        page.told += ("unsure of the main text",)
        return
    if not asked and not available():
        page.told += ("unsure of the main text, and trafilatura is not installed (extra 'web')",)
        return
    blocks = read_by_trafilatura(document.html, page.url)
    theirs, ours = (sum(len(block.text) for block in one) for one in (blocks, page.blocks))
    if asked or theirs > max(_LEAST, _MORE * ours):
        page.blocks, page.path = blocks, "trafilatura"
    else:
        page.told += ("unsure of the main text",)


def _kind(page: Page, choice: Choice) -> PageKind:
    """What sort of page it is, by what its text is made of."""
    sizes: dict[str, int] = {}
    for block in page.blocks:
        sizes[block.kind] = sizes.get(block.kind, 0) + len(block.text)
    total = sum(sizes.values()) or 1
    linked = sum(block.linked for block in choice.blocks)
    headings = sum(
        1 for block in choice.blocks if block.place.kind == "heading" and block.linked > 0.5 * block.size
    )
    if linked > 0.3 * total or headings >= 4:
        return "list"
    if sizes.get("code", 0) > 0.05 * total and not (page.author and page.date):
        return "documentation"
    return "article" if sizes.get("paragraph", 0) > 0.5 * total and total > 200 else "other"


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
