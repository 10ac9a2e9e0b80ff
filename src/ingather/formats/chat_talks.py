"""Messages of a chat as dialogues: parted where nobody wrote for hours, speakers numbered, not named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from ingather.formats.contract import FormatConfig
from ingather.formats.turns import lines_of
from ingather.sample import Item, Json


class TalkConfig(FormatConfig):
    """Options of chats."""

    pause: float = Field(8.0, gt=0, description="hours without a message after which another dialogue begins")
    speakers: Literal["numbered", "named"] = Field(
        "numbered", description="person-1, person-2, ... in the order of a chat, or the names of the export"
    )


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        at: when it was written, None where that is not said.
        speaker: who wrote it, by the export's name.
        text: its words.
    """

    at: datetime | None
    speaker: str
    text: str


def talks(key: str, messages: Iterable[Message], config: TalkConfig, stamp: str) -> Iterator[Item]:
    """The messages of one chat, in order, as dialogues; a dialogue's key ends in its number, from 0.

    Each turn has speaker, text and, where it is known, the time as ``at``.
    """
    numbers: dict[str, str] = {}
    turns: list[dict[str, Json]] = []
    first = last = None
    count = 0
    for message in messages:
        if turns and _is_parted(last, message.at, config.pause):
            yield _dialogue(f"{key}/{count}", turns, first, stamp)
            count, turns = count + 1, []
        if not turns:
            first = message.at
        number = numbers.setdefault(message.speaker, f"person-{len(numbers) + 1}")
        turn: dict[str, Json] = {
            "speaker": number if config.speakers == "numbered" else message.speaker,
            "text": message.text,
        }
        if message.at is not None:
            turn["at"] = message.at.isoformat()
        turns.append(turn)
        last = message.at or last
    if turns:
        yield _dialogue(f"{key}/{count}", turns, first, stamp)


def _is_parted(last: datetime | None, now: datetime | None, pause: float) -> bool:
    if last is None or now is None or (last.tzinfo is None) != (now.tzinfo is None):
        return False
    return now - last > timedelta(hours=pause)


def _dialogue(key: str, turns: list[dict[str, Json]], at: datetime | None, stamp: str) -> Item:
    told: list[Json] = [*turns]
    item = Item(key, "text", text=lines_of(turns), data={"turns": told})
    item.session, item.at, item.stamp = key, at, f"{stamp}-{len(turns)}"
    return item
