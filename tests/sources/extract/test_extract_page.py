"""Pages: what is read of them, and what of broken ones; the quality floor on pages with known truth."""

# ruff: noqa: E501

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.sources.extract.boilerplate import SiteBlocks, Sites
from ingather.sources.extract.page import Page, extract
from ingather.sources.extract.reading import read_page

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks" / "extraction"))
from pages import LAYOUTS, Truth, make
from words import Writer

URL = "https://example.org/a/b.html"
WORD = re.compile(r"\w+")


def f1(said: str, truth: str) -> float:
    found, wanted = Counter(WORD.findall(said.lower())), Counter(WORD.findall(truth.lower()))
    return 2 * sum((found & wanted).values()) / max(1, sum(found.values()) + sum(wanted.values()))


@pytest.fixture(scope="module")
def read() -> list[tuple[Truth, Page]]:
    return [(truth, extract(truth.html.encode(), URL)) for truth in make(160, seed=7)]


FLOORS = {"article": 0.985, "forum": 0.98, "product": 0.965, "list": 0.95, "documentation": 0.99}


@pytest.mark.parametrize("kind", FLOORS)
def test_main_text_does_not_fall_below_what_was_measured(kind: str, read: list[tuple[Truth, Page]]) -> None:
    scores = [f1(page.text, "\n".join(truth.said)) for truth, page in read if truth.kind == kind]
    assert len(scores) >= 20
    assert sum(scores) / len(scores) >= FLOORS[kind]


def test_what_pages_say_of_themselves(read: list[tuple[Truth, Page]]) -> None:
    for truth, page in read:
        assert page.language == truth.language
        assert page.author == truth.author or not truth.author or page.turns
        assert page.date == truth.date or not truth.date
        if truth.layout != "nameless thread":
            assert page.title == truth.title, truth.layout


def test_kinds_of_pages(read: list[tuple[Truth, Page]]) -> None:
    kinds = {(truth.layout, page.kind) for truth, page in read}
    assert {("phpBB", "forum"), ("XenForo", "forum"), ("questions", "forum"), ("shop", "reviews")} <= kinds
    assert {kind for layout, kind in kinds if layout == "index"} == {"list"}


def test_threads_are_turns_with_authors_and_days(read: list[tuple[Truth, Page]]) -> None:
    for truth, page in read:
        if truth.layout in ("phpBB", "XenForo"):
            assert all(turn.author and turn.date and turn.text for turn in page.turns)
            assert f1("\n".join(turn.text for turn in page.turns), "\n".join(truth.said[1:])) > 0.99


def test_reviews_have_their_rating(read: list[tuple[Truth, Page]]) -> None:
    turns = [turn for truth, page in read if truth.layout == "shop" for turn in page.turns]
    assert len(turns) >= 10
    assert all(turn.author and turn.best == 5 and 1 <= (turn.rating or 0) <= 5 for turn in turns)


def test_comments_are_apart_from_the_body(read: list[tuple[Truth, Page]]) -> None:
    pages = [page for truth, page in read if truth.layout == "wordpress"]
    comments = [turn for page in pages for turn in page.comments]
    assert len(comments) >= 10
    assert all(turn.author and turn.text not in page.text for page in pages for turn in page.comments)


def page_of(body: str, head: str = "") -> Page:
    return extract(f"<html><head>{head}</head><body>{body}</body></html>".encode(), URL)


RUNNING = "<p>" + "The boats lay still on the water, and nobody had expected the news so early. " * 6 + "</p>"


def test_headings_lists_code_tables_and_quotes_keep_their_kind() -> None:
    page = page_of(
        f"<article><h1>Boats</h1>{RUNNING}<h2>Kinds</h2><ul><li>Sail<ul><li>Yawl</li></ul></li></ul>"
        f"<pre>def f():\n    return 1</pre><blockquote>Row, row.</blockquote>{RUNNING}"
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></article>"
    )
    assert [(block.kind, block.level) for block in page.blocks] == [
        ("heading", 1), ("paragraph", 0), ("heading", 2), ("item", 1), ("item", 2), ("code", 0), ("quote", 0),
        ("paragraph", 0), ("table", 0),
    ]  # fmt: skip
    assert page.blocks[5].text == "def f():\n    return 1"
    assert page.blocks[-1].text == "a\tb\n1\t2"
    assert "- Sail\n- Yawl" in page.text


