"""The forms in which operators read samples: one table of how each is made of what the store holds.

Both who measures whole batches and who fetches a few samples again read them here, so that an operator sees
the same whoever asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingather.sample import Modality


@dataclass(frozen=True)
class Held:
    """What n samples hold, cleaned where they were cleaned; media are not read before somebody asks.

    Attributes:
        ids: the samples' ids.
        modality: their main part's.
        texts: large_string, null where there is none.
        blobs: SHA-256 of the stored bytes, None where there are none.
        changed: bytes that a mapper made and that are not stored yet, None elsewhere.
        data: JSON of fields, turns or channels, None where there is none.
        place: where the blob of a digest lies.
        givers: source and contributor of each record, None where nobody is known; () where it is of no use.
    """

    ids: Sequence[str]
    modality: Modality
    texts: pa.Array
    blobs: Sequence[str | None]
    changed: Sequence[bytes | None]
    data: Sequence[str | None]
    place: Callable[[str], Path]
    givers: Sequence[tuple[str, str] | None] = ()

    def media(self) -> list[Path | bytes | None]:
        """The media as files to be opened, or as bytes where a mapper made them."""
        return [
            new if new is not None else self.place(blob) if blob is not None else None
            for new, blob in zip(self.changed, self.blobs, strict=True)
        ]

    def contents(self) -> list[bytes | None]:
        """The media read into memory; None where there are none or they cannot be read."""
        return [_read(one) if isinstance(one, Path) else one for one in self.media()]

    def digests(self) -> list[str | None]:
        """What exact copies share: SHA-256 of the media, of the words of a text, of a record's fields."""
        if self.modality in ("text", "record"):
            told = self.data if self.modality == "record" else self.texts.to_pylist()
            return [_digest(one.encode()) if one is not None else None for one in told]
        return [
            _digest(new) if new is not None else blob
            for new, blob in zip(self.changed, self.blobs, strict=True)
        ]


def decode(form: str, held: Held) -> Any:
    """The samples as a batch of that form (a name of ``FORMS``), decoded no further than headers."""
    return FORMS[form](held)


def _text(held: Held) -> Any:
    from ingather.media.text import TextBatch

    return TextBatch(held.ids, held.texts.cast(pa.large_string()))


def _audio(held: Held) -> Any:
    from ingather.media.audio import decode_audio

    return decode_audio(list(held.ids), held.contents())


def _image(held: Held) -> Any:
    from ingather.media.image import decode_images

    return decode_images(held.ids, held.contents())


def _video(held: Held) -> Any:
    from ingather.media.video import open_films

    return open_films(held.ids, held.media())


def _sensor(held: Held) -> Any:
    from ingather.media.series import decode_series

    return decode_series(list(held.ids), held.contents(), list(held.data))


def _record(held: Held) -> Any:
    from ingather.media.record import decode_records

    return decode_records(held.ids, held.data)


def _bytes(held: Held) -> Any:
    from ingather.media.bytes import BytesBatch

    return BytesBatch(held.ids, held.digests(), held.givers if held.modality == "record" else ())


FORMS: dict[str, Callable[[Held], Any]] = {
    "text": _text,
    "audio": _audio,
    "image": _image,
    "video": _video,
    "sensor": _sensor,
    "record": _record,
    "bytes": _bytes,
}

BATCH: dict[str, int] = {
    "text": 2_000,
    "audio": 100,
    "image": 50,
    "video": 4,
    "sensor": 64,
    "record": 5_000,
    "bytes": 1_000,
}
"""Rows that a worker gets at once, by form: what it decodes of them has to fit its memory."""

COST: dict[str, float] = {
    "text": 0.0003,
    "audio": 0.004,
    "image": 0.012,
    "video": 1.0,
    "sensor": 0.003,
    "record": 0.00005,
    "bytes": 0.001,
}
"""Seconds of CPU that a sample takes, roughly: decides whether worker processes pay."""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
