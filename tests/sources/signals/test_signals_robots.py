"""robots.txt: Google's published cases, RFC 9309's details, real files, and nonsense.

google_robots_cases.jsonl holds the facts (file, agent, address, answer) of google/robotstxt's
robots_test.cc, https://github.com/google/robotstxt (Apache-2.0), commit c8ac4b1.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command_line import ingather
from ingather.sources.signals.robots import parse_robots
from ingather.sources.signals.robots_lines import MAX_BYTES, read_lines
from ingather.sources.signals.robots_paths import path_of, pattern_of

CASES = Path(__file__).with_name("google_robots_cases.jsonl")
ROWS = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['agent']}-{row['url'][-20:]}")
def test_google_published_cases(row: dict) -> None:
    decision = parse_robots(row["robots"].encode()).decide(row["agent"], row["url"])
    assert decision.allowed is row["allowed"]


def test_all_published_cases_are_there() -> None:
    assert len(ROWS) == 140
    assert len({row["case"] for row in ROWS}) == 14


def test_google_lines_are_cut_after_16663_bytes() -> None:
    long = "/x/" + "a" * (2083 * 8 - 10 + 1 - 6)
    robots = parse_robots(f"user-agent: FooBot\ndisallow: {long}/qux\n".encode())
    assert robots.decide("FooBot", "http://foo.bar/fux").allowed
    assert not robots.decide("FooBot", f"http://foo.bar{long}/fux").allowed
    first, second = ("/x/" + letter * (2083 * 8 - 7 + 1 - 6) for letter in "ab")
    robots = parse_robots(
        f"user-agent: FooBot\ndisallow: /\nallow: {first}/qux\nallow: {second}/qux\n".encode()
    )
    assert not robots.decide("FooBot", "http://foo.bar/").allowed
    assert robots.decide("FooBot", f"http://foo.bar{first}/qux").allowed
    assert robots.decide("FooBot", f"http://foo.bar{second}/fux").allowed


LINES = "User-Agent: foo\nAllow: /some/path\nUser-Agent: bar\n\n\nDisallow: /"


@pytest.mark.parametrize(
    "content",
    [LINES + "\n", LINES.replace("\n", "\r\n") + "\r\n", LINES.replace("\n", "\r") + "\r", LINES,
     "User-Agent: foo\nAllow: /some/path\r\nUser-Agent: bar\n\r\n\nDisallow: /"],
)  # fmt: skip
def test_google_lines_are_counted_whatever_ends_them(content: str) -> None:
    assert [line.number for line in read_lines(content.encode())] == [1, 2, 3, 6]


@pytest.mark.parametrize(
    ("mark", "known", "unknown"),
    [(b"\xef\xbb\xbf", 2, 0), (b"\xef\xbb", 2, 0), (b"\xef", 2, 0), (b"\xef\x11\xbf", 1, 1)],
)
def test_google_byte_order_marks(mark: bytes, known: int, unknown: int) -> None:
    keys = [line.key for line in read_lines(mark + b"User-Agent: foo\nAllow: /AnyValue\n")]
    assert (len([k for k in keys if k != "other"]), keys.count("other")) == (known, unknown)
    middle = [line.key for line in read_lines(b"User-Agent: foo\n" + mark + b"Allow: /AnyValue\n")]
    assert middle == ["user-agent", "other"]


@pytest.mark.parametrize(
    ("url", "path"),
    [("", "/"), ("http://www.example.com", "/"), ("http://www.example.com/", "/"),
     ("http://www.example.com/a", "/a"), ("http://www.example.com/a/", "/a/"),
     ("http://www.example.com/a/b?c=http://d.e/", "/a/b?c=http://d.e/"),
     ("http://www.example.com/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f"), ("example.com", "/"),
     ("example.com/", "/"), ("example.com/a", "/a"), ("example.com/a/", "/a/"),
     ("example.com/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f"), ("a", "/"), ("a/", "/"), ("/a", "/a"),
     ("a/b", "/b"), ("example.com?a", "/?a"), ("example.com/a;b#c", "/a;b"), ("//a/b/c", "/b/c")],
)  # fmt: skip
def test_google_path_of_an_address(url: str, path: str) -> None:
    assert path_of(url) == path


@pytest.mark.parametrize(
    ("value", "pattern"),
    [("http://www.example.com", "http://www.example.com"), ("/a/b/c", "/a/b/c"), ("á", "%C3%A1"),
     ("%aa", "%AA")],
)  # fmt: skip
def test_google_patterns_are_escaped(value: str, pattern: str) -> None:
    assert pattern_of(value.encode()) == pattern


def test_google_sitemaps_stand_anywhere() -> None:
    rest = "User-Agent: foo\nAllow: /some/path\nUser-Agent: bar\n\n\n"
    for content in (
        rest + "Sitemap: http://foo.bar/sitemap.xml\n",
        "Sitemap: http://foo.bar/sitemap.xml\n" + rest,
    ):
        assert parse_robots(content.encode()).sitemaps == ("http://foo.bar/sitemap.xml",)


def test_the_line_that_decided_is_told() -> None:
    robots = parse_robots(
        b"User-agent: *\r\nDisallow: /\r\nDisalow /b # not here\r\nAllow: /a\r\nAllow: /a\r\n"
    )
    told = [robots.decide("x", f"https://h{path}") for path in ("/a/1", "/b", "/c")]
    assert [(one.allowed, one.line, one.rule) for one in told] == [
        (True, 4, "allow: /a"), (False, 3, "disallow: /b"), (False, 2, "disallow: /"),
    ]  # fmt: skip
    assert parse_robots(b"User-agent: *\nDisallow:\n").decide("x", "/").line == 2
    assert parse_robots(b"User-agent: y\nDisallow: /\n").decide("x", "/").line is None


def test_groups_are_merged_and_the_longest_delay_holds() -> None:
    robots = parse_robots(
        b"User-agent: a\nUser-agent: b\nCrawl-delay: 2\nDisallow: /1\n"
        b"User-agent: A/9\nCrawl-delay: 7.5\nDisallow: /2\nUser-agent: *\nCrawl-delay: oft\nDisallow: /3\n"
    )
    assert [robots.decide("A", f"/{n}").allowed for n in (1, 2, 3)] == [False, False, True]
    assert [robots.crawl_delay(agent) for agent in ("a/1.0", "b", "c")] == [7.5, 2.0, None]


def test_both_readings_of_escapes_must_allow() -> None:
    robots = parse_robots(
        b"User-agent: *\nDisallow: /%62\nDisallow: /%c3%a9\nDisallow: /a%2Fb\nDisallow: /~x\n"
    )
    for path in ("/b", "/%62", "/%C3%a9", "/é", "/a%2fb", "/%7Ex", "/~x"):
        assert not robots.decide("x", path).allowed, path
    assert robots.decide("x", "/a/b").allowed


def test_a_gigantic_file_is_read_to_500_kib() -> None:
    rule = b"Disallow: /n%06d\n"
    content = b"User-agent: *\n" + b"".join(rule % n for n in range(100_000))
    robots = parse_robots(content)
    last = (MAX_BYTES - 14) // 19
    assert not robots.decide("x", f"/n{last - 1:06d}").allowed
    assert robots.decide("x", f"/n{last:06d}").allowed


def test_wildcards_are_quick_however_many() -> None:
    robots = parse_robots(b"User-agent: *\nDisallow: " + b"*a" * 4000 + b"$\n")
    began = time.process_time()
    assert robots.decide("x", "/" + "a" * 20_000).allowed is False
    assert robots.decide("x", "/" + "a" * 20_000 + "b").allowed is True
    assert time.process_time() - began < 0.5


def test_real_files_are_answered_within_25_microseconds(data: Path) -> None:
    files = sorted(
        path for path in (data / "robots-samples").iterdir() if path.name not in ("LICENSE", "ORIGIN.md")
    )
    assert len(files) == 200
    urls = [f"https://example.com/a/{n}/some-page-title.html?x={n}" for n in range(100)]
    spent = 0.0
    for path in files:
        robots = parse_robots(path.read_bytes())
        robots.decide("ingather", "/")
        began = time.process_time()
        for url in urls:
            robots.decide("ingather", url)
        spent += time.process_time() - began
    assert spent / (len(files) * len(urls)) < 25e-6


PIECES = st.sampled_from(
    [b"User-agent: ", b"Allow: ", b"Disallow: ", b"*", b"$", b"/", b"a", b"%", b"%61", b"\n", b"\r", b"#",
     b"\xff", b"\xef\xbb\xbf", b"index.html", b"Crawl-delay: ", b"1e999", b"foo", b"?", b"\0"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map(b"".join), st.text(max_size=12), st.text(max_size=40))
def test_nothing_makes_it_fail(content: bytes, agent: str, url: str) -> None:
    decision = parse_robots(content).decide(agent, url)
    assert decision == parse_robots(content).decide(agent, url)
    if not decision.allowed:
        assert decision.rule is not None
        assert decision.rule.startswith("disallow: ")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.text("/a*$b", min_size=1, max_size=8)), max_size=8),
    st.text("/ab", max_size=10),
)
def test_the_fast_way_answers_as_the_plain_one(rules: list[tuple[bool, str]], rest: str) -> None:
    path = "/" + rest
    content = "User-agent: *\n" + "".join(f"{'Allow' if ok else 'Disallow'}: {p}\n" for ok, p in rules)
    best = max(((len(p), ok) for ok, p in rules if _matches(path, p)), default=(0, True))
    assert parse_robots(content.encode()).decide("x", "http://h" + path).allowed is best[1]


def _matches(path: str, pattern: str) -> bool:
    """Matching by trying everything, one character at a time."""
    if not pattern or (pattern == "$" and not path):
        return not pattern or not path
    if pattern[0] == "*":
        return any(_matches(path[n:], pattern[1:]) for n in range(len(path) + 1))
    return bool(path) and path[0] == pattern[0] and pattern != "$" and _matches(path[1:], pattern[1:])


def test_the_command_answers_one_and_many(tmp_path: Path) -> None:
    file = tmp_path / "robots.txt"
    file.write_bytes(b"# hello\nUser-agent: *\nDisallow: /\nAllow: /a\n")
    answer = json.loads(ingather("robots", file, "https://h/a/b", "--agent", "Me", "--json").out)
    assert answer == {"allowed": True, "line": 4, "rule": "allow: /a"}
    assert json.loads(ingather("robots", file, "", "--agent", "", "--json").out)["allowed"] is False
    assert "line 3: disallow: /" in ingather("robots", file, "https://h/b").out
    out = ingather("robots", "--cases", CASES).out
    assert [json.loads(line)["allowed"] for line in out.splitlines()] == [row["allowed"] for row in ROWS]
    (tmp_path / "bad.jsonl").write_text('{"robots": 1}\nnonsense\n')
    told = ingather("robots", "--cases", tmp_path / "bad.jsonl", code=2).err
    assert "line 1 lacks robots" in told
    assert "line 2 is no JSON" in told
    assert "cannot be read" in ingather("robots", tmp_path / "none", "/", code=2).err


def test_agents_with_digits_in_their_names_find_their_group() -> None:
    robots = parse_robots(b"User-agent: Foo2Bot/1.0\nDisallow: /a\nUser-agent: *\nDisallow: /b\n")
    assert [robots.decide("foo2bot", path).allowed for path in ("/a", "/b")] == [False, True]
    assert [robots.decide("other", path).allowed for path in ("/a", "/b")] == [True, False]


def test_a_file_that_was_cut_loses_its_last_line() -> None:
    head, cut = b"User-agent: *\nDisallow: /\n", b"Allow: /on"
    content = head + b"#" * (MAX_BYTES - len(head) - len(cut) - 1) + b"\n" + cut
    assert len(content) == MAX_BYTES
    assert not parse_robots(content).decide("x", "/onward").allowed
    assert not parse_robots(content + b"ly-this\n").decide("x", "/onward").allowed
