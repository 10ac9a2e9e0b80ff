"""Normal form: one way to write the same text.

Characters are composed (Unicode NFC; never NFKC by default, which changes what is meant), lines end in one
newline, control characters and spaces at the ends of lines go.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from ingather.cleaning.contract import OperatorConfig

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

reads = "text"

_LINE_END = r"\r\n?|[\x0b\x0c\x{85}\x{2028}\x{2029}]"
_CONTROL = r"\A\x{feff}|[\x00-\x08\x0e-\x1f\x7f\x{80}-\x{84}\x{86}-\x{9f}]"
_TRAILING = r"[ \t\x{a0}\x{3000}]+(\n|\z)"
_END = r"\n+\z"


class Config(OperatorConfig):
    """What is made alike."""

    form: Literal["NFC", "NFD", "NFKC", "NFKD", "none"] = Field("NFC", description="Unicode normal form")
    line_ends: bool = Field(True, description="every line ends in one newline character")
    control: bool = Field(True, description="control characters and a byte order mark are removed")
    trailing: bool = Field(
        True, description="spaces at the ends of lines and newlines at the end are removed"
    )


def change(batch: TextBatch, config: Config) -> list[str | None]:
    """The text of every sample in normal form, None where it has it already."""
    changed: list[str | None] = [None] * len(batch)
    before = after = batch.filled
    for pattern, instead in _steps(config):
        after = _replace(after, pattern, instead)
    differs = pc.not_equal(before, after).to_numpy(zero_copy_only=False)
    asked = np.flatnonzero(differs | ~batch.ascii) if config.form != "none" else np.flatnonzero(differs)
    for row, text in zip(asked.tolist(), after.take(pa.array(asked)).to_pylist(), strict=True):
        if config.form != "none" and not unicodedata.is_normalized(config.form, text):
            changed[row] = unicodedata.normalize(config.form, text)
        elif differs[row]:
            changed[row] = text
    return changed


def _replace(texts: pa.Array, pattern: str, instead: str) -> pa.Array:
    """Replaces where there is something to replace: searching costs a fraction of rewriting."""
    found = pc.match_substring_regex(texts, pattern)
    if not pc.any(found).as_py():
        return texts
    mended = pc.replace_substring_regex(texts.filter(found), pattern, instead)
    return pc.replace_with_mask(texts, found, mended)


def _steps(config: Config) -> list[tuple[str, str]]:
    steps = []
    if config.line_ends:
        steps.append((_LINE_END, "\n"))
    if config.control:
        steps.append((_CONTROL, ""))
    if config.trailing:
        steps += [(_TRAILING, r"\1"), (_END, "")]
    return steps