def test_tables_are_records() -> None:
    page = page_of(
        "<table><caption>Fleet</caption><tr><th>Name</th><th>Year</th><th>Year</th></tr>"
        "<tr><td rowspan=2>Ada</td><td>1999</td><td>x</td></tr><tr><td colspan=2>2001</td></tr></table>"
        "<table><tr><th>Length</th><td>9 m</td></tr><tr><th>Mast</th><td>12 m</td></tr></table>"
        "<table role=presentation><tr><td>a</td><td>b</td></tr><tr><td>a</td><td>b</td></tr></table>"
    )
    fleet, facts = page.tables
    assert fleet.caption == "Fleet"
    assert fleet.rows == (
        {"Name": "Ada", "Year": "1999", "Year 2": "x"}, {"Name": "Ada", "Year": "2001", "Year 2": "2001"},
    )  # fmt: skip
    assert facts.rows == ({"Length": "9 m", "Mast": "12 m"},)


def test_pictures_and_recordings() -> None:
    page = page_of(
        f"<article>{RUNNING}<figure><img src='/p.jpg' alt='A  boat'><figcaption>In the harbour</figcaption></figure>"
        "<img src='data:image/gif;base64,R0' data-src='late.png'><img src=/dot.gif width=1 height=1>"
        "<img srcset='s.jpg 200w, l.jpg 900w'><video poster=x><source src=/f.webm><track src=/f.vtt srclang=de>"
        "</video><a href='/talk.mp3?x=1'>The talk</a></article><nav><img src=/logo.png></nav>",
        '<link rel="alternate" type="application/rss+xml" href="/feed">',
    )
    assert [(one.url, one.alt, one.caption) for one in page.pictures] == [
        ("https://example.org/p.jpg", "A boat", "In the harbour"), ("https://example.org/a/late.png", "", ""),
        ("https://example.org/a/l.jpg", "", ""),
    ]  # fmt: skip
    film, talk = page.recordings
    assert (film.kind, film.captions) == ("video", (("https://example.org/f.vtt", "de"),))
    assert (talk.kind, talk.url, talk.caption) == ("audio", "https://example.org/talk.mp3?x=1", "The talk")
    assert page.feeds == ("https://example.org/feed",)


@pytest.mark.parametrize(
    ("charset", "header", "text"),
    [("utf-8", "text/html; charset=iso-8859-1", "Überschätzung für höhere Öfen"),
     ("cp1252", "text/html; charset=utf-8", "Überschätzung für höhere Öfen"),
     ("cp1251", "text/html; charset=windows-1251", "Съешь же ещё этих мягких французских булок"),
     ("shift_jis", "text/html; charset=Shift_JIS", "日本語の文章を書きます。"),
     ("utf-16", "text/html", "日本語の文章を書きます。"), ("utf-8-sig", "text/html", "Žluťoučký kůň úpěl")],
)  # fmt: skip
def test_charsets_are_what_the_bytes_are(charset: str, header: str, text: str) -> None:
    html = f"<html><body><article><p>{(text + ' ') * 12}</p></article></body></html>".encode(charset)
    assert text in extract(html, URL, header).text


def test_a_charset_in_meta_is_used() -> None:
    html = '<html><head><meta charset="windows-1251"></head><body><p>' + "Съешь же ещё этих булок. " * 12
    assert "Съешь же ещё" in extract(html.encode("cp1251"), URL).text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"%PDF-1.7 xx", "PDF"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"PK\x03\x04" + b"\0" * 99, "ZIP"), (b"", "empty"),
     (b'{"a": "b"}', "JSON"), (b"\0\1\2" * 99, "no text")],
)  # fmt: skip
def test_bytes_that_are_no_page_are_told(content: bytes, words: str) -> None:
    page = extract(content, URL, "text/html")
    assert words in (page.fault or "")
    assert page.blocks == ()


