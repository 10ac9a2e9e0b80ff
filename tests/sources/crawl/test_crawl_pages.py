"""A crawl of small sites: what is asked, what is not, what becomes of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from web_site import Page, Site, article

from ingather.formats.warc.read import read_records
from ingather.formats.warc.record import WarcRecord, digest_matches

pytest.importorskip("ada_url", reason="pip install 'ingather[web]'")

PLAN = """version: 1
name: pages
objective: Say what a page is about.
modality: text
task: {{type: none}}
targets: {{total: 10_000}}
attributes: {{tongue: {{values: [en, fr]}}}}
rights: {{licences: [CC0-1.0], purposes: [train], controller: Acme, contact: a@acme.example,
  lawful_basis: legitimate-interests}}
sources:
  - name: web
    kind: web
    agent: acme/1.0 (+https://acme.example/bot)
    seeds: [{seeds}]
    networks: [127.0.0.0/8]
    attributes: {{tongue: language}}
    delay: {delay}
    licence: CC0-1.0
{more}
clean: []
release: {{}}
"""


@pytest.fixture
def sites() -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(*arguments: Any, **more: Any) -> Site:
        made.append(Site(*arguments, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def write(place: Path, *seeds: str, delay: float = 0.0, more: str = "") -> None:
    place.mkdir(exist_ok=True)
    text = PLAN.format(seeds=", ".join(f"'{one}'" for one in seeds), delay=delay, more=more)
    (place / "plan.yaml").write_text(text, "utf-8")


def ingather(place: Path, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "ingather", "-C", str(place), "--json", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def collected(place: Path) -> dict[str, int]:
    """By reason, how many addresses brought nothing; run first."""
    stage = ingather(place, "collect")["stages"][0]["sources"]["web"]
    return {loss["reason"]: int(loss["where"].split()[0].replace(",", "")) for loss in stage["losses"]}


def keys(place: Path) -> list[str]:
    return sorted(one["key"] for one in ingather(place, "samples", "--limit", "1000")["samples"])


def records(place: Path) -> list[WarcRecord]:
    found: list[WarcRecord] = []
    for file in sorted(place.rglob("*.warc.gz")):
        for one in read_records(file):
            assert isinstance(one, WarcRecord), one
            found.append(one)
    return found


def test_allowed_pages_come_once_each_with_what_allowed_them(
    sites: Callable[..., Site], tmp_path: Path
) -> None:
    other = sites({"/": article("Elsewhere", number=9)}, robots="User-agent: *\nDisallow: /\n")
    site = sites(
        {
            "/": article(
                "Home",
                "/a#top",
                "/a?utm_source=x",
                "/b",
                "/secret/x",
                "/again",
                "/gone",
                other.origin,
                number=1,
            ),
            "/a": article("Alpha", "/", "/b", number=2),
            "/b": article("Beta", "/noai", "/c", number=3),
            "/c": article("Gamma", number=4),
            "/again": Page(status=301, headers={"Location": "/a"}),
            "/secret/x": article("Secret", number=5),
            "/noai": article("Reserved", head='<meta name="robots" content="noai">', number=6),
        },
        robots="User-agent: *\nDisallow: /secret/\nAllow: /\n",
    )
    write(tmp_path, f"{site.origin}/", f"{other.origin}/")
    told = collected(tmp_path)
    assert keys(tmp_path) == [f"{site.origin}{path}" for path in ("/", "/a", "/b", "/c")]
    assert Counter(site.paths()) == Counter(["/", "/a", "/b", "/c", "/again", "/noai", "/gone"])
    assert other.paths() == []
    assert told == {
        "answered with status 404": 1,
        "redirected": 1,
        "reserved (meta-robots: noai)": 1,
        "robots.txt forbids it (line 2: disallow: /secret/)": 1,
        "robots.txt forbids it (line 2: disallow: /)": 1,
    }
    first = ingather(tmp_path, "samples")["samples"][0]["id"]
    origin = json.dumps(ingather(tmp_path, "inspect", first))
    assert "robots: acme: allow: /" in origin
    assert ".warc.gz" in origin
    assert dict(ingather(tmp_path, "inspect", first))["attributes"]["tongue"]["value"] == "en"
    again = collected(tmp_path)
    assert again == told
    assert len(site.paths()) == 7, "what is known is not asked for again"


def test_archives_hold_what_was_received(sites: Callable[..., Site], tmp_path: Path) -> None:
    site = sites({"/": article("Home", "/p", number=1), "/p": article("Packed", number=2)})
    site.pages["/p"].packed = True
    write(tmp_path, f"{site.origin}/")
    collected(tmp_path)
    found = records(tmp_path)
    assert Counter(one.kind for one in found) == {"warcinfo": 1, "response": 2, "request": 2}
    assert all(digest_matches(one.headers["warc-block-digest"], one.block) for one in found)
    packed = next(one for one in found if one.kind == "response" and one.uri.endswith("/p"))
    assert b"Content-Encoding: gzip" in packed.block
    assert b"\x1f\x8b" in packed.block
    asked = next(one for one in found if one.kind == "request")
    assert b"User-Agent: acme/1.0 (+https://acme.example/bot)" in asked.block


def test_killed_ten_times_each_page_is_asked_for_once(sites: Callable[..., Site], tmp_path: Path) -> None:
    pages = {
        f"/{n}": article("Page", *(f"/{m}" for m in (2 * n, 2 * n + 1) if m < 300), number=n)
        for n in range(1, 300)
    }
    site = sites(pages)
    write(tmp_path, f"{site.origin}/1", delay=0.004)
    command = [sys.executable, "-m", "ingather", "-C", str(tmp_path), "collect"]
    kills = 0
    while kills < 10:
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before, until = len(site.asked), time.monotonic() + 30
        while len(site.asked) < before + 12 and running.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.1 * (kills % 4))
        if running.poll() is not None:
            break
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        kills += 1
    assert kills == 10
    collected(tmp_path)
    assert keys(tmp_path) == sorted(f"{site.origin}{path}" for path in pages)
    kept = Counter(one.uri for one in records(tmp_path) if one.kind == "response")
    assert set(kept.values()) == {1}
    assert len(kept) == 299
    twice = sum(count - 1 for count in Counter(site.paths()).values())
    assert twice <= kills * 130, "what was answered and not yet counted at a kill is asked for again"


def test_no_delay_is_cut_short(sites: Callable[..., Site], tmp_path: Path) -> None:
    pages = {"/": article("Home", *(f"/{n}" for n in range(5)), number=99)}
    pages |= {f"/{n}": article("Page", number=n) for n in range(5)}
    slow = sites(pages, robots="User-agent: *\nCrawl-delay: 0.4\n")
    busy = sites({**pages, "/1": Page("later", 503, headers={"Retry-After": "2"})})
    write(tmp_path, f"{slow.origin}/", f"{busy.origin}/", delay=0.1)
    collected(tmp_path)
    for site, least in ((slow, 0.4), (busy, 0.1)):
        times = [at for at, path, _ in site.asked]
        gaps = [later - earlier for earlier, later in pairwise(times[1:])]
        assert min(gaps) >= least
    after = [at for at, path, _ in busy.asked if path == "/1"]
    following = [at for at, _, _ in busy.asked if at > after[0]]
    assert following[0] - after[0] >= 2.0


@pytest.mark.parametrize(
    ("robots", "asked"),
    [
        (Page("no", 404), True),
        (Page("no", 403), True),
        (Page("no", 500), False),
        (Page("no", 429), False),
        (Page("\ufeffUser-agent: *\nDisallow: /", media_type="text/plain"), False),
        (
            Page("User-agent: *\nAllow: /\n" + "# long\n" * 150_000 + "Disallow: /", media_type="text/plain"),
            True,
        ),
        (Page(status=302, headers={"Location": "/robots.txt"}), True),
        (Page(status=302, headers={"Location": "/real.txt"}), False),
        (Page("<html>no such file</html>"), True),
    ],
)
def test_robots_files_of_all_kinds(
    sites: Callable[..., Site], tmp_path: Path, robots: Page, asked: bool
) -> None:
    real = Page("User-agent: *\nDisallow: /", media_type="text/plain")
    site = sites({"/": article("Home", number=1), "/real.txt": real}, robots=robots)
    write(tmp_path, f"{site.origin}/")
    collected(tmp_path)
    assert ("/" in site.paths()) == asked
    assert keys(tmp_path) == ([f"{site.origin}/"] if asked else [])


def test_traps_end_and_are_counted(sites: Callable[..., Site], tmp_path: Path) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(4_000):
            request.wfile.write(b"<p>more and more words without end</p>" * 30)

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.1)

    def cookies(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a=b\r\n" * 20_000)

    def short(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900\r\n\r\n<html>cut"
        )

    def nothing(request: BaseHTTPRequestHandler) -> None:
        request.connection.shutdown(socket.SHUT_RDWR)

    def noise(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"\x00\x01\x02 this is not HTTP\r\n\r\n")

    bomb = Page(b"<html><body>" + b"<p>boom</p>" * 6_000_000, packed=True)
    traps = {
        "/endless": endless,
        "/drip": drip,
        "/cookies": cookies,
        "/short": short,
        "/nothing": nothing,
        "/noise": noise,
    }
    loops = {f"/loop{n}": Page(status=302, headers={"Location": f"/loop{n + 1}"}) for n in range(20)}
    site = sites(
        {
            "/": article(
                "Home", *traps, "/loop0", "/bomb", "/x/x/x/x/x/x/", "/lies", "/nested", "/fine", number=1
            ),
            "/bomb": bomb,
            "/lies": Page(b"\x89PNG\r\n\x1a\n" + bytes(200)),
            "/nested": Page("<html><body>" + "<div>" * 100_000 + "deep" + article("Nested", number=7).body),
            "/fine": article("Fine", number=2),
            **loops,
        }
    )
    site.special.update(traps)
    write(tmp_path, f"{site.origin}/", more="    seconds: 2\n    most_bytes: 1_000_000")
    began = time.monotonic()
    told = collected(tmp_path)
    assert time.monotonic() - began < 90
    assert {f"{site.origin}/", f"{site.origin}/fine"} <= set(keys(tmp_path))
    assert told["redirected more than 5 times"] == 1
    assert told["the connection was closed before an answer came"] == 1
    assert told["its headers are longer than 65,536 bytes"] == 1
    assert any(reason.startswith("the answer is not HTTP") for reason in told)
    cut = {
        one.uri.rpartition("/")[2]: one.headers.get("warc-truncated")
        for one in records(tmp_path)
        if one.kind == "response"
    }
    assert cut["endless"] == "length"
    assert cut["drip"] == "time"
    assert cut["short"] == "disconnect"
    listed = ingather(tmp_path, "collect")
    assert listed["stages"][0]["new"] == 0


def test_private_networks_are_never_asked(sites: Callable[..., Site], tmp_path: Path) -> None:
    site = sites({"/": article("Home", number=1)})
    write(tmp_path, f"{site.origin}/")
    plan = (tmp_path / "plan.yaml").read_text("utf-8")
    (tmp_path / "plan.yaml").write_text(plan.replace("    networks: [127.0.0.0/8]\n", ""), "utf-8")
    stage = ingather(tmp_path, "collect")["stages"][0]["sources"]["web"]
    assert any("private network" in loss["reason"] for loss in stage["losses"])
    assert site.asked == []


def test_asked_again_after_days_only_what_changed_comes(sites: Callable[..., Site], tmp_path: Path) -> None:
    site = sites(
        {
            "/": article("Home", "/same", "/tag", "/new", number=1),
            "/same": article("Same", number=2),
            "/tag": article("Tagged", number=3),
            "/new": article("Old words", number=4),
        }
    )
    site.pages["/tag"].headers["ETag"] = '"v1"'
    write(tmp_path, f"{site.origin}/", more="    again: 0.000001")
    collected(tmp_path)
    site.pages["/new"] = article("New words", number=5)
    stage = ingather(tmp_path, "collect")["stages"][0]
    assert (stage["new"], stage["changed"]) == (0, 1)
    profiles = Counter(
        one.headers["warc-profile"].rpartition("/")[2] for one in records(tmp_path) if one.kind == "revisit"
    )
    assert profiles == {"server-not-modified": 1, "identical-payload-digest": 2}


def test_sitemaps_of_all_kinds(sites: Callable[..., Site], tmp_path: Path) -> None:
    site = sites({f"/{name}": article(name, number=n) for n, name in enumerate("abcde")})
    base = site.origin
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    site.pages["/robots.txt"] = Page(
        f"Sitemap: {base}/index.xml\nSitemap: {base}/list.txt\n", media_type="text/plain"
    )
    site.pages["/index.xml"] = Page(
        f"<sitemapindex {space}><sitemap><loc>{base}/one.xml.gz</loc></sitemap></sitemapindex>",
        media_type="text/xml",
    )
    import gzip

    site.pages["/one.xml.gz"] = Page(
        gzip.compress(
            f"<urlset {space}><url><loc>{base}/a</loc></url><url><loc>{base}/b</loc></url>".encode()
        ),
        media_type="application/gzip",
    )
    site.pages["/list.txt"] = Page(
        f"{base}/c\n{base}/d\nhttp://elsewhere.example/x\n", media_type="text/plain"
    )
    write(tmp_path, f"{base}/e")
    told = collected(tmp_path)
    assert keys(tmp_path) == sorted(f"{base}/{name}" for name in "abcde")
    assert told == {"a sitemap": 3}


def test_limits_hold_and_the_next_run_goes_on(sites: Callable[..., Site], tmp_path: Path) -> None:
    links = [f"/{n}" for n in range(30)]
    pages = {path: article("Page", *links, number=n) for n, path in enumerate(["/", *links])}
    more = {path: article("Other", *links, number=1_000 + n) for n, path in enumerate(["/", *links])}
    site, other = sites(pages), sites(more)
    seeds = (f"{site.origin}/", f"{other.origin}/")
    write(tmp_path, *seeds, more="    limit: {pages: 12, per_site: 8}")
    collected(tmp_path)
    assert len([one for one in records(tmp_path) if one.kind == "response"]) == 12
    assert max(len(site.paths()), len(other.paths())) <= 8
    assert len(site.paths()) + len(other.paths()) == 12
    write(tmp_path, *seeds)
    collected(tmp_path)
    assert len([one for one in records(tmp_path) if one.kind == "response"]) == 62
    assert max(Counter(site.paths()).values()) == 1
