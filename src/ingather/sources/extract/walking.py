"""One walk over a page: every block of words in reading order, with what it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_NODES = 400_000
"""Where a walk ends: a page of people has far fewer nodes."""

SKIPPED = frozenset({
    "script", "style", "noscript", "template", "head", "svg", "math", "iframe", "button", "select", "option",
    "object", "embed", "canvas", "map", "audio", "video", "textarea", "input", "dialog", "datalist",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "picture", "source", "nobr",
})  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_ASIDE_TAGS = {"nav": "nav", "footer": "footer", "aside": "aside", "menu": "nav"}
_ROLES = {"navigation": "nav", "banner": "header", "contentinfo": "footer", "complementary": "aside",
          "search": "nav", "dialog": "aside", "menu": "nav", "menubar": "nav"}  # fmt: skip
_HINTS = re.compile(
    r"(?P<comments>\bcomment(?:s|list|-list|_list|-area|s-area)?\b|\bdisqus|\brespond\b|\bresponses\b|\bcommentlist)"
    r"|(?P<nav>\b(?:main-?|site-?|sub-?|top-?|side-?|page-?|post-?)?(?:nav|navbar|navigation|menu)\b"
    r"|\bbreadcrumbs?\b|\bpagination\b|\bpager\b|\btoc\b|\btable-of-contents\b|\btoctree|\bskip-?link|\bpagenav"
    r"|\bheaderlink\b|\bsphinxsidebar|\bmw-jump|\bmw-editsection\b|\bnavbox\b|\bsteps?-?nav\b|\btabs?-?list\b)"
    r"|(?P<aside>\b(?:side-?bar|widget(?:s|-area)?|related(?:-[a-z]+)*|recommend(?:ed|ations)?(?:-[a-z]+)*"
    r"|promo(?:tion)?|sponsor(?:ed)?|advert(?:isement|ising)?|ads?|banner|newsletter|subscribe|sign-?up"
    r"|social(?:-[a-z]+)*|shar(?:e|ing)(?:-[a-z]+)*|cookies?(?:-[a-z]+)*|consent|gdpr|modal|popup|overlay"
    r"|paywall|teasers?|trending|most-?read|popular(?:-[a-z]+)*|tags|tag-?list|tagcloud|author-?(?:bio|box)"
    r"|byline|post-?meta|entry-?meta|meta|signature|login|hidden|sr-only|visually-hidden|screen-reader[a-z-]*"
    r"|print-?only|outbrain|taboola|call-?to-?action|cta|read-?more|also-?like|up-?next|toolbar|user-?info"
    r"|profile|avatar|reactions?|vote(?:s|-cell)?|buttons?|noprint|see-?also-?box)\b)"
    r"|(?P<footer>\b(?:site-?|page-?|global-?|main-?)?foot(?:er)?\b|\bcopyright\b|\bcolophon\b|\blegal\b)"
    r"|(?P<header>\b(?:site-?|page-?|global-?|main-?|top-?)?(?:header|masthead|top-?bar)\b|\bbranding\b|\blogo\b)"
)
_CONTENT = re.compile(
    r"\b(?:article-?(?:body|content|text)|entry-?content|post-?(?:body|content|text)|story-?body|main-?content"
    r"|page-?content|mw-parser-output|markdown-body|rst-content|theme-doc-markdown|body-?content|articlebody"
    r"|blog-?post|document|cooked|content-?body)\b"
)
_WORDS_PARTED = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")


@dataclass(slots=True, eq=False)
class Place:
    """An element that holds blocks.

    Attributes:
        above: the place it stands in; None for the top.
        tag: its name.
        depth: how many places it stands in.
        hint: why it may be no main text (nav, aside, footer, header, comments); empty where nothing says so.
        content: whether its name says that it is the main text.
        list_depth: how many lists it stands in.
        kind: what its blocks are.
        level: of headings and items.
        own_hint: the hint that comes from itself.
        named_by: the outermost place that its hint comes from.
        content_by: the outermost place that says it is main text.
        good: characters of running text in it and below it; filled by the choice, as all that follows.
        open: the same, of text that no hint is against.
        fullest: the place in it that holds the most of that.
        inside: whether it stands in the chosen place.
    """

    above: Place | None
    tag: str
    depth: int
    hint: str = ""
    content: bool = False
    list_depth: int = 0
    kind: str = "paragraph"
    level: int = 0
    own_hint: str = ""
    named_by: Place | None = None
    content_by: Place | None = None
    good: float = 0.0
    open: float = 0.0
    fullest: Place | None = None
    inside: bool = False


@dataclass(slots=True, eq=False)
class Words:
    """The words of one block, as they come.

    Attributes:
        place: the element that they are in.
        pieces: what was found, line by line.
        size: characters.
        linked: characters that are links.
        text: the words, finished.
    """

    place: Place
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    linked: int = 0
    text: str = ""


_SPACE = re.compile(r"[\s ]+")
_CELLS = frozenset({"td", "th"})


@dataclass(slots=True, eq=False)
class Walk:
    """All of a page's blocks in reading order.

    Attributes:
        blocks: those that have words.
        places: what they stand in, outer ones first.
        cut: whether the page had more nodes than are walked.
    """

    blocks: list[Words]
    places: list[Place]
    cut: bool = False


def walk(root: LexborNode) -> Walk:
    """Walks all nodes below a root once, without recursion."""
    top = Place(None, "body", 0)
    # By the address of an element: the place its words go to, whether they are linked, or None to pass over.
    inside: dict[int, tuple[Place, bool] | None] = {root.mem_id: (top, False)}
    blocks: list[Words] = []
    places = [top]
    last: Words | None = None
    broken = True
    count = 0
    for node in root.traverse(include_text=True):
        tag = node.tag
        parent = node.parent
        if parent is None:
            continue
        known = inside.get(parent.mem_id)
        if tag == "-text":
            if known is None:
                continue
            text = node.text_content
            if not text:
                continue
            place, linked = known
            if text.isspace():
                if last is not None and last.place is place and place.kind != "code":
                    last.pieces.append(" ")
                continue
            if last is None or last.place is not place or broken:
                last = Words(place)
                blocks.append(last)
                broken = False
            last.pieces.append(text)
            last.size += len(text)
            if linked:
                last.linked += len(text)
            continue
        count += 1
        if count > MAX_NODES:
            return Walk(_finished(blocks), places, cut=True)
        if known is None or tag in SKIPPED or tag == "-comment":
            if node.mem_id != root.mem_id:
                inside[node.mem_id] = None
            continue
        place, linked = known
        if tag in _INLINE:
            if tag == "a":
                inside[node.mem_id] = (place, True)
                continue
            if tag == "span" and place.kind != "code" and _is_hidden(node):
                inside[node.mem_id] = None
                continue
            inside[node.mem_id] = known
            continue
        if tag == "br":
            if last is not None and last.place is place:
                if place.kind == "paragraph" and last.pieces and last.pieces[-1] == "\n":
                    broken = True
                last.pieces.append("\n")
            continue
        if tag == "hr":
            broken = True
            continue
        below = _place(node, tag or "", place)
        if below is None:
            inside[node.mem_id] = None
            continue
        inside[node.mem_id] = (below, linked)
        places.append(below)
        if below.hint:
            below.named_by = place.named_by or below
        if below.content:
            below.content_by = place.content_by or below
    return Walk(_finished(blocks), places)


def _finished(blocks: list[Words]) -> list[Words]:
    kept = []
    for block in blocks:
        text = "".join(block.pieces)
        if block.place.kind == "code":
            text = text.strip("\n").rstrip()
        elif "\n" in text and any(piece == "\n" for piece in block.pieces):
            lines = "".join(piece if piece == "\n" else piece.replace("\n", " ") for piece in block.pieces)
            text = "\n".join(
                line for line in (_SPACE.sub(" ", one).strip() for one in lines.split("\n")) if line
            )
        else:
            text = " ".join(text.split())
        if text:
            block.text = text
            block.pieces = []
            kept.append(block)
    return kept


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    name = attributes.get("class") or ""
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(name and ("sr-only" in name or "visually-hidden" in name or "mw-editsection" in name))
    )


def _place(node: LexborNode, tag: str, above: Place) -> Place | None:
    """The place an element opens; None for one that nobody sees."""
    place = Place(above, tag, above.depth + 1, above.hint, above.content, above.list_depth, above.kind)
    level = _HEADINGS.get(tag)
    if level:
        place.kind, place.level = "heading", level
        return place
    if tag == "p":
        if above.kind == "heading":
            place.kind = "paragraph"
        return place
    if tag in ("ul", "ol", "dl"):
        place.list_depth += 1
    elif tag == "li":
        place.kind, place.level = "item", max(1, above.list_depth)
    elif tag == "pre":
        place.kind = "code"
    elif tag == "blockquote":
        place.kind = "quote"
    elif tag in _CELLS:
        place.kind = "table"
    elif tag == "header":
        if above.tag in ("body", "html") or not above.content:
            place.hint = place.own_hint = "header"
    elif tag in _ASIDE_TAGS:
        place.hint = place.own_hint = _ASIDE_TAGS[tag]
    elif tag in ("article", "main"):
        place.content = True
    attributes = node.attributes
    if attributes:
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            return None
        style = attributes.get("style")
        if style and "none" in style and re.search(r"display\s*:\s*none", style):
            return None
        _named(place, attributes, tag)
    return place


def _named(place: Place, attributes: dict[str, str | None], tag: str) -> None:
    """Takes in what the names and the role of an element say."""
    role = attributes.get("role")
    if role:
        if role in _ROLES:
            place.hint = place.own_hint = _ROLES[role]
        elif role == "main":
            place.content = True
    if (attributes.get("itemprop") or "") in ("articleBody", "text", "reviewBody", "description"):
        place.content = True
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if len(name) > 1 and tag not in ("td", "tr", "tbody", "table"):
        content, hint = said_by_name(name)
        if content:
            place.content = True
        elif hint and tag not in ("main", "article"):
            place.own_hint = hint
            place.hint = place.hint or hint


@lru_cache(maxsize=50_000)
def said_by_name(name: str) -> tuple[bool, str]:
    """Whether class and id of an element say main text, and which other thing they say."""
    if len(name) > 1_000:
        return False, ""
    name = _WORDS_PARTED.sub("-", name).lower()
    if _CONTENT.search(name):
        return True, ""
    found = _HINTS.search(name)
    return False, (found.lastgroup or "") if found else ""
