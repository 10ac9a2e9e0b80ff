"""A web server on 127.0.0.1 that can break in the middle, forget Range, or change what it serves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """What the server gives, and how it misbehaves.

    Attributes:
        content: the file's bytes.
        tag: its ETag.
        breaks: after how many bytes of an answer it hangs up, once for each entry.
        ranges: whether it knows Range.
        status: an HTTP error to answer with instead, once for each entry.
        asked: the Range headers of the requests, in order.
    """

    content: bytes
    tag: str = '"one"'
    breaks: list[int] = field(default_factory=list)
    ranges: bool = True
    status: list[int] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)


@contextmanager
def serve(served: Served) -> Iterator[str]:
    """Serves one file; gives the server's address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            served.asked.append(wanted)
            if served.status:
                self.send_error(served.status.pop(0))
                return
            start = 0
            if wanted and served.ranges and self.headers.get("If-Range") == served.tag:
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
                self.send_response(206)
                last = len(served.content) - 1
                self.send_header("Content-Range", f"bytes {start}-{last}/{len(served.content)}")
            else:
                self.send_response(200)
            body = served.content[start:]
            self.send_header("ETag", served.tag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if served.breaks:
                self.wfile.write(body[: served.breaks.pop(0)])
                self.wfile.flush()
                self.close_connection = True
                return
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
