"""What a Croissant field makes of a value: transforms in order, then its data type."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ingather.formats.croissant_model import Field, Source
from ingather.formats.values import number, plain
from ingather.sample import Json

_LONGEST = 1 << 20
_NUMBERS = ("Integer", "Float", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64",
            "Float16", "Float32", "Float64", "Number")  # fmt: skip
_MISSING = ("", "NA", "NaN", "nan", "null", "None")


class BadValue(ValueError):
    """A value cannot be had; the message says why."""


def transformed(value: Any, source: Source) -> Any:
    """A value after the transforms of its source.

    Raises:
        BadValue: a transform is unknown or does not fit.
    """
    for name, told in source.transforms:
        if isinstance(value, list):
            value = [_transform(one, name, told) for one in value]
        else:
            value = _transform(value, name, told)
    return value


def typed(value: Any, field: Field) -> Any:
    """A value as its field's data type; a list where the field holds several.

    Raises:
        BadValue: it is none of that type.
    """
    if isinstance(value, list):
        return [_typed(one, field) for one in value]
    found = _typed(value, field)
    return [found] if field.repeated and found is not None else found


def json_path(document: Json, path: str) -> list[Json]:
    """What a path of names and indices, such as ``$.images[*].id``, finds in a document.

    Raises:
        BadValue: the path has something else in it (filters, ``..``).
    """
    found = [document]
    for step in _steps(path):
        if step == "*":
            found = [
                inner
                for one in found
                for inner in (one if isinstance(one, list) else one.values() if isinstance(one, dict) else ())
            ]
        elif isinstance(step, int):
            found = [one[step] for one in found if isinstance(one, list) and -len(one) <= step < len(one)]
        else:
            found = [one[step] for one in found if isinstance(one, dict) and step in one]
    return found


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str | int, ...]:
    import re

    steps: list[str | int] = []
    place = 1 if path.startswith("$") else 0
    token = re.compile(r"\.?\[(\*|-?\d{1,9})\]|\.?\[['\"]([^'\"]*)['\"]\]|\.(\*)|\.?([^.\[\]]+)")
    while place < len(path):
        found = token.match(path, place)
        if found is None:
            raise BadValue(
                f"the path '{path[:80]}' has '{path[place : place + 10]}', which is not understood"
            )
        index, quoted, star, name = found.groups()
        if index is not None:
            steps.append("*" if index == "*" else int(index))
        else:
            steps.append(star or (quoted if quoted is not None else name))
        place = found.end()
    return tuple(steps)


def _transform(value: Any, name: str, told: str) -> Any:
    if name == "regex":
        return None if value is None else _captured(_words(value), told)
    if name == "replace":
        before, _, after = told.partition("/")
        return _words(value).replace(before, after) if before else value
    if name in ("separator", "delimiter"):
        return _words(value).split(told) if told and _words(value) else []
    if name in ("jsonpath", "jsonquery"):
        import orjson

        try:
            document = orjson.loads(value) if isinstance(value, str | bytes) else value
        except orjson.JSONDecodeError as error:
            raise BadValue(f"is no JSON: {error}") from error
        found = json_path(document, told)
        return found[0] if len(found) == 1 else found
    if name == "readlines":
        return _words(value).splitlines()
    if name in ("format", "samplingrate", "unarchive"):
        return value  # of dates, boxes and sound, which stay as they are
    raise BadValue(f"the transform '{name}' is not known")


def _captured(words: str, pattern: str) -> str:
    """The first group of a pattern that fits from the start, else the words as they are.

    By RE2, which no pattern keeps busy.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(words) > _LONGEST:
        raise BadValue("the text is too long for a pattern")
    try:
        found = pc.extract_regex(pa.scalar(words), pattern=_grouped(pattern)).as_py()
    except (pa.ArrowInvalid, ValueError) as error:
        raise BadValue(
            f"the pattern '{pattern[:80]}' cannot be used: {str(error).splitlines()[0]}"
        ) from error
    return found["g"] if found and found["g"] else words


@lru_cache(maxsize=256)
def _grouped(pattern: str) -> str:
    """The pattern with its first group named ``g``, the whole of it where it has none."""
    place, inside = 0, False
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif sign == "[":
            inside = True
        elif sign == "]":
            inside = False
        elif sign == "(" and not inside:
            rest = pattern[place + 1 :]
            if rest.startswith(("?P<", "?<")) and not rest.startswith(("?<=", "?<!")):
                return f"^(?:{pattern[:place]}(?P<g>{rest.partition('>')[2]})"
            if not rest.startswith("?"):
                return f"^(?:{pattern[:place]}(?P<g>{rest})"
        place += 1
    return f"^(?:{pattern})(?P<g>)"


def _words(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def _typed(value: Any, field: Field) -> Any:
    if value is None or isinstance(value, bytes):
        if value is not None and "Text" in field.types:
            return value.decode("utf-8", "replace")
        return value
    if any(kind in _NUMBERS for kind in field.types) and isinstance(value, str):
        told = number(value)
        if told is None and value.strip() not in _MISSING:
            raise BadValue(f"'{value[:60]}' is no number")
        return told
    if "Boolean" in field.types and isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower(), value)
    return value if isinstance(value, str) else plain(value)
