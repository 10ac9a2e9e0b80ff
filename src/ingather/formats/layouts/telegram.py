"""Telegram: chats exported as JSON, ``result.json``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ingather.formats.chat_talks import Message, TalkConfig, talks
from ingather.formats.contract import Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.json_document import json_head, read_json
from ingather.formats.picture_files import stamp_of
from ingather.sample import Item, Json, Loss

tasks = ("dialogue", "classification", "none")


class Config(TalkConfig):
    """Options of a Telegram export."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a JSON file begins as an export does: with the name, type and messages of a chat."""
    for file in _files(path)[:5]:
        head = json_head(file)
        if b'"messages"' in head and b'"type"' in head and (b'"from"' in head or b'"date_unixtime"' in head):
            return Sniff(0.9, f"{file.name} holds chats as Telegram exports them")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """The dialogues of every chat. Service messages and media without words are told and left behind."""
    root = root_of(path)
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        told = read_json(file, name)
        if isinstance(told, Loss):
            yield told
            continue
        stamp = stamp_of(file, config.model_dump(mode="json"))
        chats = _chats(told)
        if not chats:
            yield Loss(name, "holds no chat")
        for number, chat in enumerate(chats):
            messages: list[Message] = []
            lost: dict[str, int] = {}
            for one in chat:
                message = _message(one)
                if isinstance(message, str):
                    lost[message] = lost.get(message, 0) + 1
                else:
                    messages.append(message)
            yield from talks(f"{name}/{number}", messages, config, stamp)
            for reason, count in lost.items():
                yield Loss(f"{name}, chat {number + 1}", reason, count)


def _chats(told: Json) -> list[list[Json]]:
    if not isinstance(told, dict):
        return []
    many = told.get("chats")
    listed = many.get("list") if isinstance(many, dict) else [told]
    found = (
        [chat.get("messages") for chat in listed if isinstance(chat, dict)]
        if isinstance(listed, list)
        else []
    )
    return [messages for messages in found if isinstance(messages, list)]


def _message(told: Json) -> Message | str:
    if not isinstance(told, dict):
        return "is no message"
    if told.get("type") != "message":
        return "messages of the program itself, by nobody"
    text = _text(told.get("text"))
    if not text.strip():
        return "messages without words (pictures, voice, stickers)"
    speaker = told.get("from_id") or told.get("from") or "unknown"
    return Message(_time(told), str(speaker), text)


def _text(told: Json) -> str:
    pieces = told if isinstance(told, list) else [told]
    words = (piece.get("text") if isinstance(piece, dict) else piece for piece in pieces)
    return "".join(word for word in words if isinstance(word, str))


def _time(told: dict[str, Json]) -> datetime | None:
    seconds, day = told.get("date_unixtime"), told.get("date")
    try:
        if isinstance(seconds, str | int):
            return datetime.fromtimestamp(int(seconds), UTC)
        return datetime.fromisoformat(day) if isinstance(day, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def _files(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.lower().endswith(".json"))
