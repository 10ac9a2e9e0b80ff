"""A data set that someone made: a folder, archive or address, in a layout that is recognised or named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError, model_validator

from ingather.errors import InputError
from ingather.formats.database_address import file_of, flaw_of, is_database
from ingather.formats.licence_files import LicenceFound, licence_of_folder
from ingather.formats.media_types import HEAD, name_belies
from ingather.plan.findings import instead
from ingather.plan.licences import spdx_of
from ingather.plan.model import Names, Plan, Word
from ingather.plugins import FORMATS, load, names
from ingather.sample import Item, Json, Loss, Modality
from ingather.sources.archive import is_archive
from ingather.sources.contract import Request, SourceConfig, option
from ingather.sources.download import download
from ingather.sources.listing import missing_path
from ingather.sources.losses import Tally
from ingather.sources.recognise import SURE, candidates, recognise
from ingather.sources.roles import Roles, resolve_roles
from ingather.sources.unchanged import fresh
from ingather.sources.unpacking import unpack

_SHA256 = re.compile(r"[0-9a-fA-F]{64}\Z")
_FIRST = 1000


class Config(SourceConfig):
    """Where the data set is, and what of it is meant."""

    path: str | None = option(
        None, description="a folder, an archive or a file", json_schema_extra={"path": True}
    )
    address: str | None = option(
        None,
        description="http or https, of an archive or a file; or a database's, such as sqlite:///shop.db or "
        "postgresql://reader@db.example.org/shop (its password in INGATHER_DATABASE_PASSWORD)",
    )
    sha256: str | None = option(None, description="checksum of what is at the address: 64 hex digits")
    format: str | None = option(None, description="its layout; recognised when left out")
    options: dict[str, Any] = option(default_factory=dict, description="options of the layout")
    splits: Names = option((), description="only these of its splits")
    text: str | None = option(None, description="the column of the text")
    label: str | None = option(None, description="the column of the label")
    contributor: str | None = option(None, description="the column of who gave it")
    session: str | None = option(None, description="the column of the conversation, patient or drive")
    at: str | None = option(None, description="the column of the time")
    attributes: dict[str, str] = option(default_factory=dict, description="attribute of the plan to column")
    values: dict[str, dict[Word, Word]] = option(
        default_factory=dict, description="column to what its values mean: {gender: {1: male, 2: female}}"
    )
    fields: Names = option((), description="the columns that make up a record")
    parts: dict[str, str] = option(
        default_factory=dict, description="further parts by role, such as {translation: column of its words}"
    )
    separator: str = option("|", description="what stands between several labels in one cell")

    @model_validator(mode="after")
    def _one_place(self) -> Config:
        if (self.path is None) == (self.address is None):
            raise ValueError("name either 'path' or 'address'")
        if self.address is not None and is_database(self.address):
            return self._database(self.address)
        if self.address is not None and not self.address.startswith(("http://", "https://")):
            raise ValueError("'address' begins with http:// or https://; a folder goes under 'path'")
        if self.address is not None and self.sha256 is None:
            raise ValueError("an address needs 'sha256': what lies there may change without a word")
        if self.sha256 is not None and not _SHA256.match(self.sha256):
            raise ValueError("'sha256' is 64 hex digits")
        return self

    def _database(self, address: str) -> Config:
        if flaw := flaw_of(address):
            raise ValueError(flaw)
        if self.format not in (None, "sql"):
            raise ValueError("a database is read as 'format: sql'; leave 'format' out")
        if self.sha256 is not None:
            raise ValueError("a database has no 'sha256': its rows may change")
        return self


def check(config: Config, plan: Plan, folder: Path) -> Iterator[tuple[str, str, str]]:
    """The layout that the plan names must be known, and so must its options."""
    if config.format is None or (config.address is not None and is_database(config.address)):
        return
    known = names(FORMATS)
    if config.format not in known:
        yield "format", f"'{config.format}' is not a format", instead(config.format, known)
        return
    model = load(FORMATS, config.format).Config
    try:
        model(**config.options)
    except ValidationError as error:
        for flaw in error.errors():
            name = ".".join(str(step) for step in flaw["loc"])
            told = f"option '{name}' of the format {config.format}: {_flaw(flaw)}"
            yield f"options.{name}", told, f"It knows these: {', '.join(model.model_fields) or 'none'}."


def collect(config: Config, request: Request) -> Iterator[Item | Loss]:
    """Brings every item of the data set that the store has not, with its split and its own licence.

    Raises:
        InputError: it is not there, has another checksum, or no layout that is known.
        OutsideError: it cannot be fetched now.
    """
    folder, told = _place(config, request)
    yield from told
    options = config.options
    if config.address is not None and is_database(config.address):
        name = "sql"
        if not folder.is_file():
            options = {**options, "address": config.address}
    elif config.format is None:
        found, doubt = recognise(folder)
        name, folder = found.format, found.path
        if doubt:
            yield Loss(config.path or config.address or "", doubt, 0)
    else:
        name = config.format
    module = load(FORMATS, name)
    things = module.read(folder, _options(module, name, options))
    licence = licence_of_folder(folder) if folder.is_dir() and "address" not in options else None
    if licence is not None and licence.spdx is None:
        yield Loss(licence.file, f"the licence cannot be told from it: {licence.told}", 0)
    yield from _understood(_chosen(things, config), config, request, licence, folder)


def _place(config: Config, request: Request) -> tuple[Path, tuple[Loss, ...]]:
    if config.address is not None and is_database(config.address):
        file = file_of(config.address, request.folder)
        if file is not None and not file.is_file():
            raise missing_path(file, config.address)
        return file or request.folder, ()
    if config.address is not None:
        assert config.sha256 is not None
        path = download(config.address, config.sha256, request.cache)
        name = config.sha256.lower()[:32]
    else:
        path = request.folder / Path(config.path or "").expanduser()
        if not path.exists():
            raise missing_path(path, config.path or "")
        found = path.stat()
        name = f"{path.name}-{found.st_size}-{found.st_mtime_ns}"
    if path.is_file() and is_archive(path.name):
        folder, losses = unpack(path, name, request.cache)
        return _only_folder(folder), losses
    return path, ()


def _only_folder(folder: Path) -> Path:
    """The folder inside, where an archive holds nothing else."""
    inner = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    return inner[0] if len(inner) == 1 else folder


def _options(module: Any, name: str, options: Mapping[str, Any]) -> Any:
    try:
        return module.Config(**options)
    except ValidationError as error:
        flaws = "; ".join(f"{'.'.join(map(str, flaw['loc']))}: {_flaw(flaw)}" for flaw in error.errors())
        known = ", ".join(module.Config.model_fields) or "none"
        raise InputError(
            f"The options of the format {name} are not sound: {flaws}.",
            why=f"It knows these: {known}.",
            fix="Put 'options:' of the source right.",
        ) from error


def _flaw(flaw: Mapping[str, Any]) -> str:
    return "there is no such option" if flaw["type"] == "extra_forbidden" else str(flaw["msg"])


def _chosen(things: Iterator[Item | Loss], config: Config) -> Iterator[Item | Loss]:
    left: dict[str, int] = {}
    for thing in things:
        if isinstance(thing, Item) and config.splits and (thing.split or "none") not in config.splits:
            left[thing.split or "none"] = left.get(thing.split or "none", 0) + 1
        else:
            yield thing
    for split, count in left.items():
        yield Loss(f"split {split}", "is none of the splits that the plan asks for", count)


def _understood(
    things: Iterator[Item | Loss],
    config: Config,
    request: Request,
    licence: LicenceFound | None,
    folder: Path,
) -> Iterator[Item | Loss]:
    """What the plan's names make of the layout's columns, once the first items have shown what there is."""
    first: list[Item] = []
    met: list[Loss] = []
    tally = Tally()
    for thing in things:
        if isinstance(thing, Loss):
            met.append(thing)
            yield thing
            continue
        first.append(thing)
        if len(first) >= _FIRST:
            break
    if not first:
        raise _nothing_in(config, folder, met)
    roles = _roles(config, request.plan, first)
    evidence: dict[str, Json] = {}
    if config.address is not None:
        evidence = {"address": config.address}
        if config.sha256 is not None:
            evidence["sha256"] = config.sha256.lower()

    def stamped(more: Iterator[Item | Loss]) -> Iterator[tuple[str, str, Item] | Loss]:
        ending = roles.fingerprint() + (licence.spdx or "" if licence else "")
        for thing in more:
            if isinstance(thing, Loss):
                yield thing
                continue
            _settle(thing, roles, request.modality, licence, tally)
            thing.evidence = {**thing.evidence, **evidence}
            if not thing.uri and config.address is not None:
                thing.uri = f"{config.address}#{thing.key}"
            elif not thing.uri and isinstance(thing.content, Path):
                thing.uri = thing.content.absolute().as_uri()
            thing.stamp = f"{thing.stamp}-{ending}"
            yield thing.key, thing.stamp, thing

    for found in fresh(stamped(_joined(first, things)), request.known):
        yield found if isinstance(found, Loss) else found[2]
    yield from tally.losses()


def _nothing_in(config: Config, folder: Path, met: list[Loss]) -> InputError:
    """What to say of a data set that brought no item: what was met, and which layout it looks like."""
    told = "; ".join(dict.fromkeys(f"{loss.where}: {loss.reason}" for loss in met[:3]))
    other = next((one for one in candidates(folder) if one.format != config.format), None)
    sure = other is not None and other.sniff.sure >= SURE
    return InputError(
        f"'{config.path or config.address}' holds no item"
        + (f" that can be read as {config.format}." if config.format else "."),
        why=f"{told}." if told else "A data set without data is almost always a wrong path, format or split.",
        fix=f"It looks like {other.format} ({other.sniff.why}): write 'format: {other.format}'."
        if other is not None and sure
        else "Look into it, and name 'format:' or 'splits:' if need be.",
        where=str(folder),
    )


def _joined(first: list[Item], rest: Iterator[Item | Loss]) -> Iterator[Item | Loss]:
    yield from first
    yield from rest


def _roles(config: Config, plan: Plan, first: list[Item]) -> Roles:
    offered: dict[str, None] = {}
    for item in first:
        offered.update(dict.fromkeys(item.data or ()))
        offered.update(dict.fromkeys(item.attributes))
    asked: dict[str, str | None] = {
        "text": config.text,
        "label": config.label,
        "contributor": config.contributor,
        "session": config.session,
        "at": config.at,
    }
    has_label = any(item.label is not None for item in first)
    offered.update(dict.fromkeys(("label",) if has_label else ()))
    roles = resolve_roles(
        plan,
        tuple(offered),
        asked,
        config.path or config.address or "",
        attributes=config.attributes,
        values=config.values,
        fields=config.fields,
        parts=config.parts,
        separator=config.separator,
    )
    # the layout has read these itself, unless the plan says otherwise
    return replace(roles, split=None, licence=None)


def _settle(item: Item, roles: Roles, modality: Modality, licence: LicenceFound | None, tally: Tally) -> None:
    row: dict[str, Json] = {**item.attributes, **(item.data or {})}
    if roles.label == "label" and "label" not in (item.data or {}):
        row["label"] = item.label
    if roles.label == "label" and (_is_structure(item.label) or "tokens" in (item.data or {})):
        described = replace(roles, label=None)
    else:
        described = roles
        item.label = None if roles.label else item.label
    own = item.contributor, item.session
    item.attributes = {}
    described.describe(item, row, tally)
    item.contributor = item.contributor or own[0]
    item.session = item.session or own[1]
    if roles.text is not None and item.content is None:
        item.modality, item.text = "text", str(row.get(roles.text) or "")
    if item.licence is not None:
        item.licence = spdx_of(item.licence) or item.licence
    elif licence is not None and "licence" not in item.evidence:
        item.licence = licence.spdx
    _fit(item, roles, modality)


def _is_structure(label: Json) -> bool:
    """Whether a label is boxes, spans and the like, which only the layout understands."""
    return isinstance(label, dict) or (
        isinstance(label, list) and (not label or any(isinstance(one, dict) for one in label))
    )


def _fit(item: Item, roles: Roles, modality: Modality) -> None:
    """Makes the item one of the modality asked for where its columns allow, else says why it is none."""
    if modality == "record" and item.data is not None and item.content is None:
        item.modality, item.text = "record", None
        item.data = roles.record(item.data)
    elif roles.fields is not None and item.data is not None:
        item.data = roles.record(item.data)
    elif item.modality == "text" and not _is_structured(item):
        item.data = None
    if isinstance(item.content, Path):
        with item.content.open("rb") as stream:
            item.fault = item.fault or name_belies(item.content.suffix.lower(), stream.read(HEAD))
    if item.modality != modality:
        item.fault = item.fault or f"it is {item.modality}, and {modality} is asked for"


def _is_structured(item: Item) -> bool:
    """Whether a text's data is part of the sample (turns, tokens), not only columns of its row."""
    return bool(item.parts) or any(isinstance(value, list | dict) for value in (item.data or {}).values())
