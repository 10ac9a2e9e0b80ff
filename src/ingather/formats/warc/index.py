"""CDXJ: an index of archives, a line a capture, sorted by address and time, as replay tools read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from ingather.formats.warc.http_message import parse_response
from ingather.formats.warc.read import read_records
from ingather.formats.warc.record import WarcRecord
from ingather.sample import Loss

_PORTS = {"http": 80, "https": 443}
_WWW = re.compile(r"^www\d*\.")


def write_index(archives: Iterable[Path], target: Path) -> list[Loss]:
    """Writes the index of archives; names in it are relative to the index's folder.

    Returns:
        What could not be read, and archives whose records cannot be read alone.
    """
    lines: list[str] = []
    losses: list[Loss] = []
    for archive in archives:
        name = archive.relative_to(target.parent).as_posix()
        for record in read_records(archive):
            if isinstance(record, Loss):
                losses.append(record)
            elif (line := index_line(record, name)) is not None:
                lines.append(line)
    part = target.with_name(f"{target.name}.part")
    part.write_text("".join(f"{line}\n" for line in sorted(lines)), "utf-8")
    part.replace(target)
    return losses


def index_line(record: WarcRecord, archive: str) -> str | None:
    """The line of one record; None where it is no capture, or cannot be read alone."""
    if record.kind not in ("response", "revisit", "resource") or record.offset is None or record.at is None:
        return None
    told = {"url": record.uri}
    if record.kind == "resource":
        told |= {"mime": record.headers.get("content-type", "-"), "status": "200"}
    else:
        answer = parse_response(record.block, most=0)
        told |= {"mime": answer.media_type or "-", "status": str(answer.status)}
    if record.kind == "revisit":
        told["mime"] = "warc/revisit"
    digest = record.headers.get("warc-payload-digest", "")
    if digest:
        told["digest"] = digest
    told |= {"length": str(record.length or 0), "offset": str(record.offset), "filename": archive}
    return f"{surt(record.uri)} {record.at:%Y%m%d%H%M%S} {orjson.dumps(told).decode()}"


def surt(uri: str) -> str:
    """An address as it is sorted: host turned round, without scheme and ``www``, arguments in order.

    Such as ``org,example)/a?b=1&c=2`` for ``https://www.example.org/a/?c=2&b=1``.
    """
    parts = urlsplit(uri.strip())
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return uri.lower()
    if not host:
        return uri.lower()
    turned = ",".join(reversed(_WWW.sub("", host.lower()).split("."))) if not _is_address(host) else host
    if port and port != _PORTS.get(parts.scheme):
        turned += f":{port}"
    path = parts.path.lower().rstrip("/") or "/"
    query = "&".join(sorted(filter(None, parts.query.lower().split("&"))))
    return f"{turned}){path}{'?' + query if query else ''}"


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def captures(index: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The lines of an index: sorted address, time (YYYYMMDDhhmmss) and what is told of the capture."""
    with index.open("r", encoding="utf-8") as lines:
        for line in lines:
            place, at, told = line.rstrip("\n").split(" ", 2)
            yield place, at, orjson.loads(told)
