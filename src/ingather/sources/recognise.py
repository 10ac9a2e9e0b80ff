"""Which layout a folder or file has: every format looks at it, the surest wins, and doubt is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingather.errors import InputError
from ingather.formats.contract import Sniff
from ingather.plugins import FORMATS, load, names
from ingather.sources.look_unknown import describe

SURE = 0.5
"""From here on a layout is taken without being named."""
_CLOSE = 0.05


@dataclass(frozen=True, slots=True)
class Recognised:
    """One layout that a path may have.

    Attributes:
        format: the plug-in's name.
        path: the folder it was found in: the path itself, or one inside it.
        sniff: how sure, and why.
    """

    format: str
    path: Path
    sniff: Sniff


def candidates(path: Path) -> list[Recognised]:
    """Every layout that some format sees, the surest first, with folders inside looked into if need be."""
    found = _looked_at(path)
    if path.is_dir() and (not found or found[0].sniff.sure < SURE):
        inner = [
            folder for folder in sorted(path.iterdir()) if folder.is_dir() and folder.name[0] not in "._"
        ]
        for folder in inner[:20]:
            found += [one for one in _looked_at(folder) if one.sniff.sure >= SURE]
        found.sort(key=lambda one: -one.sniff.sure)
    return found


def recognise(path: Path) -> tuple[Recognised, str]:
    """The layout of a path, and words of doubt where two are equally likely.

    Raises:
        InputError: no format is sure enough; the nearest are described.
    """
    found = candidates(path)
    if not found or found[0].sniff.sure < SURE:
        raise unknown_layout(path, found)
    best = found[0]
    doubt = ""
    close = [one for one in found[1:] if best.sniff.sure - one.sniff.sure < _CLOSE]
    rivals = [one for one in close if one.format != best.format]
    if rivals:
        doubt = (
            f"read as {best.format} ({best.sniff.why}), but it may as well be {rivals[0].format} "
            f"({rivals[0].sniff.why}): write 'format:' to be sure"
        )
    return best, doubt


def unknown_layout(path: Path, found: list[Recognised]) -> InputError:
    """The words for a data set of no known layout: what is there, and what is nearest to it."""
    told, alike = describe(path)
    nearest = "; ".join(f"{one.format} ({one.sniff.why})" for one in found[:3]) or alike
    return InputError(
        f"'{path.name}' has no layout that is known for sure. {told}.",
        why=f"The nearest known: {nearest}.",
        fix="Write 'format:' if it is one of "
        f"{', '.join(names(FORMATS))}; else take 'kind: files' and say what its columns or names mean.",
        where=str(path),
    )


def _looked_at(path: Path) -> list[Recognised]:
    found = []
    for name in names(FORMATS):
        module = load(FORMATS, name)
        sniffed = module.sniff(path)
        if sniffed is not None and sniffed.sure > 0:
            found.append(Recognised(name, path, sniffed))
    return sorted(found, key=lambda one: (-one.sniff.sure, one.format))
