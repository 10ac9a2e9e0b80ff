"""warc: pages, pictures and recordings of web archives (WARC, ARC), an item each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.picture_files import stamp_of
from ingather.formats.warc.http_message import HttpMessage, parse_response
from ingather.formats.warc.read import MOST_BLOCK, read_records
from ingather.formats.warc.record import WarcRecord, digest_matches
from ingather.sample import Item, Json, Loss, Modality

tasks = ("classification", "none")

_ENDINGS = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")
_HTML = ("text/html", "application/xhtml+xml")
_OF_MEDIA: tuple[Modality, ...] = ("image", "audio", "video")
_NO_PAGE = ("", "warcinfo", "request", "metadata", "continuation", "conversion")


class Config(FormatConfig):
    """Options of a web archive."""

    most_bytes: int = Field(
        MOST_BLOCK, ge=1_000, description="a record of more bytes is passed over and told"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where a file's name and first bytes are a web archive's, or those of one in such a folder."""
    for file in _files(path)[:5]:
        with file.open("rb") as stream:
            head = stream.read(9)
        if head.startswith((b"WARC/", b"filedesc:", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")):
            return Sniff(0.95, f"{file.name} is a web archive")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every page (its words, headings marked), picture, recording and film that was answered with status 200.

    What an answer says of itself stands in ``data`` (address, status, media type), and file, record, time and
    digest in the evidence. Redirects, errors, repeats (revisit) and other kinds of content are told with
    their number and not taken. A licence is never guessed.
    """
    root = root_of(path)
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        stamp = stamp_of(file)
        passed: dict[str, int] = {}
        try:
            for record in read_records(file, config.most_bytes):
                if isinstance(record, Loss):
                    yield record
                    continue
                found = _page(record, name, config.most_bytes)
                if isinstance(found, Item):
                    found.stamp = stamp
                    yield found
                elif found is not None:
                    passed[found] = passed.get(found, 0) + 1
        except OSError as error:
            yield Loss(name, f"cannot be read: {error}")
        for reason, count in passed.items():
            yield Loss(name, reason, count)


def _page(record: WarcRecord, file: str, most: int) -> Item | str | None:
    """The item of a record; a reason why it is none; None where it is no page at all."""
    if record.kind in _NO_PAGE:
        return None
    if record.kind == "revisit":
        return "the same answer as an earlier one (revisit): nothing more to take"
    if not record.uri.lower().startswith(("http://", "https://")):
        return "a resource that is no page of the web is not taken"
    message = _message(record, most)
    if message.status != 200:
        return (
            f"answered with status {message.status}, not 200" if message.status else "the answer is not HTTP"
        )
    kind, slash, _ = message.media_type.partition("/")
    if kind == "text" or message.media_type in _HTML:
        item = Item(_key(record, file), "text")
        item.text, item.fault = _words(message)
    elif slash and kind in _OF_MEDIA:
        modality = next(one for one in _OF_MEDIA if one == kind)
        item = Item(_key(record, file), modality, content=message.body, media_type=message.media_type)
    else:
        return f"content of the type {message.media_type[:60] or 'that it does not say'} is not taken"
    item.uri, item.at = record.uri, record.at
    item.fault = item.fault or message.fault or _wrong(record)
    item.data = {"url": record.uri, "status": message.status, "media_type": message.media_type}
    item.evidence = _evidence(record, file, message)
    return item


def _message(record: WarcRecord, most: int) -> HttpMessage:
    if record.kind == "resource":
        return HttpMessage(200, (("content-type", record.headers.get("content-type", "")),), record.block)
    return parse_response(record.block, most)


def _words(message: HttpMessage) -> tuple[str, str | None]:
    if message.media_type not in _HTML:
        return message.body.decode("utf-8", "replace"), None
    from ingather.formats.document import read_document

    document = read_document(".html", message.body)
    return document.text, document.fault or (None if document.text.strip() else "the page has no words")


def _wrong(record: WarcRecord) -> str | None:
    if record.cut:
        return "the file ends before the page does"
    if "warc-truncated" in record.headers:
        return f"was cut when it was fetched ({record.headers['warc-truncated'][:40]})"
    said = record.headers.get("warc-payload-digest", "")
    payload = digest_matches(said, record.block.partition(b"\r\n\r\n")[2])
    if digest_matches(record.headers.get("warc-block-digest", ""), record.block) is False and not payload:
        return "its bytes are not those that its digest was made of"
    return None


def _evidence(record: WarcRecord, file: str, message: HttpMessage) -> dict[str, Json]:
    told: dict[str, Json] = {
        "archive": file,
        "record": record.id,
        "sha256": hashlib.sha256(message.body).hexdigest(),
    }
    if record.at is not None:
        told["at"] = record.at.isoformat()
    if record.offset is not None:
        told["offset"] = record.offset
    robots = message.header("x-robots-tag")
    if robots:
        told["x-robots-tag"] = robots
    return told


def _key(record: WarcRecord, file: str) -> str:
    return f"{file}/{record.id or record.uri + ' ' + record.headers.get('warc-date', '')}"


def _files(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.lower().endswith(_ENDINGS))
