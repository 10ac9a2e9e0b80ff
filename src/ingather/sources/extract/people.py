"""What people wrote on a page, one turn each: threads, answers, reviews, comments.

Described by schema.org (JSON-LD or microdata), or laid out by software that is common.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ingather.sources.extract.metadata import day_of
from ingather.sources.extract.page import Turn
from ingather.sources.extract.walking import walk
from ingather.sources.signals.embedded import types_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

Sort: TypeAlias = Literal["posts", "reviews", "comments"]
MAX_TURNS = 2_000

_AUTHOR = ('[itemprop="author"] [itemprop="name"], [itemprop="author"], [rel~="author"], .author .fn, .fn, '
           ".username, .author-name, .author, cite")  # fmt: skip
_DATE = 'time[datetime], [itemprop="datePublished"], [itemprop="dateCreated"], abbr[title], .post-date'
_RATING = '[itemprop="ratingValue"]'
_BEST = '[itemprop="bestRating"]'
_VOTES = '[itemprop="upvoteCount"], [itemprop="userInteractionCount"]'


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of software lays out what people write.

    Attributes:
        mark: what its pages hold somewhere, so that others are not searched.
        post: one turn.
        body: the words in it.
        author: who wrote it.
        sort: what its turns are.
    """

    mark: str
    post: str
    body: str
    author: str
    sort: Sort = "posts"


LAYOUTS = (
    Layout("schema.org/Review", '[itemtype$="schema.org/Review"]',
           '[itemprop="reviewBody"], [itemprop="description"]', _AUTHOR, "reviews"),
    Layout("schema.org/Answer", '[itemtype$="schema.org/Answer"], .question',
           '[itemprop="text"], .s-prose, .post-text', _AUTHOR),
    Layout("schema.org/DiscussionForumPosting",
           '[itemtype$="schema.org/DiscussionForumPosting"], [itemtype$="schema.org/Comment"]',
           '[itemprop="text"], [itemprop="articleBody"], .post, .cooked', _AUTHOR),
    Layout("message-body", "article.message", ".bbWrapper", ".message-name, .username"),
    Layout("postbody", "div.post", ".postbody .content, .postbody .postcontent",
           ".author .username, .username, .author a"),
    Layout("topic-post", ".topic-post, .topic-body", ".cooked, .post", ".username, .creator, .names"),
    Layout("postcontainer", "li.postcontainer, .postbitlegacy", ".postcontent", ".username"),
    Layout("post_message_", 'table[id^="post"]', '[id^="post_message_"]', ".bigusername"),
    Layout("post_wrapper", ".post_wrapper", ".post .inner, .inner", ".poster h4, .poster"),
    Layout("post_body", "div.post", ".post_body", ".author_information a, .largetext a"),
    Layout("cPost", "article.cPost", '[data-role="commentContent"]',
           ".cAuthorPane_author, .ipsComment_author"),
    Layout("commtext", "tr.athing", ".commtext", ".hnuser"),
    Layout("CommentPost", "article.CommentPost", ".Post-body", ".username"),
    Layout("bbp-reply-content", ".bbp-body > div, .type-reply, .type-topic",
           ".bbp-reply-content, .bbp-topic-content", ".bbp-author-name"),
    Layout("person-listing", ".comment", ".md-div", ".person-listing"),
    Layout("usertext-body", ".thing", ".usertext-body .md", ".author"),
    Layout("comment-content", "li.comment, div.comment, article.comment-body",
           ".comment-content, .comment-text", ".comment-author .fn, .fn, .comment-author", "comments"),
    Layout("comment-body", "li.comment, div.comment", ".comment-body",
           ".fn, .comment-author, .author", "comments"),
    Layout("review-text", ".review", ".review-text, .review-body, .review-content",
           ".review-author, .a-profile-name", "reviews"),
)  # fmt: skip
"""schema.org, then XenForo, phpBB, Discourse, vBulletin 4 and 3, SMF, MyBB, Invision, Hacker News, Flarum,
bbPress, Lemmy, Reddit, WordPress, and reviews as shops write them."""

_STARS = re.compile(r"(\d(?:[.,]\d)?)\s*(?:/|out of|von|sur|de|of)\s*(\d{1,2})")


