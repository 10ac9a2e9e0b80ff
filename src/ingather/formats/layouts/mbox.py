"""mbox: letters of a mailbox, an item each, in the order of the file."""

from __future__ import annotations

import hashlib
import mailbox
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.picture_files import stamp_of
from ingather.sample import Item, Json, Loss

tasks = ("classification", "tagging", "none")

_PARSER = BytesParser(policy=policy.default)


class Config(FormatConfig):
    """Options of a mailbox."""

    quoted: bool = Field(False, description="keep lines that quote an earlier letter (they begin with >)")


def sniff(path: Path) -> Sniff | None:
    """Sure where a file that ends in .mbox, or one in such a folder, begins with a line ``From ``."""
    for file in _files(path)[:5]:
        with file.open("rb") as stream:
            if stream.read(5) == b"From ":
                return Sniff(0.95, f"{file.name} is a mailbox")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every letter: its plain words, else its HTML's; its writer is the contributor, its thread the session.

    Subject and the lists that it went to stand in ``data``, to be named as columns. Attachments are told and
    left behind. Keys are message ids, hashed, below the file's path.
    """
    root = root_of(path)
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        attachments = 0
        stamp = stamp_of(file, config.quoted)
        try:
            box = mailbox.mbox(str(file), create=False)
            places = box.keys()
        except (OSError, ValueError) as error:
            yield Loss(name, f"cannot be read: {error}")
            continue
        for number, place in enumerate(places):
            try:
                letter = _PARSER.parsebytes(box.get_bytes(place))
                assert isinstance(letter, EmailMessage)
                item, more = _item(name, number, letter, config)
            except Exception as error:  # the standard library's mail parser raises nearly anything
                yield Loss(f"{name}, letter {number + 1}", f"cannot be read: {type(error).__name__}: {error}")
                continue
            item.stamp = stamp
            attachments += more
            yield item
        box.close()
        if attachments:
            yield Loss(name, "attachments are not taken, only the words of letters", attachments)


def _item(name: str, number: int, letter: EmailMessage, config: Config) -> tuple[Item, int]:
    body = letter.get_body(("plain", "html"))
    words, fault = _words(body) if body is not None else ("", None)
    if not config.quoted:
        words = "\n".join(line for line in words.split("\n") if not line.startswith(">"))
    own = str(letter.get("Message-ID") or f"letter {number}").strip()
    thread = str(letter.get("References") or letter.get("In-Reply-To") or own).split()
    item = Item(f"{name}/{_short(own)}", "text", text=words.strip())
    item.fault = fault or (None if item.text else "the letter has no words")
    item.session = _short(thread[0]) if thread else None
    item.contributor = parseaddr(str(letter.get("From") or ""))[1].lower() or None
    told: dict[str, Json] = {"subject": str(letter.get("Subject") or "")}
    if letter.get("List-Id"):
        told["list"] = str(letter["List-Id"])
    item.data = told
    try:
        item.at = parsedate_to_datetime(str(letter.get("Date") or ""))
    except (ValueError, TypeError, OverflowError):
        item.at = None
    return item, sum(1 for _ in letter.iter_attachments())


def _words(body: object) -> tuple[str, str | None]:
    assert isinstance(body, EmailMessage)
    content = str(body.get_content()).replace("\r\n", "\n")
    if body.get_content_type() != "text/html":
        return content, None
    from ingather.formats.document import read_document

    document = read_document(".html", content.encode("utf-8", "replace"))
    return document.text, document.fault


def _short(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]


def _files(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.lower().endswith((".mbox", ".mbx")))
