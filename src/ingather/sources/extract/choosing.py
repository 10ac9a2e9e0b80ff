"""Which blocks of a page are its main text, and how sure that is.

Running text is told from the rest by its length, its punctuation and its share of links (as Readability,
boilerpipe and jusText do), by what elements call themselves, and by where most of it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingather.sources.extract.walking import Place, Words

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


def choose(blocks: Sequence[Words], boilerplate: frozenset[str] = frozenset()) -> Choice:
    """Chooses the main text.

    Args:
        blocks: all of a page's blocks, in reading order.
        boilerplate: texts that the site repeats on many pages.
    """
    scores = [_running(block) for block in blocks]
    for block, score in zip(blocks, scores, strict=True):
        place: Place | None = block.place
        while place is not None:
            place.good += score
            place = place.above
    total = sum(scores)
    if not blocks:
        return Choice([], [], None, 0.0)
    freed = _freed(blocks, total)
    open_blocks = [block for block in blocks if _hint(block.place, freed) == ""]
    comments = [block for block in blocks if _hint(block.place, freed) == "comments"]
    if not open_blocks:
        return Choice([], comments, None, 0.0)
    root, named = _root(open_blocks, {id(b): s for b, s in zip(blocks, scores, strict=True)})
    inside = [block for block in open_blocks if _within(block.place, root)]
    kept = _kept(inside, boilerplate)
    return Choice(kept, comments, root, _confidence(kept, inside, open_blocks, named))


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


def _origin(place: Place) -> Place | None:
    """The outermost place that gives this one its hint."""
    found: Place | None = None
    current: Place | None = place
    while current is not None and current.hint:
        found = current
        current = current.above
    return found


def _freed(blocks: Iterable[Words], total: float) -> set[int]:
    """Places whose name is against them although most of the page's running text is theirs."""
    freed: set[int] = set()
    for block in blocks:
        if block.place.hint:
            origin = _origin(block.place)
            if origin is not None and origin.good > 0.6 * total and origin.good > 200:
                freed.add(id(origin))
    return freed


def _hint(place: Place, freed: set[int]) -> str:
    if not place.hint:
        return ""
    if freed and (origin := _origin(place)) is not None and id(origin) in freed:
        # What is named against inside of it still counts.
        current: Place | None = place
        while current is not None and current is not origin:
            if current.hint != origin.hint:
                return current.hint
            current = current.above
        return ""
    return place.hint


def _root(blocks: Sequence[Words], scores: dict[int, float]) -> tuple[Place, bool]:
    """The place that the main text stands in, and whether it is named as such."""
    total = sum(scores[id(block)] for block in blocks)
    named: dict[int, tuple[Place, float]] = {}
    for block in blocks:
        if block.place.content:
            origin = _content_origin(block.place)
            named[id(origin)] = (origin, named.get(id(origin), (origin, 0.0))[1] + scores[id(block)])
    if named:
        candidates = sorted(named.values(), key=lambda one: -one[1])
        covered = sum(score for _, score in candidates)
        if total and covered >= 0.5 * total:
            best, score = candidates[0]
            if score >= 0.7 * covered:
                return _narrowed(best, blocks, scores), True
            return _common([place for place, part in candidates if part > 0.02 * covered]), True
    top = blocks[0].place
    while top.above is not None:
        top = top.above
    return _descend(top, blocks, scores), False


def _content_origin(place: Place) -> Place:
    while place.above is not None and place.above.content:
        place = place.above
    return place


def _narrowed(root: Place, blocks: Sequence[Words], scores: dict[int, float]) -> Place:
    """A main element that holds one article and little else is narrowed to the article."""
    articles: dict[int, tuple[Place, float]] = {}
    total = 0.0
    for block in blocks:
        place, article = block.place, None
        while place is not root and place.above is not None:
            if place.tag == "article":
                article = place
            place = place.above
        if place is root:
            score = scores[id(block)]
            total += score
            if article is not None:
                articles[id(article)] = (article, articles.get(id(article), (article, 0.0))[1] + score)
    if articles and total:
        best, score = max(articles.values(), key=lambda one: one[1])
        if score > 0.85 * total:
            return best
    return root


def _descend(top: Place, blocks: Sequence[Words], scores: dict[int, float]) -> Place:
    """Goes down from the body as long as one child holds nearly all of the running text."""
    chains = [(_chain(block.place), scores[id(block)]) for block in blocks]
    total = sum(score for _, score in chains)
    root, depth = top, 0
    while total > 0:
        shares: dict[int, tuple[Place, float]] = {}
        for chain, score in chains:
            if len(chain) > depth + 1 and chain[depth] is root:
                child = chain[depth + 1]
                shares[id(child)] = (child, shares.get(id(child), (child, 0.0))[1] + score)
        if not shares:
            break
        child, score = max(shares.values(), key=lambda one: one[1])
        if score < _MOST * total or child.tag in ("p", "li", "pre", "tr", "td", "ul", "ol", "table", "dl"):
            break
        root, depth = child, depth + 1
    return root


def _chain(place: Place) -> list[Place]:
    chain = []
    current: Place | None = place
    while current is not None:
        chain.append(current)
        current = current.above
    chain.reverse()
    return chain


def _common(places: Sequence[Place]) -> Place:
    """The innermost place that holds all of these."""
    chains = [_chain(place) for place in places]
    common = chains[0][0]
    for level in zip(*chains, strict=False):
        if any(place is not level[0] for place in level):
            break
        common = level[0]
    return common


def _within(place: Place, root: Place) -> bool:
    current: Place | None = place
    while current is not None:
        if current is root:
            return True
        current = current.above
    return False


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


def _confidence(
    kept: Sequence[Words], inside: Sequence[Words], everything: Sequence[Words], named: bool
) -> float:
    """How sure the choice is.

    It grows with how much running text was chosen, with how much of all running text of the page that is, and
    where the page itself names its main text; it falls with what was left out inside the root.
    """
    chosen = sum(len(block.text) for block in kept)
    running = sum(_running(block) for block in kept)
    all_running = sum(_running(block) for block in everything) or 1.0
    within = sum(len(block.text) for block in inside) or 1
    enough = min(1.0, chosen / 250)
    share = min(1.0, running / all_running)
    purity = min(1.0, chosen / within)
    return round(enough * (0.35 * share + 0.25 * purity + 0.25 * (1.0 if named else 0.5) + 0.15), 3)
