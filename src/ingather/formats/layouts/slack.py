"""Slack: a workspace's export, a folder for each channel with a JSON file for each day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ingather.formats.chat_talks import Message, TalkConfig, talks
from ingather.formats.contract import Sniff
from ingather.formats.json_document import read_json
from ingather.formats.values import digest_row
from ingather.sample import Item, Json, Loss

tasks = ("dialogue", "classification", "none")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_NAMED = re.compile(r"<([@#!])[^>|]*(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^>|]+)(?:\|([^>]*))?>")


class Config(TalkConfig):
    """Options of a Slack export."""


def sniff(path: Path) -> Sniff | None:
    """Sure where ``channels.json`` or ``users.json`` lies beside folders with a file for each day."""
    if not path.is_dir() or not any((path / name).is_file() for name in ("channels.json", "users.json")):
        return None
    return Sniff(0.93, "channels, each with a JSON file for each day") if _channels(path) else None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """The dialogues of every channel. What joins and leaves say, and messages without words, are told."""
    for channel in _channels(path):
        messages: list[Message] = []
        lost: dict[str, int] = {}
        for file in sorted(entry for entry in channel.iterdir() if _DAY.fullmatch(entry.name)):
            name = file.relative_to(path).as_posix()
            told = read_json(file, name)
            if not isinstance(told, list):
                yield told if isinstance(told, Loss) else Loss(name, "is no list of messages")
                continue
            for one in told:
                message = _message(one)
                if isinstance(message, str):
                    lost[message] = lost.get(message, 0) + 1
                else:
                    messages.append(message)
        messages.sort(key=lambda message: message.at or datetime.min.replace(tzinfo=UTC))
        for item in talks(channel.name, messages, config, ""):
            item.stamp = digest_row(item.data or {}).hex()[:32]
            yield item
        for reason, count in lost.items():
            yield Loss(channel.name, reason, count)


def _channels(path: Path) -> list[Path]:
    folders = sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    return [folder for folder in folders if any(_DAY.fullmatch(entry.name) for entry in folder.iterdir())]


def _message(told: Json) -> Message | str:
    if not isinstance(told, dict):
        return "is no message"
    if told.get("subtype") not in (None, "thread_broadcast", "me_message", "bot_message"):
        return "messages of the program itself, such as joins and leaves"
    text = _NAMED.sub(lambda m: m[1] + (m[2] or "someone"), str(told.get("text") or ""))
    text = _LINK.sub(lambda m: m[2] or m[1], text)
    if not text.strip():
        return "messages without words (files, pictures)"
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return Message(_time(told.get("ts")), str(told.get("user") or told.get("bot_id") or "unknown"), plain)


def _time(stamp: Json) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(stamp), UTC) if isinstance(stamp, str | int | float) else None
    except (ValueError, OverflowError, OSError):
        return None
