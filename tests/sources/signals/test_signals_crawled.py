"""A crawl keeps the block list, and reads the licences for machines that robots.txt names."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from command_line import ingather
from ingather.formats.warc.read import read_records
from ingather.sample import Loss

PLAN = """
version: 1
name: pages
objective: Pages of one site.
modality: text
languages: [en]
task: {{type: none}}
rights: {{licences: [CC-BY-4.0]}}
sources:
  - name: pages
    kind: web
    agent: ingather-test/1.0 (+mailto:someone@example.org)
    seeds: ["http://127.0.0.1:{port}/"]
    networks: [127.0.0.0/8]
    delay: 0
    licence: CC-BY-4.0
clean: []
"""
TOPICS = ("harbour", "mountain", "library", "station")
RSL = (
    '<rsl xmlns="https://rslstandard.org/rsl">'
    '<content url="/"><license><permits type="usage">all</permits></license></content>'
    '<content url="/library"><license><prohibits type="usage">ai-train</prohibits></license></content></rsl>'
)


class Site(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status, kind, body = 404, "text/plain", ""
        if self.path == "/robots.txt":
            status, body = 200, "User-agent: *\nDisallow:\n\nLicense: /licence.xml\n"
        elif self.path == "/licence.xml":
            status, kind, body = 200, "application/rsl+xml", RSL
        elif self.path.strip("/") in ("", *TOPICS):
            words = self.path.strip("/") or "start"
            links = "".join(f'<a href="/{one}">{one}</a> ' for one in TOPICS)
            text = (
                f"The {words} was quiet that morning, and nobody at the {words} had expected any news. " * 8
            )
            status, kind = 200, "text/html"
            body = f"<html lang=en><body><nav>{links}</nav><article><h1>{words}</h1><p>{text}</p></article>"
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    pytest.importorskip("httptools")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Site.asked.clear()
    port = server.server_address[1]
    (tmp_path / "plan.yaml").write_text(PLAN.format(port=port))
    yield tmp_path, f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()


def keys(workspace: Path, origin: str) -> set[str]:
    told = ingather("-C", workspace, "samples", "--json").document
    return {one["key"].removeprefix(origin) for one in told["samples"]}


def test_licences_for_machines_are_read_and_honoured(site: tuple[Path, str]) -> None:
    workspace, origin = site
    told = ingather("-C", workspace, "collect", "--json").document
    assert keys(workspace, origin) == {"/", "/harbour", "/mountain", "/station"}
    losses = told["stages"][0]["sources"]["pages"]["losses"]
    assert any("rsl" in one["reason"] and "ai-train" in one["reason"] for one in losses)


def test_what_is_withdrawn_before_a_crawl_is_never_asked_for(site: tuple[Path, str]) -> None:
    workspace, origin = site
    ingather("-C", workspace, "withdraw", "--url", f"{origin}/mountain")
    ingather("-C", workspace, "collect")
    assert keys(workspace, origin) == {"/", "/harbour", "/station"}
    assert "/mountain" not in Site.asked


def test_what_is_withdrawn_after_a_crawl_leaves_archive_and_journal(site: tuple[Path, str]) -> None:
    workspace, origin = site
    ingather("-C", workspace, "collect")
    told = ingather("-C", workspace, "withdraw", "--url", f"{origin}/harbour", "--json").document
    assert (told["samples"], told["records"]) == (1, 2)
    journal = next((workspace / ".ingather").rglob("journal.sqlite"))
    with sqlite3.connect(journal) as file:
        assert not [row for row in file.execute("SELECT url FROM pages") if "harbour" in row[0]]
    file.close()
    Site.asked.clear()
    ingather("-C", workspace, "collect")
    assert keys(workspace, origin) == {"/", "/mountain", "/station"}
    assert "/harbour" not in Site.asked
    archives = list((workspace / ".ingather").rglob("*.warc.gz"))
    records = [one for archive in archives for one in read_records(archive)]
    assert len(records) > 8
    assert not [one for one in records if isinstance(one, Loss) or one.uri.endswith("/harbour")]
