"""Encoding repair: text that was decoded with the wrong encoding is put right (ftfy).

Only mistakes of encoding are mended: curly quotes, ligatures and full-width forms stay as they were written.
Texts in plain ASCII cannot be broken in this way and are not touched.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pydantic import Field

from ingather.cleaning.contract import OperatorConfig

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

reads = "text"


class Config(OperatorConfig):
    """What is mended."""

    entities: bool = Field(True, description="turn HTML entities into characters where the text holds no tag")
    terminal: bool = Field(True, description="remove terminal escapes and control characters")


def change(batch: TextBatch, config: Config) -> list[str | None]:
    """The mended text of every sample, None where nothing changes."""
    changed: list[str | None] = [None] * len(batch)
    rows = np.flatnonzero(~batch.ascii)
    for row, text in zip(rows.tolist(), batch.filled.take(pa.array(rows)).to_pylist(), strict=True):
        mended = _mend(text, config)
        if mended != text:
            changed[row] = mended
    return changed


# What ftfy's single fixes look for beside mojibake: escapes, C0 and C1 controls, surrogates, lossy sequences.
_MARKS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u206a-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]")
_ENTITY = re.compile(r"&#?[0-9A-Za-z]{1,24};")


def _mend(text: str, config: Config) -> str:
    """Mends line by line, as ftfy does, but only lines in which one of its fixes may find something."""
    from ftfy.badness import is_bad

    entities = config.entities
    lines = text.split("\n")
    for place, line in enumerate(lines):
        entities = entities and "<" not in line
        if line.isascii():
            suspect = "\x1b" in line or bool(_MARKS.search(line))
        else:
            suspect = bool(_MARKS.search(line)) or bool(is_bad(line))
        if suspect or (entities and "&" in line and _ENTITY.search(line)):
            lines[place] = _mend_line(line, entities, config.terminal)
    return "\n".join(lines)


def _mend_line(line: str, entities: bool, terminal: bool) -> str:
    import ftfy

    mended: str = ftfy.fix_text(line, config=_options(entities, terminal))
    return mended


@cache
def _options(entities: bool, terminal: bool) -> Any:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=entities,
        remove_terminal_escapes=terminal,
        remove_control_chars=terminal,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        normalization=None,
    )
