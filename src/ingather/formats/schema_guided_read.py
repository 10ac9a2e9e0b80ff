"""Reads dialogues in the form of Rastogi et al. 2020 (Schema-Guided Dialogue): services, frames, states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import orjson
import xxhash

from ingather.formats.json_document import read_json
from ingather.formats.split_names import split_of
from ingather.formats.text_spans import Span, to_span_results
from ingather.formats.turns import lines_of
from ingather.sample import Item, Json, Loss

_SPEAKERS = {"USER": "user", "SYSTEM": "system"}


def read_dialogues(
    file: Path,
    root: Path,
    licence: str | None,
    take: Literal["dialogues", "intents", "slots"],
    seen: set[str],
) -> Iterator[Item | Loss]:
    """Every dialogue of a file, or every turn of it that ``take`` asks for."""
    name = file.relative_to(root).as_posix()
    found = read_json(file, name)
    if isinstance(found, Loss):
        yield found
        return
    if not isinstance(found, list):
        yield Loss(name, "is no list of dialogues")
        return
    folder = name.rpartition("/")[0]
    split = next((one for one in map(split_of, reversed(name.split("/"))) if one), None)
    for number, dialogue in enumerate(found):
        where = f"{name}, dialogue {number + 1}"
        item = _dialogue(dialogue, where)
        if isinstance(item, Loss):
            yield item
            continue
        item.key = f"{folder}/{item.key}" if folder else item.key
        if item.key in seen:
            yield Loss(where, f"the dialogue '{item.key}' came before; the first is kept")
            continue
        seen.add(item.key)
        item.session, item.split, item.licence = item.key, split, licence
        if take == "dialogues":
            yield item
        else:
            yield from _turns(item, take)


def _dialogue(dialogue: Json, where: str) -> Item | Loss:
    if not isinstance(dialogue, Mapping):
        return Loss(where, "is no object")
    told = dialogue.get("turns")
    if not isinstance(told, list) or not told:
        return Loss(where, "has no turns")
    key = dialogue.get("dialogue_id")
    if not isinstance(key, str) or not key:
        return Loss(where, "has no dialogue_id")
    item = Item(key, "text")
    turns: list[dict[str, Json]] = []
    for number, turn in enumerate(told, 1):
        made = _turn(turn)
        if isinstance(made, str):
            item.fault = item.fault or f"turn {number} {made}"
        else:
            turns.append(made)
    item.text = lines_of(turns)
    rest = {name: value for name, value in dialogue.items() if name not in ("dialogue_id", "turns")}
    item.data = {"turns": list(turns), **rest}
    services = dialogue.get("services")
    if isinstance(services, list) and services:
        item.attributes["services"] = "|".join(sorted({str(one) for one in services}))
    item.stamp = xxhash.xxh3_128_hexdigest(orjson.dumps(dict(dialogue), option=orjson.OPT_SORT_KEYS))
    return item


def _turn(turn: Json) -> dict[str, Json] | str:
    """A turn with speaker, text, services, act, intent, slots (as known so far) and places; or its flaw."""
    if not isinstance(turn, Mapping) or not isinstance(turn.get("utterance"), str):
        return "has no utterance"
    speaker = turn.get("speaker")
    if not isinstance(speaker, str):
        return "has no speaker"
    made: dict[str, Json] = {"speaker": _SPEAKERS.get(speaker, speaker), "text": turn["utterance"]}
    services: list[Json] = []
    acts: list[Json] = []
    intents: list[Json] = []
    places: list[Json] = []
    slots: dict[str, Json] = {}
    frames = turn.get("frames")
    for frame in frames if isinstance(frames, list) else []:
        if not isinstance(frame, Mapping):
            continue
        if isinstance(frame.get("service"), str):
            services.append(frame["service"])
        acts += [action for action in _list(frame, "actions") if isinstance(action, Mapping)]
        places += [place for place in _list(frame, "slots") if isinstance(place, Mapping)]
        state = frame.get("state")
        if isinstance(state, Mapping):
            intent = state.get("active_intent")
            if isinstance(intent, str) and intent != "NONE":
                intents.append(intent)
            values = state.get("slot_values")
            slots.update(values if isinstance(values, Mapping) else {})
    told: dict[str, Json] = {"services": services, "act": acts, "slots": slots, "places": places}
    if intents:
        told["intent"] = intents[0]
    if len(intents) > 1:
        told["intents"] = intents
    return {**made, **{name: value for name, value in told.items() if value}}


def _turns(dialogue: Item, take: Literal["intents", "slots"]) -> Iterator[Item]:
    assert dialogue.data is not None
    turns = dialogue.data["turns"]
    for number, turn in enumerate(turns if isinstance(turns, list) else []):
        assert isinstance(turn, Mapping)
        if take == "intents" and turn["speaker"] != "user":
            continue
        item = Item(f"{dialogue.key}/{number}", "text", text=str(turn["text"]), session=dialogue.key)
        item.split, item.licence, item.fault = dialogue.split, dialogue.licence, dialogue.fault
        item.attributes = {**dialogue.attributes, "speaker": str(turn["speaker"])}
        item.data = {"turn": number, **{k: v for k, v in turn.items() if k not in ("speaker", "text")}}
        item.stamp = f"{dialogue.stamp}-{number}"
        if take == "intents":
            item.label = turn.get("intent") or "NONE"
        else:
            item.label = _spans(turn, item)
        yield item


def _spans(turn: Mapping[str, Json], item: Item) -> list[Json]:
    text, spans = str(turn["text"]), []
    for place in _list(turn, "places"):
        assert isinstance(place, Mapping)
        start, end, slot = place.get("start"), place.get("exclusive_end"), place.get("slot")
        if not isinstance(start, int) or not isinstance(end, int) or not isinstance(slot, str):
            if "copy_from" not in place:
                item.fault = item.fault or "a slot has no place"
        elif 0 <= start < end <= len(text):
            spans.append(Span(start, end, slot, text[start:end]))
        else:
            item.fault = item.fault or f"the slot '{slot}' does not lie in the text"
    return to_span_results(spans)


def _list(mapping: Mapping[str, Json], name: str) -> list[Json]:
    found = mapping.get(name)
    return found if isinstance(found, list) else []
