"""A bucket on 127.0.0.1: as much of the S3 protocol as listing and reading take."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


@contextmanager
def bucket_of(folder: Path, bucket: str) -> Iterator[str]:
    """Serves a folder as a bucket; gives the endpoint."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            key = unquote(parts.path).removeprefix(f"/{bucket}").lstrip("/")
            query = parse_qs(parts.query)
            if "list-type" in query:
                self._answer(200, _listing(folder, bucket, query.get("prefix", [""])[0]), {})
            elif (folder / key).is_file():
                content = (folder / key).read_bytes()
                self._answer(200, content, _headers(folder / key, content))
            else:
                self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", {})

        def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

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


def _headers(path: Path, content: bytes) -> dict[str, str]:
    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return {
        "ETag": f'"{md5(content).hexdigest()}"',
        "Last-Modified": moment.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    }


def _listing(folder: Path, bucket: str, prefix: str) -> bytes:
    entries = []
    for path in sorted(folder.rglob("*")):
        key = path.relative_to(folder).as_posix()
        if path.is_file() and key.startswith(prefix):
            moment = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            entries.append(
                f"<Contents><Key>{escape(key)}</Key><LastModified>{moment}</LastModified>"
                f"<ETag>&quot;{md5(path.read_bytes()).hexdigest()}&quot;</ETag>"
                f"<Size>{path.stat().st_size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            )
    return (
        '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(entries)}</KeyCount>"
        f"<MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{''.join(entries)}</ListBucketResult>"
    ).encode()
