"""Before a release what sites allow is read again; the ledger of domains."""

from __future__ import annotations

import csv
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from command_line import ingather
from ingather.sources.signals.ledger import DomainRow, summary

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
release: {{splits: {{train: 1}}, recheck: 30}}
"""
TOPICS = ("harbour", "mountain", "library", "station", "garden", "market")


class Site(BaseHTTPRequestHandler):
    robots = "User-agent: *\nDisallow:\n"
    silent = False

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            status, body = (503, "") if self.silent else (200, self.robots)
        elif self.path.startswith(("/ai.txt", "/.well-known")):
            status, body = 404, ""
        else:
            words = self.path.strip("/") or "start"
            links = "".join(f'<a href="/{one}">{one}</a> ' for one in TOPICS)
            text = (
                f"The {words} was quiet that morning, and nobody at the {words} had expected any news. " * 8
            )
            status, body = (
                200,
                f"<html lang=en><body><nav>{links}</nav><article><h1>{words}</h1><p>{text}</p>",
            )
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if "<html" in body else "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def collected(tmp_path: Path) -> Iterator[Path]:
    pytest.importorskip("httptools")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Site.robots, Site.silent = "User-agent: *\nDisallow:\n", False
    (tmp_path / "plan.yaml").write_text(PLAN.format(port=server.server_address[1]))
    ingather("-C", tmp_path, "collect")
    ingather("-C", tmp_path, "clean")
    yield tmp_path
    server.shutdown()
    server.server_close()


def age(workspace: Path) -> None:
    journal = next((workspace / ".ingather").rglob("journal.sqlite"))
    with sqlite3.connect(journal) as file:
        file.execute("UPDATE sites SET read_at = '2020-01-01T00:00:00+00:00'")
    file.close()


def release(workspace: Path) -> tuple[int, int, list[str]]:
    told = ingather("-C", workspace, "release", "--json").document
    return sum(told["splits"].values()), told["left_out"]["reserved"], told["stages"][0]["notes"]


def test_what_is_reserved_by_now_is_left_out_and_listed(collected: Path) -> None:
    every, reserved, notes = release(collected)
    assert (every, reserved) == (7, 0)
    assert not any("read again" in note for note in notes)
    Site.robots = "User-agent: *\nContent-Usage: /garden train-ai=n\nDisallow: /market\n"
    assert release(collected)[1] == 0  # read yesterday is read lately enough
    age(collected)
    left, reserved, notes = release(collected)
    assert (left, reserved) == (5, 2)
    assert "What 1 sites allow was read again; 2 samples are reserved now and left out." in notes
    Site.silent = True
    age(collected)
    assert release(collected)[1] == 2
    Site.silent, Site.robots = False, "User-agent: *\nDisallow:\n"
    age(collected)
    assert release(collected)[:2] == (7, 0)


def test_the_ledger_tells_pages_bytes_times_and_agents(collected: Path) -> None:
    told = ingather("-C", collected, "ledger", "--out", collected / "ledger.csv", "--json").document
    (row,) = told["domains"]
    assert (row["domain"], row["pages"], row["samples"]) == ("127.0.0.1", 7, 7)
    assert row["bytes"] > 1000
    assert row["first"] <= row["last"]
    assert row["agents"] == ["ingather-test/1.0 (+mailto:someone@example.org)"]
    assert told["summary"]["top_domains"] == ["127.0.0.1"]
    with open(collected / "ledger.csv", newline="") as file:
        assert [line["pages"] for line in csv.DictReader(file)] == ["7"]


def test_the_summary_names_the_top_tenth_or_twentieth() -> None:
    rows = [
        DomainRow(f"d{n}.example", pages=1, bytes=100 - n, first="2025-01-02", last="2025-02-03")
        for n in range(41)
    ]
    assert summary(rows)["top_domains"] == [f"d{n}.example" for n in range(5)]
    assert summary(rows, small=True)["top_domains"] == [f"d{n}.example" for n in range(3)]
    assert summary(rows)["period"] == {"first": "2025-01-02", "last": "2025-02-03"}
    assert summary([])["top_domains"] == []
