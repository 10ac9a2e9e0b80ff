"""A local site of real documentation, served by nginx on 127.0.0.1, a port for each package."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DOCUMENTATION = {
    8101: Path("/usr/share/doc/python3.11/html"),
    8102: Path("/usr/share/doc/postgresql-doc-15/html"),
    8103: Path("/usr/share/doc/python-django-doc/html"),
}
"""Debian's packages python3.11-doc, postgresql-doc-15 and python-django-doc, with nginx-light beside them."""
_KINDS = (".html", ".css", ".png", ".svg", ".txt", ".js")
_SERVER = """
server {{ {listen} root {root}; index index.html; gzip_static on; charset utf-8; }}
"""
_CONF = """
worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; daemon off;
events {{ worker_connections 8192; }}
http {{ include /etc/nginx/mime.types; log_format own '{log}';
access_log {folder}/access.log own; client_body_temp_path {folder};
keepalive_requests 100000; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
scgi_temp_path {folder}; {servers} }}
"""


def build(folder: Path) -> list[str]:
    """Copies the documentation, packed beside each page as servers keep it; returns the seeds."""
    seeds = []
    for port, source in DOCUMENTATION.items():
        if not source.is_dir():
            continue
        target = folder / str(port)
        for place, _, names in os.walk(source, followlinks=True):
            for name in names:
                file = Path(place, name)
                if file.suffix not in _KINDS or not file.is_file():
                    continue
                copy = target / file.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
                if file.suffix in (".html", ".css", ".js"):
                    copy.with_name(f"{copy.name}.gz").write_bytes(
                        gzip.compress(copy.read_bytes(), 6, mtime=0)
                    )
        seeds.append(f"http://127.0.0.1:{port}/")
    if not seeds:
        names = "python3.11-doc postgresql-doc-15 python-django-doc nginx-light"
        raise SystemExit(f"There is no documentation here: apt-get install {names}")
    return seeds


@contextmanager
def served(folder: Path, ports: list[int], root: Path | None = None, log: str = "$request") -> Iterator[None]:
    """nginx with one worker, until the block ends: a folder for each port, or ``root`` for all of them."""
    listens = [f"listen 127.0.0.1:{port};" for port in ports]
    if root is None:
        places = zip(listens, (folder / str(port) for port in ports), strict=True)
        servers = "".join(_SERVER.format(listen=one, root=place) for one, place in places)
    else:
        servers = _SERVER.format(listen=" ".join(listens), root=root)
    conf = folder / "nginx.conf"
    conf.write_text(_CONF.format(folder=folder, servers=servers, log=log), "utf-8")
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        raise SystemExit("nginx is not installed: apt-get install nginx-light")
    running = subprocess.Popen([program, "-c", str(conf), "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{ports[0]}/").close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait()
