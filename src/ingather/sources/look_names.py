"""The pattern that file names seem to follow: constant pieces, a few values that come again, numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingather.formats.split_names import split_of
from ingather.sources.pattern import compile_pattern

_BETWEEN = re.compile(r"([_\-. ]+)")
_ALIKE = 0.98
_MOST_VALUES = 200
_MOST_NAMES = 5000


@dataclass(frozen=True, slots=True)
class NamesFound:
    """A pattern, and what its names were seen to be.

    Attributes:
        pattern: fit for the ``files`` source.
        values: values of each name, in natural order, with how often each came.
        fits: share of the names that it fits.
    """

    pattern: str
    values: Mapping[str, Counter[str]]
    fits: float


def find_pattern(
    paths: Sequence[str], known: Mapping[str, Collection[str]], first_guess: str = "speaker"
) -> NamesFound | None:
    """The pattern of relative paths, or None where they say nothing.

    Args:
        paths: with forward slashes.
        known: names and the values they are known to have, such as a sidecar's columns.
        first_guess: what a second set of words is called when nothing else is known of it.
    """
    sample = list(paths) if len(paths) <= _MOST_NAMES else list(paths)[:: len(paths) // _MOST_NAMES + 1]
    pieces = [_pieces(path) for path in sample]
    skeletons = Counter(_skeleton(piece) for piece in pieces)
    if not skeletons:
        return None
    skeleton, count = skeletons.most_common(1)[0]
    if count < _ALIKE * len(sample):
        return _by_folders(sample, known)
    alike = [piece for piece in pieces if _skeleton(piece) == skeleton]
    pattern = _pattern(alike, known, first_guess)
    return _checked(pattern, sample) or _by_folders(sample, known)


def _pieces(path: str) -> list[str]:
    """Folders, words of the name, what stands between, and the ending: words at even places."""
    pure = PurePosixPath(path)
    found: list[str] = []
    for folder in pure.parts[:-1]:
        found += [folder, "/"]
    return [*found, *_BETWEEN.split(pure.stem), pure.suffix, ""][: None if pure.suffix else -1]


def _skeleton(pieces: Sequence[str]) -> tuple[str, ...]:
    return tuple(pieces[1::2])


def _pattern(alike: Sequence[Sequence[str]], known: Mapping[str, Collection[str]], first_guess: str) -> str:
    words = list(zip(*alike, strict=True))
    last = max(place for place in range(0, len(words), 2) if any(words[place]))
    used: list[str] = []
    parts: list[str] = []
    few = [place for place in range(0, len(words), 2) if _is_few(words[place], place == last, known)]
    named = {place: name for place in few if (name := _known_name(words[place], known))}
    for place, column in enumerate(words):
        if place % 2:
            parts.append(column[0])
            continue
        values = set(column)
        if len(values) == 1:
            parts.append(column[0])
        elif place in few:
            name = named.get(place) or _free_name(column, used, set(named.values()), first_guess)
            used.append(name)
            parts.append("{" + name + "}")
        elif all(value.isdigit() for value in values):
            parts.append("{_:d}" if "n" in used else "{n:d}")
            used.append("n")
        else:
            parts.append("{_}")
    return "".join(parts)


def _is_few(column: Sequence[str], last: bool, known: Mapping[str, Collection[str]]) -> bool:
    values = set(column)
    if not 1 < len(values) <= min(_MOST_VALUES, len(column) // 2):
        return False
    if _known_name(column, known):
        return True
    return not (last and all(value.isdigit() for value in values))


def _known_name(column: Sequence[str], known: Mapping[str, Collection[str]]) -> str | None:
    """The known name whose values hold nearly all of these; digits alone say too little."""
    values = set(column)
    for name, held in known.items():
        if len(values & set(held)) >= 0.8 * len(values) and not all(value.isdigit() for value in values):
            return name
    return None


def _free_name(column: Sequence[str], used: Sequence[str], named: set[str], first_guess: str) -> str:
    if all(split_of(value) for value in set(column)):
        return "split"
    for name in ("label", first_guess):
        if name not in used and name not in named:
            return name
    return f"part{len(used) + 1}"


def _by_folders(sample: Sequence[str], known: Mapping[str, Collection[str]]) -> NamesFound | None:
    """A pattern on the folders alone, where the names themselves follow none."""
    depths = Counter(path.count("/") for path in sample)
    depth, count = depths.most_common(1)[0]
    if depth == 0 or count < _ALIKE * len(sample):
        return None
    folders = [path.split("/")[:-1] for path in sample if path.count("/") == depth]
    used: list[str] = []
    parts = []
    for place in range(depth):
        column = [parts_of[place] for parts_of in folders]
        if len(set(column)) == 1:
            parts.append(column[0])
            continue
        if len(set(column)) > min(_MOST_VALUES, len(column) // 2):
            return None
        name = _known_name(column, known) or _free_name(column, used, set(), "part")
        used.append(name)
        parts.append("{" + name + "}")
    return _checked("/".join([*parts, "*"]), sample)


def _checked(pattern: str, sample: Sequence[str]) -> NamesFound | None:
    """The pattern with what it takes out, if it takes out anything and reads each name in one way."""
    if "{" not in pattern.replace("{_", "").replace("{n", ""):
        return None
    compiled = compile_pattern(pattern)
    values: dict[str, Counter[str]] = {name: Counter() for name in compiled.names}
    fits = 0
    for path in sample:
        found = compiled.match(path)
        if found is None or compiled.other_reading(path, found):
            continue
        fits += 1
        for name, value in found.items():
            values[name][value] += 1
    if fits < _ALIKE * len(sample):
        return None
    return NamesFound(pattern, values, fits / len(sample))
