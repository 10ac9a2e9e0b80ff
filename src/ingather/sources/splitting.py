"""What a splitter is, and how a source's items go through the splitters that the plan names.

A splitter is a module with ``reads`` (the modality that it cuts), ``gives`` where its pieces are of another
one (frames of a video are images), ``Config(SplitterConfig)`` and
``split(item, config) -> Iterator[Item | Loss]``: first the item itself as carrier, then its children in
order. A child has the parent's key in ``parent``, a key of its own that begins with it (``PARENT#NAME``),
where it was cut in ``segment``, and everything else from its parent. ``child`` makes one. One that cuts by a
file beside the item has ``watches_marks(config) -> bool``: then a change of that file cuts the item anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from ingather.plan.model import Step
from ingather.plugins import SPLITTERS, load
from ingather.sample import Item, Json, Loss, Modality


class SplitterConfig(BaseModel):
    """Options of a splitter, as the plan's ``cut`` of a source gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Splitter:
    """A splitter with its options.

    Attributes:
        name: its name in the plan.
        module: the plug-in.
        config: its options.
    """

    name: str
    module: ModuleType
    config: SplitterConfig


def splitters_of(cut: Sequence[Step]) -> tuple[Splitter, ...]:
    """The splitters that a source's ``cut`` names, with their options read.

    Raises:
        InputError: there is no such splitter.
        pydantic.ValidationError: an option does not fit.
    """
    modules = [(step, load(SPLITTERS, step.operator)) for step in cut]
    return tuple(Splitter(step.operator, module, module.Config(**step.options)) for step, module in modules)


def modality_before(cut: Sequence[Step], after: Modality) -> Modality:
    """The modality that a source must bring so that its cut gives ``after``."""
    reads: Modality = load(SPLITTERS, cut[0].operator).reads if cut else after
    return reads


def cut_mark(splitters: Sequence[Splitter]) -> str:
    """What is added to every stamp, so that other options cut everything again; empty without splitters."""
    if not splitters:
        return ""
    told = [
        [one.name, getattr(one.module, "version", 1), one.config.model_dump(mode="json")] for one in splitters
    ]
    return "-" + hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:8]


def marks_watched(splitters: Sequence[Splitter]) -> bool:
    """Whether the first splitter cuts by files that lie beside the items."""
    watches = getattr(splitters[0].module, "watches_marks", None) if splitters else None
    return bool(watches is not None and watches(splitters[0].config))


def cut_items(things: Iterable[Item | Loss], splitters: Sequence[Splitter]) -> Iterator[Item | Loss]:
    """Every item cut by the first splitter, its children by the next, and so on; parents stay as carriers.

    An item that is unfit already, or that a splitter cannot cut, stays whole with its fault.
    """
    mark = cut_mark(splitters)
    for thing in things:
        if isinstance(thing, Item):
            thing.stamp += mark
            yield from _cut(thing, splitters)
        else:
            yield thing


def child(parent: Item, name: str, segment: Mapping[str, Json], **changed: Any) -> Item:
    """A piece of ``parent``: what is not given in ``changed`` is the parent's, parts and cursor excepted.

    Args:
        parent: what it was cut from.
        name: what tells it from its siblings; the same piece has the same name each time.
        segment: where it was cut: start and end in seconds, a box in pixels, characters, rows.
        changed: fields of the item that are its own.
    """
    own: dict[str, Any] = {
        "parts": (),
        "cursor": None,
        "attributes": dict(parent.attributes),
        "bases": dict(parent.bases),
        "evidence": _evidence(parent, segment),
        **changed,
    }
    return replace(
        parent, key=f"{parent.key}#{name}", parent=parent.key, segment=segment, carrier=False, **own
    )


def _evidence(parent: Item, segment: Mapping[str, Json]) -> dict[str, Json]:
    """The parent's, but of the pages and sections of a document only where this piece begins."""
    evidence = dict(parent.evidence)
    places, start = evidence.get("places"), segment.get("start")
    if isinstance(places, list) and isinstance(start, int):
        before = [place for place in places if isinstance(place, dict) and place["start"] <= start]  # type: ignore[operator]
        del evidence["places"]
        if before:
            evidence["place"] = {name: value for name, value in before[-1].items() if name != "start"}
    return evidence


def _cut(item: Item, splitters: Sequence[Splitter]) -> Iterator[Item | Loss]:
    if not splitters or item.carrier or item.fault is not None:
        yield item
        return
    first, *rest = splitters
    if item.modality != first.module.reads:
        item.fault = f"it is {item.modality}, and '{first.name}' cuts {first.module.reads}"
        yield item
        return
    for thing in first.module.split(item, first.config):
        if isinstance(thing, Loss):
            yield thing
        else:
            yield from _cut(thing, rest)
