"""Dialogues as items: turns in ``data``, the same as lines of text, and chat messages as turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingather.sample import Item, Json

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_SHAREGPT = {"human": "user", "gpt": "assistant", "chatgpt": "assistant", "bing": "assistant"}


def lines_of(turns: Sequence[Mapping[str, Json]]) -> str:
    """Turns as lines ``speaker: words``."""
    return "\n".join(f"{turn.get('speaker')}: {turn.get('text') or ''}" for turn in turns)


def turns_of(item: Item) -> list[dict[str, Json]] | None:
    """The turns of an item, None where it has none or they are none: objects with speaker and text."""
    found = (item.data or {}).get("turns")
    if not isinstance(found, list) or not found:
        return None
    turns: list[dict[str, Json]] = []
    for turn in found:
        if not isinstance(turn, Mapping) or not isinstance(turn.get("speaker"), str):
            return None
        if not isinstance(turn.get("text"), str | None):
            return None
        turns.append(dict(turn))
    return turns


def turns_of_messages(messages: Json) -> list[dict[str, Json]] | str:
    """Chat messages (role and content) as turns, or what is wrong with them in words.

    Content that is a list of pieces gives the words of its text pieces; the list stays in ``content``. All
    other fields of a message (name, tool_calls, weight, ...) stay under their names. Messages with ``from``
    and ``value`` are read alike: human and gpt are user and assistant.
    """
    if not isinstance(messages, list):
        return "its messages are no list"
    turns: list[dict[str, Json]] = []
    for number, message in enumerate(messages, 1):
        if not isinstance(message, Mapping):
            return f"message {number} is no object"
        told = dict(message)
        if "role" not in told and "from" in told:
            told["role"], told["content"] = told.pop("from"), told.pop("value", None)
            told["role"] = _SHAREGPT.get(str(told["role"]), told["role"])
        role, content = told.pop("role", None), told.pop("content", None)
        if not isinstance(role, str) or not role:
            return f"message {number} has no role"
        text = content
        if isinstance(content, list):
            text = "".join(_piece(piece) for piece in content)
            told["content"] = content
        if not isinstance(text, str | None):
            return f"the content of message {number} is no text"
        taken = {name: told.pop(name) for name in ("speaker", "text") if name in told}
        turns.append({"speaker": role, "text": text, **told, **{f"{n}_": v for n, v in taken.items()}})
    return turns


def messages_of(turns: Sequence[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """Turns as chat messages: what ``turns_of_messages`` made of them, back."""
    messages: list[dict[str, Json]] = []
    for turn in turns:
        rest = {name: value for name, value in turn.items() if name not in ("speaker", "text", "content")}
        content = turn["content"] if "content" in turn else turn.get("text")
        messages.append({"role": turn.get("speaker"), "content": content, **rest})
    return messages


def _piece(piece: Json) -> str:
    if isinstance(piece, str):
        return piece
    found = piece.get("text") if isinstance(piece, dict) else None
    return found if isinstance(found, str) else ""
