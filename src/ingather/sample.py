"""The plain types that travel between rooms: an item as a source brings it, its parts, its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
Modality: TypeAlias = Literal["text", "audio", "image", "video", "sensor", "record"]
MODALITIES: tuple[Modality, ...] = ("text", "audio", "image", "video", "sensor", "record")
Basis: TypeAlias = Literal["declared", "measured", "inferred", "source"]
BASES: tuple[Basis, ...] = ("declared", "measured", "inferred", "source")
AttributeValue: TypeAlias = str | float | None


@dataclass(frozen=True, slots=True)
class Part:
    """A further part of a sample, beside its main one.

    Attributes:
        role: what it is for: prompt, chosen, query, mask, camera-left, ...
        order: place among the parts of the same role, from 0.
        text: its words, if it is text.
        content: its bytes, or the file that holds them, if it is media.
        media_type: such as ``image/png``.
        start: seconds on the sample's clock where it begins.
        end: seconds on the sample's clock where it ends.
    """

    role: str
    order: int = 0
    text: str | None = None
    content: bytes | Path | None = None
    media_type: str | None = None
    start: float | None = None
    end: float | None = None


@dataclass(slots=True)
class Item:
    """One thing as a source or a format brings it, before it becomes a sample of the store.

    Attributes:
        key: its name inside its source; the same key is the same sample.
        modality: what the main part is.
        text: the main part, if it is text.
        content: the main part's bytes, or the file that holds them.
        media_type: of the main part.
        data: a record's fields, a dialogue's turns, a series' channels.
        parts: further parts.
        parent: key of the item this one was cut from, in the same source.
        segment: where it was cut: seconds, box, characters, rows.
        session: drive, patient, conversation, document.
        label: what the source says, as the task's JSON.
        split: the split the source puts it in, if it says so.
        attributes: values by attribute name; None is unknown.
        bases: basis by attribute name; what is not named here is ``source``.
        contributor: who gave it, by the name used outside; never stored as it is.
        licence: SPDX expression or LicenseRef, None where the source says nothing.
        consent: SHA-256 of the consent text, where there is one.
        uri: where it was found.
        at: when it was made or found, where known.
        evidence: what shows origin and rights, for the ledger.
        synthetic: whether a machine made it.
        carrier: whether it only carries its children (a picture of which crops are cut) and is itself no
            sample of the task; it is kept and cleaned, but neither counted nor released.
        fault: why it is unfit already at collection, in words; it is kept and quarantined.
        stamp: changes whenever the thing changes (size and time of a file, hash of a row).
        cursor: where to go on after this item.
    """

    key: str
    modality: Modality
    text: str | None = None
    content: bytes | Path | None = None
    media_type: str | None = None
    data: Mapping[str, Json] | None = None
    parts: tuple[Part, ...] = ()
    parent: str | None = None
    segment: Mapping[str, Json] | None = None
    session: str | None = None
    label: Json = None
    split: str | None = None
    attributes: dict[str, AttributeValue] = field(default_factory=dict)
    bases: dict[str, Basis] = field(default_factory=dict)
    contributor: str | None = None
    licence: str | None = None
    consent: str | None = None
    uri: str = ""
    at: datetime | None = None
    evidence: dict[str, Json] = field(default_factory=dict)
    synthetic: bool = False
    carrier: bool = False
    fault: str | None = None
    stamp: str = ""
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Something a source or a format met and could not take: told, never in silence.

    Attributes:
        where: file, line, entry or key.
        reason: what is wrong, in words.
        count: how many things this stands for.
    """

    where: str
    reason: str
    count: int = 1
