"""An item as a log carries it: facts in a metadata record, streams as topics, other media as attachments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import orjson

from ingather.formats.bag_topics import Topic
from ingather.formats.item_rows import flat_row, item_of_row, part_files_of
from ingather.sample import Item
from ingather.series import MEDIA_TYPE, MISSING, Stream, encode

OWN = "ingather"
"""Name of the metadata record."""
MAIN, PART = "main", "part"
"""What a topic of such a log is: its metadata says it."""


def told_of(item: Item, part_files: dict[int, str]) -> dict[str, str]:
    """The metadata record of an item; ``part_files`` names the attachments by the parts' places."""
    row = flat_row(item, None, part_files)
    row.pop("stamp", None)
    return {"item": orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()}


def restored(
    told: dict[str, str], streams: list[tuple[Topic, Stream]], attached: dict[str, bytes]
) -> Item | str:
    """The item of a log that was written here, or in words why there is none."""
    try:
        row = orjson.loads(told.get("item", ""))
        item = item_of_row(row)
        files = part_files_of(row)
        by_part: dict[int, bytes] = {}
        for topic, stream in streams:
            content = encode(_as_it_was(topic, stream))
            if topic.facts.get(PART) == MAIN:
                item.content, item.media_type = content, MEDIA_TYPE
            elif PART in topic.facts:
                by_part[int(topic.facts[PART])] = content
        parts: list[Any] = list(item.parts)
        for place, name in files.items():
            parts[place] = replace(parts[place], content=by_part.get(place) or attached[name])
        item.parts = tuple(parts)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        return (str(error).splitlines() or [type(error).__name__])[0][:100]
    if item.modality != "sensor" or item.content is None or not item.key:
        return "it is no recording"
    return item


def _as_it_was(topic: Topic, stream: Stream) -> Stream:
    """The stream under its own name, with the stamps that were missing or negative."""
    time = stream.time + int(topic.facts.get("offset", "0"))
    missing = topic.facts.get("missing", "")
    if missing == "all":
        time = np.full(len(time), MISSING)
    elif missing:
        time[orjson.loads(missing)] = MISSING
    names = orjson.loads(topic.facts["channels"])
    channels = {name: stream.channels[name] for name in names}
    return Stream(time, channels, stream.units, topic.rate, topic.facts.get("name", ""))
