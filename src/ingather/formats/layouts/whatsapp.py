"""WhatsApp: a chat exported as text, one message a line with day, time and name."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import Field

from ingather.formats.chat_talks import Message, TalkConfig, talks
from ingather.formats.contract import Sniff
from ingather.formats.encoding import detect_encoding
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.picture_files import stamp_of
from ingather.sample import Item, Loss

tasks = ("dialogue", "classification", "none")

_LINE = re.compile(
    r"\u200e?\[?(\d{1,4})[./-](\d{1,2})[./-](\d{1,4}),?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"[\s\u202f]*([AaPp]\.?\s?[Mm]\.?)?\]?\s*(?:-\s)?\s*(.*)"
)
_MARKS = re.compile("[\u200e\u200f\u202a-\u202c]")
_LEFT_OUT = re.compile(r"<[^<>]{3,40}>|\S+\.(?:jpg|mp4|opus|webp|pdf|vcf) \([^()]*\)|null")


class Config(TalkConfig):
    """Options of a WhatsApp export."""

    day_first: bool | None = Field(None, description="03/04 is the 3rd of April; absent: told by the numbers")


def sniff(path: Path) -> Sniff | None:
    """Sure where the first lines of a text file are messages with day, time and name."""
    for file in _files(path)[:5]:
        with file.open("rb") as stream:
            head = stream.read(4000).decode("utf-8", "replace").splitlines()[:20]
        hits = [line for line in head if (found := _LINE.match(line.lstrip("\ufeff"))) and ": " in found[8]]
        if len(hits) >= max(1, len(head) // 3):
            return Sniff(0.9, f"{file.name} is a chat with a day, a time and a name before each message")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """The dialogues of every chat. Lines of the program itself and media that were left out are told."""
    root = root_of(path)
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        try:
            content = file.read_bytes()
        except OSError as error:
            yield Loss(name, f"cannot be read: {error.strerror or error}")
            continue
        encoding = detect_encoding(partial(io.BytesIO, content))
        lines = content.decode(encoding.name, errors="replace").lstrip("\ufeff").splitlines()
        messages, losses = _messages(lines, config.day_first)
        yield from talks(name, messages, config, stamp_of(file, config.model_dump(mode="json")))
        for reason, count in losses.items():
            yield Loss(name, reason, count)


def _messages(lines: list[str], day_first: bool | None) -> tuple[list[Message], dict[str, int]]:
    found = [(_LINE.match(line), line) for line in lines]
    order = _order([match for match, _ in found if match], day_first)
    messages: list[Message] = []
    losses: dict[str, int] = {}

    def lose(reason: str) -> None:
        losses[reason] = losses.get(reason, 0) + 1

    continues = False
    for match, line in found:
        if match is None:
            if continues:
                last = messages[-1]
                messages[-1] = Message(last.at, last.speaker, f"{last.text}\n{line}")
            elif line.strip():
                lose("lines before the first message, or after what is no message")
            continue
        speaker, colon, text = _MARKS.sub("", match[8]).partition(": ")
        continues = bool(colon)
        if not colon:
            lose("lines of the program itself, by nobody")
            continue
        if _LEFT_OUT.fullmatch(text.strip()):
            lose("media that the export left out")
            continues = False
            continue
        at = _time(match, order)
        if at is None:
            lose("messages whose day is none: they stand with their dialogue, without time")
        messages.append(Message(at, speaker.strip(), text))
    return messages, losses


def _order(matches: list[re.Match[str]], day_first: bool | None) -> str:
    """Which of the three numbers is what: by the first that can only be a year or a day."""
    if any(len(match[1]) == 4 for match in matches):
        return "ymd"
    if day_first is not None:
        return "dmy" if day_first else "mdy"
    if any(int(match[2]) > 12 for match in matches):
        return "mdy"
    return "dmy"


def _time(match: re.Match[str], order: str) -> datetime | None:
    told = dict(zip(order, (int(match[1]), int(match[2]), int(match[3])), strict=True))
    hour = int(match[4])
    if match[7]:
        hour = hour % 12 + (12 if match[7][0] in "pP" else 0)
    year = told["y"] + 2000 if told["y"] < 100 else told["y"]
    try:
        return datetime(year, told["m"], told["d"], hour, int(match[5]), int(match[6] or 0))
    except ValueError:
        return None


def _files(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.lower().endswith(".txt"))
