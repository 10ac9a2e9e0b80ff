"""Label lines: one line a text, its label before a tab; one file a split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from ingather.formats.contract import FormatConfig, Sniff
from ingather.sample import Item, Loss

tasks = ("classification",)
_SUFFIX = ".labels"


class Config(FormatConfig):
    """Nothing to be set."""


def sniff(path: Path) -> Sniff | None:
    """Sure of a folder that holds files of this name."""
    found = path.is_dir() and any(path.glob(f"*{_SUFFIX}"))
    return Sniff(0.9, f"it holds files named *{_SUFFIX}") if found else None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every line of every file, in order; the file's name is the split."""
    for file in sorted(path.glob(f"*{_SUFFIX}")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            label, tab, text = line.partition("\t")
            if tab:
                yield Item(
                    f"{file.stem}/{number}", "text", text=text, label=label, split=file.stem, stamp=line
                )
            else:
                yield Loss(f"{file.name}, line {number}", "it has no tab")


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes one file a split; what the layout cannot carry is told."""
    path.mkdir(parents=True, exist_ok=True)
    flattened = 0
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}
        for item in items:
            split = item.split or "train"
            if split not in files:
                files[split] = stack.enter_context(open(path / f"{split}{_SUFFIX}", "w", encoding="utf-8"))
            text = " ".join((item.text or "").split())
            flattened += text != item.text
            files[split].write(f"{item.label}\t{text}\n")
    return [Loss(path.name, "line breaks and tabs became spaces", flattened)] if flattened else []
