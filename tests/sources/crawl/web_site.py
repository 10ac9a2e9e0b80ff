"""Sites on 127.0.0.1 for a crawl: pages, robots files, traps; what was asked of them is written down."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What is answered for a path."""

    body: bytes | str = b""
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    packed: bool = False


WORDS = (
    "The harbour lies behind the hills where boats come home in the evening, and people buy fish for the "
    "next day. In spring the water rises and the old bridge is closed until summer. Nobody minds, for there "
    "is another way along the shore, which is longer but much more beautiful when the light is low. "
)


def article(title: str, *links: str, language: str = "en", head: str = "", number: int = 0) -> Page:
    """A page with words of its own and links."""
    anchors = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    words = f"<p>{title} number {number}. {WORDS}</p><p>{title} again, {number * 7919}. {WORDS}</p>"
    return Page(
        f'<!doctype html><html lang="{language}"><head><title>{title}</title>{head}</head><body><nav><ul>'
        f"{anchors}</ul></nav><main><article><h1>{title}</h1>{words}</article></main></body></html>"
    )


class Site:
    """One site on a port of its own.

    Attributes:
        pages: by path.
        asked: time, path and headers of each request, in their order.
    """

    def __init__(self, pages: dict[str, Page] | None = None, robots: str | Page | None = None) -> None:
        self.pages = dict(pages or {})
        if robots is not None:
            self.pages["/robots.txt"] = (
                robots if isinstance(robots, Page) else Page(robots, media_type="text/plain")
            )
        self.asked: list[tuple[float, str, dict[str, str]]] = []
        self.special: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(
                    (time.monotonic(), self.path, {k.lower(): v for k, v in self.headers.items()})
                )
                if self.path in site.special:
                    site.special[self.path](self)
                    self.close_connection = True
                    return
                page = site.pages.get(self.path) or Page("nothing here", 404)
                body = page.body.encode() if isinstance(page.body, str) else page.body
                etag = page.headers.get("ETag")
                if etag is not None and self.headers.get("If-None-Match") == etag:
                    page, body = Page(status=304), b""
                if page.packed:
                    body = gzip.compress(body, mtime=0)
                self.send_response(page.status)
                self.send_header("Content-Type", page.media_type)
                self.send_header("Content-Length", str(len(body)))
                if page.packed:
                    self.send_header("Content-Encoding", "gzip")
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        """The pages that were asked for, files about the site left out."""
        about = ("/robots.txt", "/ai.txt", "/.well-known/tdmrep.json")
        return [path for _, path, _ in self.asked if path not in about]
