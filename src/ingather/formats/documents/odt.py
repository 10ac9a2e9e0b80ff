"""ODT (OpenDocument text): paragraphs, headings, lists and tables in their order."""

from __future__ import annotations

import io
from collections.abc import Iterator

from ingather.formats.document import Document, joined
from ingather.formats.documents.zipped import flaw_of_zip
from ingather.sample import Json


def read(content: bytes) -> Document:
    """The words, with the heading that they stand below as place."""
    from odfdo import Document as OpenDocument

    flaw = flaw_of_zip(content)
    if flaw is not None:
        return Document("", fault=flaw)
    return joined(_sections(OpenDocument(io.BytesIO(content)).body))


def _sections(body: object) -> Iterator[tuple[str, dict[str, Json]]]:
    blocks: list[str] = []
    heading = ""
    for element in body.get_elements("descendant::text:h|descendant::text:p"):  # type: ignore[attr-defined]
        words = element.inner_text.strip()
        if not words:
            continue
        if element.tag == "text:h":
            yield "\n\n".join(blocks), {"section": heading}
            level = int(element.get_attribute("text:outline-level") or 1)
            heading, blocks = words, [f"{'#' * min(max(level, 1), 6)} {words}"]
        else:
            blocks.append(words)
    yield "\n\n".join(blocks), {"section": heading}
