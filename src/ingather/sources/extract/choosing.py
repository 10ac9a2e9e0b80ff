"""Which blocks of a page are its main text, and how sure that is.

Running text is told from the rest by its length, its punctuation and its share of links (as Readability,
boilerpipe and jusText do), by what elements call themselves, and by where most of it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingather.sources.extract.walking import Place, Walk, Words

_SENTENCE = re.compile(r"[.!?。！？।…:;،؛](?:[\"'»”)\]]|\s|$)|[、，。]")
_BYLINE = re.compile(
    r"^(?:by|von|par|por|door|di|af)\s+\S|^(?:posted|published|updated|last (?:updated|modified|edited)|"
    r"written|veröffentlicht|aktualisiert|publié|publicado|filed)\b|^\d+\s*(?:min(?:ute)?s?)\b.{0,12}read|"
    r"^(?:\w+,?\s+)?\d{1,2}\.?\s+\w+\.?,?\s+\d{4}\b.{0,12}$|^\w+\.?\s+\d{1,2},?\s+\d{4}\b.{0,12}$|"
    r"^\d{4}-\d\d-\d\d\b.{0,12}$|^(?:share|tweet|print|email|reply|edit|like|tags?|categories|category|topics|"
    r"permalink|report|quote|advertisement|read more|continue reading|comments?|\d+ comments?)\b.{0,30}$",
    re.I,
)
_MOST = 0.8
_NAVIGATING = 0.55
_TEXT_TAGS = frozenset({"p", "li", "pre", "tr", "td", "ul", "ol", "table", "dl"})


@dataclass(slots=True)
class Choice:
    """The main text of a page.

    Attributes:
        blocks: its blocks, in reading order.
        comments: blocks that stand among readers' comments.
        root: the place they stand in.
        confidence: how sure it is, 0 to 1.
    """

    blocks: list[Words]
    comments: list[Words]
    root: Place | None
    confidence: float


def choose(walked: Walk, boilerplate: frozenset[str] = frozenset()) -> Choice:
    """Chooses the main text.

    Args:
        walked: all of a page's blocks, in reading order.
        boilerplate: texts that the site repeats on many pages.
    """
    blocks = walked.blocks
    if not blocks:
        return Choice([], [], None, 0.0)
    scores = [_running(block) for block in blocks]
    for block, score in zip(blocks, scores, strict=True):
        block.place.good += score
    for place in reversed(walked.places):
        if place.above is not None:
            place.above.good += place.good
    total = walked.places[0].good
    freed = {
        id(one) for one in walked.places if one.named_by is one and one.good > 0.6 * total and one.good > 200
    }
    hints = [_hint(block.place, freed) if block.place.hint else "" for block in blocks]
    comments = [block for block, hint in zip(blocks, hints, strict=True) if hint == "comments"]
    free = [(block, score) for block, score, hint in zip(blocks, scores, hints, strict=True) if not hint]
    if not free:
        return Choice([], comments, None, 0.0)
    for block, score in free:
        block.place.open += score
    for place in reversed(walked.places):
        above = place.above
        if above is not None:
            above.open += place.open
            if above.fullest is None or place.open >= above.fullest.open:
                above.fullest = place
    root, named = _root(walked.places)
    for place in walked.places:
        place.inside = place is root or (place.above is not None and place.above.inside)
    within = [block for block, _ in free if block.place.inside]
    kept = _kept(within, boilerplate)
    return Choice(kept, comments, root, _confidence(kept, within, walked.places[0].open, named))


def _running(block: Words) -> float:
    """Characters of running text in a block, 0 where it is none."""
    size = block.size
    if block.place.kind == "code":
        return float(len(block.text))
    if block.linked > size * 0.5 or size < 25:
        return 0.0
    own = len(block.text) - block.linked
    if block.place.kind == "heading":
        return 0.0
    if size >= 80 or _SENTENCE.search(block.text):
        return float(max(own, 0))
    return own * 0.2


def _hint(place: Place, freed: set[int]) -> str:
    """What is against a place; a name that most of the page's running text stands under is not."""
    origin = place.named_by
    if origin is None or id(origin) not in freed:
        return place.hint
    # What is named against inside of it still counts.
    current: Place | None = place
    while current is not None and current is not origin:
        if current.own_hint and current.own_hint != origin.hint:
            return current.own_hint
        current = current.above
    return ""


