"""One address explained: what was asked, what the site allows, what it says, what cleaning would say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from command_line import ingather

WORDS = "The harbour was quiet that morning, and nobody had expected the news to arrive so early. " * 8
PAGE = (
    "<html lang=en><head><title>Harbour</title>%s</head><body><article><h1>Harbour</h1><p>"
    f"{WORDS}</p></article>"
)
LICENCE = "<link rel=license href=https://creativecommons.org/licenses/by/4.0/>"
ANSWERS: dict[str, tuple[int, dict[str, str], str]] = {
    "/robots.txt": (200, {}, "User-agent: *\nDisallow: /private\n\nUser-agent: GPTBot\nDisallow: /art\n"),
    "/open": (200, {"Content-Type": "text/html"}, PAGE % LICENCE),
    "/art": (200, {"Content-Type": "text/html"}, PAGE % ""),
    "/noai": (200, {"Content-Type": "text/html", "X-Robots-Tag": "noai"}, PAGE % ""),
    "/private/a": (200, {"Content-Type": "text/html"}, PAGE % ""),
    "/moved": (302, {"Location": "/private/a"}, ""),
    "/short": (200, {"Content-Type": "text/html"}, "<p>Hi.</p>"),
}  # fmt: skip
PLAN = """
version: 1
name: pages
objective: Pages of one site.
modality: text
languages: [en]
task: {{type: none}}
targets: {{total: 10}}
rights: {{licences: [CC-BY-4.0]}}
sources:
  - name: pages
    kind: web
    agent: ingather-test/1.0 (+mailto:someone@example.org)
    seeds: ["http://127.0.0.1:{port}/open"]
    networks: [127.0.0.0/8]
    delay: 0
    licence: CC-BY-4.0
clean: [{{text-length: {{min_characters: 100}}}}]
"""


class Site(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status, headers, body = ANSWERS.get(self.path, (404, {}, "not here"))
        content = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
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


def test_each_step_is_told(site: tuple[Path, str]) -> None:
    folder, origin = site
    told = ingather("-C", folder, "collect", "--explain", f"{origin}/open", "--json").document
    assert (told["allowed"], told["licence"], told["page"]["title"]) == (True, "CC-BY-4.0", "Harbour")
    assert told["page"]["path"] == "fast"
    assert "nobody had expected the news" in told["page"]["text"]
    assert told["asked"][0] == {"url": f"{origin}/robots.txt", "status": 200}
    assert told["asked"][-1] == {"url": f"{origin}/open", "status": 200}
    assert {one["kind"] for one in told["signals"]} == {"robots", "robots-agent"}
    assert told["verdicts"] == []
    assert not (folder / ".ingather" / "streams").exists()
    words = ingather("-C", folder, "collect", "--explain", f"{origin}/art").out
    assert "It is left: robots-agent" in words
    assert "GPTBot: disallow: /art" in words


def test_what_is_forbidden_is_not_asked_for(site: tuple[Path, str]) -> None:
    folder, origin = site
    for path in ("/private/a", "/moved"):
        told = ingather("-C", folder, "collect", "--explain", origin + path, "--json").document
        assert told["allowed"] is False
        assert "disallow: /private" in told["reason"]
        assert told["page"] is None
    assert "/private/a" not in Site.asked


def test_opt_outs_blocks_and_errors_are_told(site: tuple[Path, str]) -> None:
    folder, origin = site
    noai = ingather("-C", folder, "collect", "--explain", f"{origin}/noai", "--json").document
    assert (noai["allowed"], noai["because"][0]["kind"]) == (False, "x-robots-tag")
    gone = ingather("-C", folder, "collect", "--explain", f"{origin}/gone", "--json").document
    assert gone["reason"] == "it was answered with status 404"
    short = ingather("-C", folder, "collect", "--explain", f"{origin}/short", "--json").document
    assert [one["operator"] for one in short["verdicts"]] == ["text-length"]
    ingather("-C", folder, "withdraw", "--url", f"{origin}/open")
    blocked = ingather("-C", folder, "collect", "--explain", f"{origin}/open", "--json").document
    assert blocked["reason"] == "it was withdrawn and is blocked"
    assert "is no address" in ingather("-C", folder, "collect", "--explain", "nonsense", code=2).err
