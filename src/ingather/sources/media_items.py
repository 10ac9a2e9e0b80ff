"""Files as items: what path, pattern and sidecar say of them, and whether each is what its name says."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from ingather.formats.document import KINDS as DOCUMENTS
from ingather.formats.document import read_document
from ingather.formats.encoding import detect_encoding
from ingather.formats.media_types import BY_SUFFIX, HEAD, is_plain_text, media_type_of, name_belies
from ingather.formats.series_tables import SeriesOptions
from ingather.formats.tables import TABLE_SUFFIXES
from ingather.formats.values import digest_row
from ingather.sample import Item, Json, Loss, Modality
from ingather.sources.contract import Request
from ingather.sources.listing import Entry, first_bytes
from ingather.sources.losses import Tally
from ingather.sources.pattern import NamePattern
from ingather.sources.roles import Roles
from ingather.sources.series_files import SERIES_SUFFIXES, read_series_file
from ingather.sources.sidecar import Sidecar
from ingather.sources.unchanged import fresh

SMALL = 1 << 16
"""Files of so many bytes are read at once, with their first bytes; larger ones stay where they are."""
FOLDER = "folder"
"""The name under which the folder that a file lies in can be a label or an attribute."""
PLAIN: tuple[Modality, str] = ("text", "text/plain")
_ABOUT = frozenset(
    {"readme", "license", "licence", "notice", "copying", "copyright", "origin", "changelog", "authors"}
    | {"citation", "contributing"}
)
_PROSE = {"", ".md", ".rst", ".txt", ".html", ".pdf", ".json", ".yaml", ".yml", ".xml", ".py", ".names"}


@dataclass
class MediaReading:
    """How files become items.

    Attributes:
        modality: the files that are looked for.
        request: asked which files the store has.
        pattern: takes values out of the path, or None.
        sidecar: a table joined to them, or None.
        roles: which value becomes what.
        largest: bytes of the largest file that is taken.
        tally: told of what is not understood.
        all_texts: whether every file whose bytes are text is one, whatever its name ends in.
        alone: whether the source is one file: then a README is what is meant.
        met: how many files of the modality were met.
        series: how tables over time are read, where recordings of sensors are looked for.
    """

    modality: Modality
    request: Request
    pattern: NamePattern | None
    sidecar: Sidecar | None
    roles: Roles
    largest: int
    tally: Tally
    all_texts: bool = False
    alone: bool = False
    met: int = 0
    series: SeriesOptions = field(default_factory=SeriesOptions)

    def items(self, entries: Iterator[Entry]) -> Iterator[Item | Loss]:
        """Every file of the modality that the store has not, as an item, in order."""
        for found in fresh(self._candidates(entries), self.request.known):
            if isinstance(found, Loss):
                yield found
            else:
                key, stamp, (entry, values) = found
                if self.modality == "sensor":
                    yield from self._recording(key, stamp, entry, values)
                    continue
                item = self._item(key, stamp, entry, values)
                if item is not None:
                    yield item

    def _candidates(
        self, entries: Iterator[Entry]
    ) -> Iterator[tuple[str, str, tuple[Entry, Mapping[str, Json]]]]:
        ending = self.roles.fingerprint()
        if self.series != SeriesOptions():
            ending += hashlib.sha256(repr(self.series).encode()).hexdigest()[:8]
        for entry in entries:
            if not self._is_wanted(entry):
                continue
            values = self._values(entry)
            if values is None:
                continue
            stamp = f"{entry.stamp}-{ending}"
            if self.sidecar is not None:
                row = self.sidecar.row_of(entry.name, values, self.tally)
                stamp += f"-{digest_row(row).hex()[:8]}"
                values = {**row, **values}
            yield entry.name, stamp, (entry, values)

    def _is_wanted(self, entry: Entry) -> bool:
        if self.modality == "text" and not self.alone and self.pattern is None and tells_of_data(entry.name):
            self.tally.add(entry.name, "tells of the data (README, LICENSE, ...): passed over", lost=False)
            return False
        suffix = entry.suffix
        known = BY_SUFFIX.get(suffix)
        if self.all_texts and suffix not in DOCUMENTS:
            known = PLAIN if is_plain_text(entry.head(HEAD)) else media_type_of(entry.head(HEAD))
            suffix = ""
        elif known is None and entry.location and suffix not in _PROSE and suffix not in TABLE_SUFFIXES:
            known = media_type_of(entry.head(HEAD))
        if self.modality == "sensor" and suffix in SERIES_SUFFIXES:
            known = ("sensor", "")
        if known is not None and known[0] == self.modality:
            self.met += 1
            if entry.size <= self.largest:
                return True
            limit = f"larger than max_file_size, {self.largest / 1e6:,.0f} MB"
            self.tally.add(entry.name, limit)
            return False
        what = "table" if suffix in TABLE_SUFFIXES else known[0] if known else f"{suffix or 'other'} file"
        self.tally.add(entry.name, f"is no {self.modality} ({what}): passed over", lost=False)
        return False

    def _values(self, entry: Entry) -> dict[str, Json] | None:
        folder = entry.name.rpartition("/")[0].rpartition("/")[2]
        if self.pattern is None:
            return {FOLDER: folder or None}
        values = self.pattern.match(entry.name)
        if values is None:
            self.tally.add(entry.name, f"does not fit the pattern {self.pattern.text}")
            return None
        return {FOLDER: folder or None, **values}

    def _item(self, key: str, stamp: str, entry: Entry, values: Mapping[str, Json]) -> Item | None:
        item = Item(key, self.modality, uri=entry.uri, stamp=stamp)
        try:
            if self.modality == "text":
                self._text(item, entry)
            else:
                self._media(item, entry)
        except OSError as error:
            self.tally.add(key, f"cannot be read: {error.strerror or error}")
            return None
        self.roles.describe(item, values, self.tally)
        if self.roles.fields is not None:
            item.data = self.roles.record(values)
        if self.pattern is not None:
            told = {name: str(values[name]) for name in self.pattern.names}
            other = self.pattern.other_reading(key, told)
            if other is not None:
                item.fault = item.fault or _two_readings(self.pattern, told, other)
        return item

    def _recording(
        self, key: str, stamp: str, entry: Entry, values: Mapping[str, Json]
    ) -> Iterator[Item | Loss]:
        """A table over time as a recording; what it is called adds to what it says itself."""
        for found in read_series_file(entry, self.series):
            if isinstance(found, Item):
                found.key, found.stamp, found.uri = key, stamp, entry.uri
                self.roles.describe(found, values, self.tally)
            yield found

    def _media(self, item: Item, entry: Entry) -> None:
        if entry.location is not None:
            content = first_bytes(entry.location, SMALL + 1)
            item.content = content if len(content) == entry.size <= SMALL else entry.path
            head = content[:HEAD]
        else:
            with entry.open() as stream:
                content = stream.read()
            head = content[:HEAD]
            item.content = content
        item.fault = name_belies(entry.suffix, head)
        named = BY_SUFFIX.get(entry.suffix)
        real = media_type_of(head)
        item.media_type = real[1] if real else named[1] if named else None

    def _text(self, item: Item, entry: Entry) -> None:
        with entry.open() as stream:
            content = stream.read()
        item.media_type = PLAIN[1] if self.all_texts else BY_SUFFIX[entry.suffix][1]
        if entry.suffix in DOCUMENTS:
            item.media_type = BY_SUFFIX[entry.suffix][1]
            document = read_document(entry.suffix, content)
            item.text, item.fault = document.text, document.fault
            if document.places:
                item.evidence = {"places": [*document.places]}
            return
        encoding = detect_encoding(partial(io.BytesIO, content))
        item.text = content.decode(encoding.name, errors="replace").replace("\r\n", "\n")
        if encoding.told:
            self.tally.add(entry.name, encoding.told, lost=False)
        if not item.text.strip():
            item.fault = "the file is empty"
        elif b"\0" in content and encoding.name == "utf-8":
            item.fault = "the name says text, but the bytes are not"


def tells_of_data(name: str) -> bool:
    """Whether a file is one that lies beside data to tell of it: README, LICENSE and the like."""
    stem, _, ending = name.rpartition("/")[2].casefold().partition(".")
    return stem in _ABOUT and ending in ("", "md", "txt", "rst", "html", "text")


def _two_readings(pattern: NamePattern, values: Mapping[str, str], other: Mapping[str, str]) -> str:
    name = next(name for name in pattern.names if values[name] != other[name])
    return (
        f"the pattern {pattern.text} reads its name in two ways: "
        f"{name} '{values[name]}' or '{other[name]}'; "
        f"say {{{name}:d}} for digits or {{{name}:w}} for letters and digits only"
    )
