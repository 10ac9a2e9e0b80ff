"""Hugging Face: a dataset card with Parquet, JSONL or CSV files by split, media inside or beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.card import read_card
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.shards import data_files, read_shard
from ingather.sample import Item, Loss

tasks = (
    "classification", "tagging", "spans", "transcription", "translation", "regression", "ranking",
    "preference", "retrieval", "recommendation", "dialogue", "none",
)  # fmt: skip


class Config(FormatConfig):
    """Options of the Hugging Face layout."""

    config: str | None = Field(None, description="which of the card's configs; its default when left out")
    split: str | None = Field(None, description="only this split")


def sniff(path: Path) -> Sniff | None:
    """Sure where a card's head speaks of data, or Parquet files carry the library's own description."""
    if not path.is_dir():
        return None
    card = read_card(path)
    files = data_files(path, card, None)
    if not files:
        return None
    if card.speaks_of_data:
        return Sniff(0.95, "its README.md begins with a dataset card's head, and its data files are there")
    first = files[0][1]
    if first.suffix == ".parquet" and _has_features(first):
        return Sniff(0.9, f"{first.name} carries the description that the datasets library writes")
    if "-of-" in first.name and first.suffix == ".parquet":
        return Sniff(0.8, f"{first.name} is named like a shard of a split")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every row of every split, media from inside the rows or beside them, classes by their names.

    The licence is the row's own, else the card's; the split is the one its file belongs to.
    """
    card = read_card(path)
    files = data_files(path, card, config.config)
    if config.split is not None:
        files = [(split, file) for split, file in files if split == config.split]
    for split, file in files:
        for made in read_shard(file, path, card):
            if isinstance(made, Item):
                made.split = made.split or split
                made.licence = made.licence or card.licence
            yield made


def _has_features(file: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return b"huggingface" in (pq.read_schema(file).metadata or {})
    except (pa.ArrowInvalid, OSError):
        return False
