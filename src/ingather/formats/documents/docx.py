"""DOCX: paragraphs, headings and tables in their order."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from ingather.formats.document import Document, joined
from ingather.formats.documents.zipped import flaw_of_zip
from ingather.sample import Json

_HEADING = re.compile(r"(?:Heading|heading|Title) ?(\d)?")


def read(content: bytes) -> Document:
    """The words, with the heading that they stand below as place."""
    from docx import Document as read_docx

    flaw = flaw_of_zip(content)
    if flaw is not None:
        return Document("", fault=flaw)
    document = read_docx(io.BytesIO(content))
    return joined(_sections(document))


def _sections(document: object) -> Iterator[tuple[str, dict[str, Json]]]:
    from docx.table import Table

    blocks: list[str] = []
    heading = ""
    for block in document.iter_inner_content():  # type: ignore[attr-defined]
        if isinstance(block, Table):
            rows = ("\t".join(cell.text.strip() for cell in row.cells) for row in block.rows)
            blocks.append("\n".join(rows))
            continue
        words = block.text.strip()
        level = _HEADING.match(block.style.name or "") if block.style is not None else None
        if level is not None and words:
            yield "\n\n".join(blocks), {"section": heading}
            heading, blocks = words, [f"{'#' * min(int(level[1] or 1), 6)} {words}"]
        elif words:
            blocks.append(words)
    yield "\n\n".join(blocks), {"section": heading}