def _root(places: Sequence[Place]) -> tuple[Place, bool]:
    """The place that the main text stands in, and whether it is named as such."""
    top = places[0]
    named = sorted((one for one in places if one.content_by is one and one.open), key=lambda one: -one.open)
    covered = sum(one.open for one in named)
    if named and covered >= 0.5 * top.open:
        if named[0].open >= 0.7 * covered:
            return _narrowed(named[0], places), True
        return _common([one for one in named if one.open > 0.02 * covered]), True
    root = top
    while (child := root.fullest) is not None and top.open:
        if child.open < _MOST * top.open or child.tag in _TEXT_TAGS:
            break
        root = child
    return root, False


def _narrowed(root: Place, places: Sequence[Place]) -> Place:
    """A main element that holds one article and little else is narrowed to the article."""
    if root.tag == "article":
        return root
    for place in places:
        if place.tag == "article" and place.open > 0.85 * root.open and place.content_by is root:
            return place
    return root


def _common(places: Sequence[Place]) -> Place:
    """The innermost place that holds all of these."""
    chains = [_chain(place) for place in places]
    common = chains[0][0]
    for level in zip(*chains, strict=False):
        if any(place is not level[0] for place in level):
            break
        common = level[0]
    return common


def _chain(place: Place) -> list[Place]:
    chain = []
    current: Place | None = place
    while current is not None:
        chain.append(current)
        current = current.above
    chain.reverse()
    return chain


def _kept(inside: Sequence[Words], boilerplate: frozenset[str]) -> list[Words]:
    """Of the blocks in the root those that are text, without links, bylines and what the site repeats."""
    linked = sum(len(block.text) for block in inside if _is_link(block))
    listing = linked > 0.4 * sum(len(block.text) for block in inside)
    keep = [False] * len(inside)
    begun = False
    for number, block in enumerate(inside):
        text = block.text
        if text in boilerplate or not any(character.isalnum() for character in text):
            continue
        kind = block.place.kind
        if _is_link(block):
            if kind != "heading" and not (listing and len(text) > 15):
                continue
        elif len(text) < 60 and (kind == "paragraph" or not begun) and _BYLINE.match(text):
            continue
        begun = begun or _running(block) > 60
        keep[number] = True
    _drop_lonely(inside, keep)
    return [block for block, kept in zip(inside, keep, strict=True) if kept]


def _is_link(block: Words) -> bool:
    return block.linked > _NAVIGATING * block.size and len(block.text) < 300


def _drop_lonely(inside: Sequence[Words], keep: list[bool]) -> None:
    """Leaves out headings that nothing follows and short scraps at either end."""
    followed = False
    for number in range(len(inside) - 1, -1, -1):
        if not keep[number]:
            continue
        block = inside[number]
        if block.place.kind == "heading":
            if not followed:
                keep[number] = False
        else:
            followed = True
    for numbers in (range(len(inside)), range(len(inside) - 1, -1, -1)):
        for number in numbers:
            if not keep[number]:
                continue
            block = inside[number]
            scrap = (
                block.place.kind == "paragraph" and len(block.text) < 25 and not _SENTENCE.search(block.text)
            )
            if not scrap:
                break
            keep[number] = False


def _confidence(kept: Sequence[Words], inside: Sequence[Words], all_running: float, named: bool) -> float:
    """How sure the choice is.

    It grows with how much running text was chosen, with how much of all running text of the page that is, and
    where the page itself names its main text; it falls with what was left out inside the root.
    """
    chosen = sum(len(block.text) for block in kept)
    running = sum(_running(block) for block in kept)
    within = sum(len(block.text) for block in inside) or 1
    enough = min(1.0, chosen / 250)
    share = min(1.0, running / (all_running or 1.0))
    purity = min(1.0, chosen / within)
    return round(enough * (0.35 * share + 0.25 * purity + 0.25 * (1.0 if named else 0.5) + 0.15), 3)
