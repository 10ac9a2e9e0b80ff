"""Converts a data set from one layout to another that carries the same kind of label."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from ingather.errors import InputError, OutsideError
from ingather.plugins import FORMATS, load, names
from ingather.sample import Item, Loss


@dataclass(frozen=True, slots=True)
class Conversion:
    """What came of a conversion.

    Attributes:
        items: how many items were read and handed on.
        losses: what could not be read or written, or was odd, in the order it was met.
    """

    items: int
    losses: tuple[Loss, ...]


def convert(from_format: str, from_path: Path, to_format: str, to_path: Path) -> Conversion:
    """Reads a data set in one layout and writes it in another; the target is whole or not there at all.

    Args:
        from_format: name of the layout to read.
        from_path: its folder or file.
        to_format: name of the layout to write.
        to_path: what is to be made; must not exist.

    Raises:
        InputError: a layout is unknown, cannot be written or carries other labels; there is nothing to
            read, or nothing of it can be written; or the target is there already.
        OutsideError: the disk refused.
    """
    reader, writer = load(FORMATS, from_format), load(FORMATS, to_format)
    _check(reader, from_format, from_path, writer, to_format, to_path)
    told = _Told()
    parent = to_path.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{to_path.name}-", dir=parent) as folder:
            made = Path(folder) / to_path.name
            read = reader.read(from_path, reader.Config())
            losses = writer.write(_without_carriers(told.pass_on(read)), made, writer.Config())
            if not told.items:
                raise InputError(
                    f"There is nothing to convert in {from_path}: {_first(told.losses)}",
                    why=f"No item could be read as {from_format}.",
                    fix=_guess(from_path) or "Name the folder that holds the data set itself.",
                    where=str(from_path),
                )
            if losses and not any(file.is_file() for file in (made, *made.rglob("*"))):
                raise InputError(
                    f"None of the {told.items:,} items can be written as {to_format}.",
                    why=_first(losses),
                    fix=f"Choose one of: {', '.join(n for n in _partners(reader) if n != to_format)}.",
                    where=str(from_path),
                )
            _sync(made)
            if to_path.exists():
                raise _taken(to_path)
            os.replace(made, to_path)
    except OSError as error:
        raise OutsideError(
            f"{to_path} could not be written: {error.strerror or error}",
            why="Nothing is left behind; what was read is untouched.",
            fix="Make room or choose another place, and convert again.",
            where=str(to_path),
        ) from error
    return Conversion(told.items, (*told.losses, *losses))


class _Told:
    """Counts items and gathers losses while they pass."""

    def __init__(self) -> None:
        self.items = 0
        self.losses: list[Loss] = []

    def pass_on(self, found: Iterable[Item | Loss]) -> Iterator[Item]:
        for thing in found:
            if isinstance(thing, Loss):
                self.losses.append(thing)
            else:
                self.items += 1
                yield thing


def _without_carriers(items: Iterable[Item]) -> Iterator[Item]:
    return (item for item in items if not item.carrier)


def _check(
    reader: ModuleType, from_format: str, from_path: Path, writer: ModuleType, to_format: str, to_path: Path
) -> None:
    if not hasattr(writer, "write"):
        able = [name for name in names(FORMATS) if hasattr(load(FORMATS, name), "write")]
        raise InputError(
            f"The format '{to_format}' can be read, but not written.",
            fix=f"Choose one of: {', '.join(able)}.",
        )
    if not set(reader.tasks) & set(writer.tasks):
        holds, wants = " and ".join(reader.tasks), " and ".join(writer.tasks)
        raise InputError(
            f"'{from_format}' holds {holds}, '{to_format}' {wants}.",
            why="A conversion keeps labels only between formats that share a kind of them.",
            fix=f"Choose one of: {', '.join(_partners(reader))}.",
        )
    if not from_path.exists():
        near = get_close_matches(from_path.name, [p.name for p in _beside(from_path)], n=1)
        raise InputError(
            f"There is nothing at {from_path}.",
            fix=f"Write {from_path.parent / near[0]}." if near else "Name a folder or file that exists.",
            where=str(from_path),
        )
    if to_path.exists():
        raise _taken(to_path)


def _taken(to_path: Path) -> InputError:
    return InputError(
        f"{to_path} exists already.",
        why="A conversion never overwrites anything.",
        fix="Name a place that does not exist yet, or remove that one.",
        where=str(to_path),
    )


def _partners(reader: ModuleType) -> list[str]:
    modules = {name: load(FORMATS, name) for name in names(FORMATS)}
    return [n for n, m in modules.items() if hasattr(m, "write") and set(m.tasks) & set(reader.tasks)]


def _beside(path: Path) -> list[Path]:
    return sorted(path.parent.iterdir()) if path.parent.is_dir() else []


def _first(losses: list[Loss]) -> str:
    return f"{losses[0].where}: {losses[0].reason}" if losses else "it is empty."


def _guess(path: Path) -> str:
    """Which layout the path seems to have instead, as a fix, or nothing."""
    for name in names(FORMATS):
        module = load(FORMATS, name)
        sniffed = module.sniff(path) if hasattr(module, "sniff") else None
        if sniffed and sniffed.sure >= 0.5:
            return f"Write {name}:{path}, for {sniffed.why}."
    return ""


def _sync(made: Path) -> None:
    """Brings everything made onto the disk before it gets its name."""
    if not made.exists():
        made.mkdir(parents=True)
    files = [made] if made.is_file() else [file for file in made.rglob("*") if file.is_file()]
    for file in files:
        with file.open("rb+") as opened:
            os.fsync(opened.fileno())
