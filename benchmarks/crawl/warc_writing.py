"""Writing web archives beside warcio: the same pages, a response each, in one run.

    python benchmarks/crawl/warc_writing.py [--pages 3000]

Pages are made of the sources that this Python carries; each is written as it is, and packed with gzip as
servers send it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import sysconfig
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

AT = datetime(2026, 3, 1, tzinfo=UTC)
HEADERS = [("Server", "nginx"), ("Content-Type", "text/html"), ("ETag", '"65541c1c-32d3"')]


def pages(number: int) -> list[bytes]:
    """Pages of about 30 kB made of the source texts of installed packages, in the order of their names."""
    found: list[bytes] = []
    for file in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        text = file.read_text("utf-8", "replace").replace("&", "&amp;").replace("<", "&lt;")
        for start in range(0, len(text), 30_000):
            body = f"<html><title>{file.name}</title><pre>{text[start : start + 30_000]}</pre></html>"
            found.append(body.encode())
            if len(found) == number:
                return found
    return found


def write_ours(bodies: list[bytes], more: list[tuple[str, str]], target: Path) -> None:
    """All pages with our writer."""
    from ingather.formats.warc.write import WarcWriter

    head = (
        "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in [*HEADERS, *more]) + "\r\n"
    )
    with WarcWriter(target) as writer:
        for number, body in enumerate(bodies):
            writer.response(f"http://127.0.0.1/{number}.html", AT, head.encode(), body)


def write_warcio(bodies: list[bytes], more: list[tuple[str, str]], target: Path) -> None:
    """All pages with warcio's."""
    import io

    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with target.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True, warc_version="WARC/1.1")
        for number, body in enumerate(bodies):
            headers = StatusAndHeaders("200 OK", [*HEADERS, *more], protocol="HTTP/1.1")
            address = f"http://127.0.0.1/{number}.html"
            record = writer.create_warc_record(
                address, "response", payload=io.BytesIO(body), http_headers=headers
            )
            writer.write_record(record)


def side(name: str, number: int) -> None:
    """Writes both forms and prints CPU seconds and sizes as JSON."""
    plain = pages(number)
    packed = [gzip.compress(body, 6, mtime=0) for body in plain]
    write = {"ours": write_ours, "warcio": write_warcio}[name]
    told: dict[str, float] = {}
    for form, bodies, more in (("plain", plain, []), ("packed", packed, [("Content-Encoding", "gzip")])):
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "one.warc.gz"
            write(bodies[:50], more, target)
            target.unlink()
            before = time.process_time()
            write(bodies, more, target)
            told[form] = time.process_time() - before
            told[f"{form}_mb"] = target.stat().st_size / 1e6
    told["pages"], told["work"] = len(plain), told["plain"] + told["packed"]
    print(json.dumps(told))


def main() -> None:
    """Runs both sides and prints one line a form."""
    from peers import interpreter, run_side

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=3000)
    number = parser.parse_args().pages
    script = Path(__file__).resolve()
    ours = run_side("ours", sys.executable, script, "--side", "ours", str(number))
    peer = run_side("warcio", interpreter("warcio"), script, "--side", "warcio", str(number))
    print(f"{'':10}{'pages per CPU s':>17}{'warcio':>9}{'times':>7}{'MB':>8}{'warcio':>9}")
    for form in ("plain", "packed"):
        rates = [float(str(one.told["pages"])) / float(str(one.told[form])) for one in (ours, peer)]
        sizes = [float(str(one.told[f"{form}_mb"])) for one in (ours, peer)]
        told = f"{rates[0]:17,.0f}{rates[1]:9,.0f}{rates[0] / rates[1]:7.1f}"
        print(f"{form:10}{told}{sizes[0]:8.1f}{sizes[1]:9.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--side"]:
        side(sys.argv[2], int(sys.argv[3]))
    else:
        main()
