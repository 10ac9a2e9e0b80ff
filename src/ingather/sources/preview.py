"""What a source would bring, without bringing it: layout, items, labels, licences, losses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ingather.errors import InputError
from ingather.plan.model import Plan, SourceSpec
from ingather.plugins import SOURCES, load
from ingather.sample import Item, Json, Loss
from ingather.sources.contract import Request
from ingather.sources.recognise import recognise
from ingather.store.workspace import Workspace

_MANY = 1000


@dataclass(slots=True)
class Preview:
    """What one source holds.

    Attributes:
        source: its name in the plan.
        layout: the layout of a data set and why it is taken for one, else the source's kind.
        items: how many items it would bring, those that are unfit included.
        unfit: how many of them would be quarantined at once.
        labels: how often each label; labels that are no words count as what they are.
        licences: how often each licence; unknown where none is told.
        splits: how often each split that the source tells.
        losses: what would be left behind, the first thousand.
        lost: how many things that are.
        refused: why nothing can be read at all, in words.
    """

    source: str
    layout: str
    items: int = 0
    unfit: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    losses: list[Loss] = field(default_factory=list)
    lost: int = 0
    refused: str = ""

    def as_json(self) -> dict[str, Json]:
        """The preview as one JSON object."""
        return {
            "source": self.source,
            "layout": self.layout,
            "items": self.items,
            "unfit": self.unfit,
            "labels": dict(self.labels.most_common(_MANY)),
            "licences": dict(self.licences),
            "splits": dict(self.splits),
            "lost": self.lost,
            "losses": [{"where": x.where, "reason": x.reason, "count": x.count} for x in self.losses],
            "refused": self.refused,
        }


def preview(workspace: Workspace, plan: Plan, only: tuple[str, ...] = ()) -> list[Preview]:
    """Reads every source of the plan, or those named, and writes nothing into the store."""
    return [_look(workspace, plan, one) for one in plan.sources if not only or one.name in only]


def _look(workspace: Workspace, plan: Plan, source: SourceSpec) -> Preview:
    told = Preview(source.name, source.kind)
    module = load(SOURCES, source.kind)
    if getattr(module, "asks", False):
        told.refused = "it makes or asks for what is wanted, so there is nothing to look at"
        return told
    request = Request(source.name, plan, workspace.root, workspace.folder / "cache")
    try:
        told.layout = _layout(workspace.root, source)
        for thing in module.collect(module.Config(**source.options), request):
            if isinstance(thing, Loss):
                told.lost += thing.count
                if len(told.losses) < _MANY:
                    told.losses.append(thing)
            else:
                _count(told, thing, source)
    except InputError as error:
        told.refused = " ".join(filter(None, (error.message, error.why, error.fix)))
    return told


def _layout(root: Path, source: SourceSpec) -> str:
    """The layout of a data set: as it is named, else as it is recognised; of other kinds, the kind."""
    place = source.options.get("path")
    if source.kind != "dataset" or not isinstance(place, str):
        return source.kind
    if source.options.get("format"):
        return str(source.options["format"])
    path = root / Path(place).expanduser()
    if not path.is_dir():
        return source.kind
    found, _ = recognise(path)
    return f"{found.format}: {found.sniff.why}"


def _count(told: Preview, item: Item, source: SourceSpec) -> None:
    told.items += 1
    told.unfit += item.fault is not None
    told.licences[item.licence or source.licence or "unknown"] += 1
    if item.split:
        told.splits[item.split] += 1
    label = item.label
    if label is None:
        told.labels["no label"] += 1
    elif isinstance(label, list):
        told.labels.update(one if isinstance(one, str) else "annotations" for one in label)
    else:
        told.labels[str(label)[:80] if isinstance(label, str | int | float) else "annotations"] += 1
