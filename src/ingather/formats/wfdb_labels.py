"""Annotations of WFDB records as labelled moments and stretches, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingather.formats.time_ranges import TYPE, TimeRange, read_ranges
from ingather.formats.wfdb_annotations import SYMBOLS, Annotation, Annotations
from ingather.sample import Json

_IN_WORDS = ('"', "+")
"""Symbols whose meaning is in the note: comments and changes of rhythm."""
_ONSET, _END = "(", ")"


def label_of(found: Annotations, rate: float, seconds: float, names: Sequence[str]) -> tuple[list[Json], int]:
    """The annotations as Label Studio results, and how many lie behind the record's end.

    The label is the symbol, or the note where the symbol stands for one; what else is told stands in
    ``meta``. An onset and the next end with the same words are one stretch.
    """
    ticks = found.rate or rate
    channelled = any(one.channel for one in found.entries)
    results: list[Json] = []
    open_at: dict[str, dict[str, Any]] = {}
    outside = 0
    for one in found.entries:
        at = one.sample / ticks
        if at > seconds:
            outside += 1
            continue
        if one.note and one.symbol == _END and one.note in open_at:
            open_at.pop(one.note)["value"]["end"] = at
            continue
        in_words = bool(one.note) and one.symbol in (*_IN_WORDS, _ONSET)
        channel = names[one.channel] if channelled and one.channel < len(names) else None
        result: dict[str, Any] = TimeRange(at, at, one.note if in_words else one.symbol, channel).as_json()
        if meta := _meta(one, in_words):
            result["meta"] = meta
        if in_words and one.symbol == _ONSET:
            open_at[one.note] = result
        results.append(result)
    return results, outside


def annotations_of(label: Json, rate: float, names: Sequence[str]) -> tuple[list[Annotation], int]:
    """Labelled stretches as annotations in order, and how many ends lay between two samples.

    Raises:
        ValueError: the label is none of stretches of time.
    """
    entries: list[Annotation] = []
    beside = 0
    ranges = read_ranges(label)
    metas = (
        [_meta_of(result) for result in label if isinstance(result, Mapping)]
        if isinstance(label, list)
        else []
    )
    metas = metas if len(metas) == len(ranges) else [{}] * len(ranges)
    for one, meta in zip(ranges, metas, strict=True):
        ends = [round(one.start * rate), round(one.end * rate)]
        exact = (one.start, one.end)
        beside += sum(abs(place / rate - end) > 1e-9 for place, end in zip(ends, exact, strict=True))
        channel = names.index(one.channel) if one.channel in names else 0
        symbol, note = str(meta.get("symbol") or one.label), str(meta.get("note") or "")
        if meta.get("symbol"):
            note = one.label
        elif symbol not in SYMBOLS.values():
            symbol, note = '"', one.label
        told = (_octet(meta.get("subtype")), min(channel, 255), _octet(meta.get("number")))
        if one.end > one.start:
            entries.append(Annotation(max(0, ends[0]), _ONSET, *told, one.label))
            entries.append(Annotation(max(0, ends[1]), _END, *told, one.label))
        else:
            entries.append(Annotation(max(0, ends[0]), symbol, *told, note))
    return sorted(entries, key=lambda entry: entry.sample), beside


def _meta(one: Annotation, in_words: bool) -> dict[str, Json]:
    told: dict[str, Json] = {}
    if in_words and one.symbol in _IN_WORDS[1:]:
        told["symbol"] = one.symbol
    if one.note and not in_words:
        told["note"] = one.note
    if one.subtype:
        told["subtype"] = one.subtype
    if one.number:
        told["number"] = one.number
    return told


def _meta_of(result: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = result.get("meta")
    labels = (result.get("value") or {}).get(TYPE)
    return meta if isinstance(meta, Mapping) and isinstance(labels, list) and len(labels) == 1 else {}


def _octet(value: Any) -> int:
    return value if isinstance(value, int) and -128 <= value <= 127 else 0