def turns_on(
    tree: LexborHTMLParser, html: bytes, items: Iterable[Mapping[str, Any]]
) -> dict[Sort, tuple[Turn, ...]]:
    """All turns on a page by sort.

    Args:
        tree: the page.
        html: the page, in which the marks are looked for.
        items: objects of its JSON-LD.
    """
    found: dict[Sort, tuple[Turn, ...]] = {}
    for layout in LAYOUTS:
        if layout.sort in found or layout.mark.encode() not in html:
            continue
        turns = tuple(
            turn for node in tree.css(layout.post)[:MAX_TURNS] if (turn := _turn(node, layout)) is not None
        )
        if turns:
            found[layout.sort] = tuple(dict.fromkeys(turns))
    for sort, turns in _described(items).items():
        if sort not in found or len(turns) > len(found[sort]):
            found[sort] = turns
    return found


def _turn(node: LexborNode, layout: Layout) -> Turn | None:
    body = node.css_first(layout.body)
    if body is None:
        return None
    text = "\n\n".join(block.text for block in walk(body).blocks)
    if not text:
        return None
    author = node.attributes.get("data-author") or _words(node, layout.author)
    stamp = _value(node, _DATE)
    best = _number(_value(node, _BEST))
    rating = _number(_value(node, _RATING))
    if rating is None and layout.sort == "reviews":
        rating, best = _stars(node)
    votes = _number(_value(node, _VOTES))
    return Turn(
        author or None, text, _stamp(stamp), rating, best if rating is not None else None,
        int(votes) if votes is not None else None,
    )  # fmt: skip


def _words(node: LexborNode, selector: str) -> str:
    for part in selector.split(", "):
        found = node.css_first(part)
        if found is not None:
            words = " ".join((found.attributes.get("content") or found.text()).split())
            if 0 < len(words) < 100:
                return words
    return ""


def _value(node: LexborNode, selector: str) -> str:
    found = node.css_first(selector)
    if found is None:
        return ""
    attributes = found.attributes
    stated = attributes.get("datetime") or attributes.get("content") or attributes.get("title")
    return (stated or found.text() or "").strip()[:100]


def _stars(node: LexborNode) -> tuple[float | None, float | None]:
    for part in node.css('[aria-label*="out of"], [title*="out of"], .stars, .rating, .review-rating')[:3]:
        attributes = part.attributes
        said = attributes.get("aria-label") or attributes.get("title") or part.text()
        found = _STARS.search(said or "")
        if found:
            return _number(found[1]), _number(found[2])
        if said and (full := said.count("★")):
            return float(full), float(full + said.count("☆")) if "☆" in said else 5.0
    return None, None


def _described(items: Iterable[Mapping[str, Any]]) -> dict[Sort, tuple[Turn, ...]]:
    found: dict[Sort, list[Turn]] = {}
    for item in items:
        kinds = types_of(dict(item))
        sort: Sort | None = None
        if kinds & {"Review", "UserReview"}:
            sort = "reviews"
        elif kinds & {"Answer", "DiscussionForumPosting", "Question"}:
            sort = "posts"
        elif "Comment" in kinds:
            sort = "comments"
        text = next(
            (item[k] for k in ("reviewBody", "text", "articleBody") if isinstance(item.get(k), str)), None
        )
        if sort is None or not text or not text.strip() or len(found.get(sort, ())) >= MAX_TURNS:
            continue
        author = item.get("author")
        author = author[0] if isinstance(author, list) and author else author
        name = author.get("name") if isinstance(author, dict) else author
        rated = item.get("reviewRating")
        rated = rated if isinstance(rated, dict) else {}
        rating = _number(rated.get("ratingValue"))
        votes = _number(item.get("upvoteCount"))
        stamp = item.get("datePublished") or item.get("dateCreated")
        found.setdefault(sort, []).append(
            Turn(
                name if isinstance(name, str) else None,
                text.strip(),
                _stamp(stamp) if isinstance(stamp, str) else None,
                rating,
                (_number(rated.get("bestRating")) or 5.0) if rating is not None else None,
                int(votes) if votes is not None else None,
            )
        )
    return {sort: tuple(dict.fromkeys(turns)) for sort, turns in found.items()}


def _stamp(value: str) -> str | None:
    if not value:
        return None
    if len(value) > 10 and value[10] in "T " and day_of(value[:10]):
        return value[:35]
    return day_of(value)


def _number(value: object) -> float | None:
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        return None
    return number if -1e9 < number < 1e9 else None
