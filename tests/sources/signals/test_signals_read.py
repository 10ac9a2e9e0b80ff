"""Signals of every kind: what each says, whom it is meant for, and what follows under a plan."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.sources.signals.evidence import Signals
from ingather.sources.signals.preferences import training
from ingather.sources.signals.read import Policy, decide, read_signals
from ingather.sources.signals.site import read_site

URL = "https://example.org/blog/post.html"
PAGE = b"<html><head><title>T</title>%s</head><body><p>Words.</p>%s</body></html>"


def read(
    head: bytes = b"", body: bytes = b"", headers: tuple = (), files: dict | None = None, url: str = URL
) -> Signals:
    site = read_site("https://example.org", files or {}, at="2026-01-02T03:04:05+00:00")
    return read_signals(url, headers, PAGE % (head, body), site=site, agent="Ingather")


def allowed(signals: Signals, **policy: object) -> bool:
    return decide(signals, Policy("Ingather", **policy)).allowed  # type: ignore[arg-type]


def robots(text: str) -> dict[str, bytes]:
    return {"/robots.txt": text.encode()}


RSL = '<rsl xmlns="https://rslstandard.org/rsl"><content url="/blog/*"><license>%s</license></content></rsl>'
RESERVED = {
    "robots": {"files": robots("User-agent: *\nDisallow: /blog\n")},
    "content-usage in robots": {"files": robots("User-agent: *\nContent-Usage: train-ai=n\n")},
    "content-usage for a path": {
        "files": robots("User-agent: *\nContent-Usage: train-ai=y\nContent-Usage: /blog/ train-ai=n\n")
    },
    "content-signal in robots": {
        "files": robots("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n")
    },
    "content-usage header": {"headers": [("Content-Usage", "train-ai=n, search=y")]},
    "content-usage bots": {"headers": [("content-usage", "bots=n")]},
    "tdm file": {
        "files": {"/.well-known/tdmrep.json": b'[{"location": "/blog/*", "tdm-reservation": 1}]'}
    },
    "tdm header": {"headers": [(b"TDM-Reservation", b"1")]},
    "tdm meta": {"head": b'<meta name="tdm-reservation" content="1">'},
    "x-robots-tag": {"headers": {"X-Robots-Tag": "unavailable_after: 25 Jun 2030, noai"}},
    "x-robots-tag for us": {
        "headers": [("X-Robots-Tag", "otherbot: nofollow"), ("X-Robots-Tag", "ingather: noai")]
    },
    "meta noai": {"head": b'<META NAME="Robots" CONTENT="index, NoAI">'},
    "meta for us": {"head": b'<meta name="ingather" content="noai">'},
    "ai.txt": {"files": {"/ai.txt": b"User-Agent: *\nDisallow: *.html\nAllow: *.jpg\n"}},
    "rsl prohibits": {
        "files": robots("License: https://example.org/l.xml\n")
        | {"https://example.org/l.xml": (RSL % '<prohibits type="usage">ai-train</prohibits>').encode()}
    },
    "rsl permits search only": {
        "files": robots("License: /l.xml\n")
        | {"/l.xml": (RSL % '<permits type="usage">search</permits>').encode()}
    },
    "rsl asks for money": {
        "head": b'<script type="application/rsl+xml">'
        + (RSL % '<permits type="usage">ai-all</permits><payment type="training"/>').encode()
        + b"</script>"
    },
    "rsl named, not read": {
        "headers": [("Link", '</l.xml>; rel="license"; type="application/rsl+xml"')]
    },
}  # fmt: skip


@pytest.mark.parametrize("name", RESERVED)
def test_what_is_meant_for_everybody_counts_unless_the_plan_asks_robots_only(name: str) -> None:
    signals = read(**RESERVED[name])
    assert not allowed(signals)
    assert not allowed(signals, strict="addressed")
    assert allowed(signals, strict="robots") is (name != "robots")


OTHERS = {
    "robots of others": {"files": robots("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n")},
    "usage of others": {"files": robots("User-agent: ClaudeBot\nContent-Usage: train-ai=n\n")},
    "noindex": {"head": b'<meta name="robots" content="noindex,follow">'},
    "tag for others": {"headers": [("X-Robots-Tag", "GPTBot: noai")]},
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_meant_for_others_counts_by_default(name: str) -> None:
    signals = read(**OTHERS[name])
    assert not allowed(signals)
    assert allowed(signals, strict="addressed")


ALLOWED = {
    "nothing": {},
    "other path in tdm file": {
        "files": {"/.well-known/tdmrep.json": b'[{"location": "/shop/", "tdm-reservation": 1}]'}
    },
    "narrower path of tdm file": {
        "files": {
            "/.well-known/tdmrep.json": b'[{"location": "/", "tdm-reservation": 1},'
            b' {"location": "/blog/", "tdm-reservation": 0}]'
        }
    },
    "narrow word": {"headers": [("Content-Usage", "bots=n, train-ai=y")]},
    "usage allows a path": {
        "files": robots("User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /blog/ train-ai=y\n")
    },
    "other bots": {"head": b'<meta name="googlebot" content="noindex"><meta name="viewport" content="noai">'},
    "search engine's tag": {"headers": [("X-Robots-Tag", "googlebot: noindex, noai")]},
    "nofollow": {"head": b'<meta name="robots" content="nofollow, noarchive, max-snippet:-1">'},
    "pictures": {"head": b'<meta name="robots" content="noimageai">'},
    "ai.txt that is a page": {"files": {"/ai.txt": b"<!DOCTYPE html><html>User-agent: *\nDisallow: /\n"}},
    "other endings": {"files": {"/ai.txt": b"User-Agent: *\nDisallow: *.jpg\n"}},
    "rsl free": {
        "files": robots("License: /l.xml\n")
        | {"/l.xml": (RSL % '<permits type="usage">all</permits><payment type="free"/>').encode()}
    },
    "rsl of another path": {
        "files": robots("License: /l.xml\n")
        | {"/l.xml": b'<rsl><content url="/x/"><license><prohibits>all</prohibits></license></content></rsl>'}
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOWED)
def test_what_reserves_nothing_here(name: str) -> None:
    signals = read(**ALLOWED[name])
    assert allowed(signals), decide(signals, Policy("Ingather")).reason


def test_pictures_follow_what_is_said_of_pictures() -> None:
    assert not allowed(read(**ALLOWED["pictures"]), images=True)


def test_pages_without_an_ending_are_text_to_ai_txt() -> None:
    files = {"/ai.txt": b"User-Agent: *\nDisallow: *.txt\n"}
    assert not allowed(read(files=files, url="https://example.org/blog/post"))
    assert allowed(read(files=files))


def test_evidence_says_where_when_what_and_by_which_bytes() -> None:
    content = b"User-agent: *\nDisallow: /x\n\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /blog\n"
    signals = read(files={"/robots.txt": content}, headers=[("TDM-Reservation", "0")])
    ours, others, tdm = signals.as_json()["signals"]  # type: ignore[misc]
    assert ours == {
        "kind": "robots", "url": "https://example.org/robots.txt", "at": "2026-01-02T03:04:05+00:00",
        "sha256": hashlib.sha256(content).hexdigest(), "value": "Ingather: nothing about it", "use": "fetch",
        "decision": "allowed", "audience": "everybody",
    }  # fmt: skip
    assert (others["value"], others["line"], others["decision"]) == (
        "GPTBot, CCBot: disallow: /blog",
        6,
        "reserved",
    )
    assert (tdm["kind"], tdm["decision"]) == ("tdm-header", "allowed")
    assert json.dumps(signals.as_json())
    reason = decide(signals, Policy("Ingather")).reason
    assert (
        reason == "robots-agent at https://example.org/robots.txt reserves it: GPTBot, CCBot: disallow: /blog"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [("train-ai=n", "reserved"), ("train-ai=?0", "reserved"), ('ai-train="no"', "reserved"),
     ("ai=n", "reserved"), ("train-ai=y", "allowed"), ("search=n", "noted"), ("", "noted"),
     ("train-ai", "noted"),
     ("TRAIN-AI = N;x=1", "reserved"), ("train-genai=n, train-ai=y", "reserved")],
)  # fmt: skip
def test_preferences(value: str, said: str) -> None:
    assert training(value) == said


BY = "https://creativecommons.org/licenses/by/4.0/"
LICENCES = {
    "rel on a link": (b"", f'<a rel="license" href="{BY}">CC</a>', [("rel-license", "page")]),
    "rel in the head": (f'<link rel="license" href="{BY}">'.encode(), "", [("rel-license", "page")]),
    "json-ld": (
        b'<script type="application/ld+json">{"@graph": [{"@type": "Article", "license": "%s"}]}</script>'
        % BY.encode(), "", [("json-ld", "page")],
    ),
    "microdata": (b"", f'<div itemscope><a itemprop="license" href="{BY}">x</a>', [("microdata", "page")]),
    "rdfa": (b"", f'<a property="dct:license" href="{BY}">x</a>', [("rdfa", "page")]),
    "dublin core": (f'<meta name="DCTERMS.license" content="{BY}">'.encode(), "", [("dublin-core", "page")]),
    "picture": (
        b"", f'<figure><img src="/a.jpg"><a rel="license" href="{BY}">x</a></figure>',
        [("rel-license", "https://example.org/a.jpg")],
    ),
    "json-ld of a picture": (
        b'<script type="application/ld+json">{"@type": "ImageObject", "contentUrl": "/b.jpg",'
        b' "license": "%s"}</script>' % BY.encode(), "", [("json-ld", "https://example.org/b.jpg")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LICENCES)
def test_licences_that_are_stated(name: str) -> None:
    head, body, expected = LICENCES[name]
    signals = read(head, body.encode())
    assert [(claim.kind, claim.of) for claim in signals.licences] == expected
    assert {claim.licence for claim in signals.licences} == {"CC-BY-4.0"}
    assert signals.licence == ("CC-BY-4.0" if expected[0][1] == "page" else None)


def test_a_bare_link_in_a_footer_is_no_licence() -> None:
    links = f'<a href="{BY}">Creative Commons</a>. <a rel="nofollow" href="{BY}">CC</a>'
    body = f"<footer>Icons under {links}</footer>"
    assert read(body=body.encode()).licences == ()


def test_licences_in_headers_and_licences_that_differ() -> None:
    header = [("Link", f'<{BY}>; rel="license", </style.css>; rel=stylesheet')]
    assert read(headers=header).licence == "CC-BY-4.0"
    other = b'<link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/">'
    both = read(other, headers=header)
    assert [claim.licence for claim in both.licences] == ["CC-BY-4.0", "CC-BY-SA-4.0"]
    assert both.licence is None
    assert read(b'<link rel="license" href="/terms">').licence is None


BROKEN = [
    {"/.well-known/tdmrep.json": b"<html>not found</html>"}, {"/.well-known/tdmrep.json": b"[" * 100_000},
    {"/.well-known/tdmrep.json": b'[1, {"location": 5, "tdm-reservation": "x"}]'},
    {"/robots.txt": b"\0\xff" * 999},
    {"/ai.txt": b"\xff\xfe\0"}, robots("License: /l.xml\n") | {"/l.xml": b"<rsl>"},
    robots("License: /l.xml\n") | {"/l.xml": b'<!DOCTYPE r [<!ENTITY a "aa">]><rsl>&a;</rsl>'},
]  # fmt: skip


@pytest.mark.parametrize("files", BROKEN, ids=range(len(BROKEN)))
def test_broken_files_are_noted_and_stop_nothing(files: dict[str, bytes]) -> None:
    assert allowed(read(files=files))


def test_no_page_has_the_signals_of_its_headers() -> None:
    signals = read_signals(
        "https://example.org/a.png", {"TDM-Reservation": "1"}, b"\x89PNG\r\n", agent="Ingather"
    )
    assert [one.kind for one in signals.found] == ["tdm-header"]
    assert read_signals("https://example.org/a.png", {}, None).found == ()


def test_what_everybody_is_told_counts_beside_a_group_of_our_own() -> None:
    text = "User-agent: Ingather\nDisallow: /private\n\nUser-agent: *\nContent-Usage: train-ai=n\n"
    assert not allowed(read(files=robots(text)))


PIECES = st.sampled_from(
    [b'<meta name="robots" content="', b'noai"', b">", b"<", b'"', b'<a rel="license" href="', b"http://[",
     b'<script type="application/ld+json">{"license": {"url": ', b"}</script>", b"<div itemprop=license>",
     b'<script type="application/rsl+xml"><rsl><content url="/"/></rsl></script>', b"\xff", b"<figure>",
     b'<link type="application/rsl+xml" href="', b'<p property="dct:license">', b"<!--", b"//", b"x", b"\0",
     b'<meta name="tdm-reservation" content="1">']
)  # fmt: skip
NAMES = st.sampled_from(
    ["link", "x-robots-tag", "content-usage", "tdm-reservation", "content-signal", "content-type"]
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(PIECES, max_size=20).map(b"".join),
    st.lists(st.tuples(NAMES, st.text(max_size=30)), max_size=4),
    st.dictionaries(
        st.sampled_from(["/robots.txt", "/ai.txt", "/.well-known/tdmrep.json", "/l.xml"]),
        st.binary(max_size=60),
    ),
)
def test_nothing_a_site_sends_makes_it_fail(
    body: bytes, headers: list[tuple[str, str]], files: dict[str, bytes]
) -> None:
    signals = read(body=body, headers=tuple(headers), files=files)
    assert json.dumps(signals.as_json())
    assert decide(signals, Policy("Ingather")).allowed is not any(
        one.decision == "reserved" and one.use != "image" for one in signals.found
    )


@pytest.mark.parametrize("link", ["http://[", "http://[::1", "//[", "http://a b"])
def test_addresses_that_are_none_stop_nothing(link: str) -> None:
    body = f'<a rel="license" href="{link}">x</a><link type="application/rsl+xml" href="{link}">'
    assert read(body=body.encode(), headers=[("Link", f'<{link}>; rel="license"')]).licence is None