N = 100_000
BROKEN = {
    "nested": "<div>" * N + "words", "nested and closed": "<div>" * N + "words" + "</div>" * N,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(N)) + ">words",
    "attributes in quotes": "<p x='>' " + " ".join(f"a{n}='<'" for n in range(N)) + ">words",
    "formatting": "<p>" + "".join(f"<b id={n}>" for n in range(2000)) + "<p>words</p>" * 2000,
    "little formatting": "<p>" + "".join(f"<b id={n}>" for n in range(200)) + "<p>words</p>" * 50_000,
    "options": "<select>" + "<option>x" * N, "lists": "<ul><li>" * N, "tables": "<table><tr><td>" * 30_000,
    "quotes": '<p x="' * N, "angles": "<" * N * 5, "comments": "<!--" * N, "links": "<a href=x>" * N,
    "spaces": "<p>" + " " * N * 20 + "words", "style": "<style>" + "a{b:c}" * N + "</style>words",
    "json": '<script type="application/ld+json">' + "[" * N + "</script><p>words", "entities": "&#" * N,
    "one line": "<p>" + "word " * N * 4, "breaks": "<br>" * N + "words", "spans": "<span>x</span> " * N,
    "names": f"<div class='{'nav-' * N}'>words</div>", "metas": "<meta name=a content=b>" * N,
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_markup_takes_no_time(name: str) -> None:
    html = f"<html><body>{BROKEN[name]}".encode()
    began = time.process_time()
    extract(html, URL)
    assert time.process_time() - began < 5


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div class=post>", "</div>", "<table>", "<tr>", "<td rowspan=9>", "<th>", "<article>",
         "<a href='::/'>", "</a>", "<img src='http://[' srcset=', ,'>", "<video src=x>", "<h1>", "<pre>", "<li>",
         "<!--", "-->", "<script type='application/ld+json'>{\"@type\": [1], \"author\": [], \"license\": {}}</script>",
         "<br>", "words and more words, which go on and on for a while.", "\0", "&lt;", "<html lang='x_y'>",
         "<meta name=date content=2024-99-99>", "<time datetime=9999999999>", "<svg>", "<template>", "<math><p>",
         "<span itemprop=ratingValue>1,5</span>", "<div itemtype='https://schema.org/Review'>", "<blockquote>"]
    ),
    max_size=60,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(MARKUP, st.binary(max_size=30))
def test_no_markup_makes_it_fail(pieces: list[str], tail: bytes) -> None:
    page = extract("".join(pieces).encode() + tail, URL, "text/html; charset=nonsense")
    assert page.fault or page.path in ("fast", "trafilatura")
    assert page.as_json()["text"] == page.text


def test_trafilatura_is_asked_where_the_fast_way_is_unsure_or_the_plan_wants_it() -> None:
    pytest.importorskip("trafilatura")
    html = f"<html><body><article><h1>Boats</h1>{RUNNING * 3}</article></body></html>".encode()
    assert extract(html, URL).path == "fast"
    asked = read_page(html, URL, way="trafilatura")
    assert asked.path == "trafilatura"
    assert "nobody had expected the news" in asked.text
    unsure = extract(b"<html><body><p>Short.</p></body></html>", URL)
    assert unsure.confidence < 0.55
    assert "unsure of the main text" in unsure.told


def test_what_a_site_repeats_is_learnt_and_left_out() -> None:
    learnt = SiteBlocks()
    pages = []
    for number in range(20):
        own = Writer(number).paragraph(6, 8)
        page = page_of(f"<article><h1>Page {number}</h1><p>{own}</p><p>This paragraph stands on all pages here, with "
                       f"a full sentence and a date.</p></article>")  # fmt: skip
        learnt.learn(page.blocks)
        pages.append((page, own))
    again = SiteBlocks.from_json(learnt.as_json())
    for page, own in pages:
        left = again.without(page.blocks)
        assert [block.text for block in left[1:]] == [" ".join(own.split())]
    only = tuple(block for block in pages[0][0].blocks if "all pages" in block.text)
    assert again.without(only) == only


def test_every_layout_of_the_benchmark_says_something() -> None:
    for layout in LAYOUTS:
        truth = layout(Writer(1))
        assert len(" ".join(truth.said)) > 200, layout


def test_what_sites_repeat_is_kept_between_runs(tmp_path: Path) -> None:
    sites = Sites(tmp_path / "repeated.json")
    repeated = "This notice stands below every text of the site, and it is a whole sentence."
    pages = [
        page_of(f"<article><h1>Page {n}</h1><p>{Writer(n).paragraph(6, 8)}</p><p>{repeated}</p></article>")
        for n in range(12)
    ]
    read = [sites.without_repeated(page, "https://example.org") for page in pages]
    assert repeated in read[0].text
    assert repeated not in read[-1].text
    sites.save()
    again = Sites(tmp_path / "repeated.json").without_repeated(pages[0], "https://example.org")
    assert repeated not in again.text
    assert repeated in Sites(tmp_path / "repeated.json").without_repeated(pages[0], "https://other.org").text


def test_what_a_sample_holds_beside_its_text() -> None:
    page = page_of(
        f"<article>{RUNNING}<img src=/p.jpg alt=Boat><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td>"
        "</tr></table></article>"
    )
    told = page.beside_text()
    assert set(told) == {"tables", "pictures"}
    assert told["pictures"][0]["alt"] == "Boat"  # type: ignore[index, call-overload]
