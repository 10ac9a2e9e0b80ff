"""trafilatura, for pages that the fast way is unsure of: its text as our blocks."""

from __future__ import annotations

from ingather.errors import MissingExtra
from ingather.sources.extract.page import Block

NEEDED_FOR = "Reading pages by trafilatura"


def available() -> bool:
    """Whether trafilatura is installed."""
    from importlib.util import find_spec

    return find_spec("trafilatura") is not None


def read_by_trafilatura(html: bytes, url: str) -> tuple[Block, ...]:
    """The main text as trafilatura finds it; empty where it finds none.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import trafilatura
    except ImportError as error:
        raise MissingExtra("web", NEEDED_FOR) from error
    from lxml import etree

    try:
        written = trafilatura.extract(
            html,
            url=url,
            output_format="xml",
            include_comments=False,
            include_tables=True,
            include_formatting=False,
        )
    except (ValueError, RecursionError, etree.LxmlError):
        return ()
    if not written:
        return ()
    root = etree.fromstring(
        written.encode(), etree.XMLParser(resolve_entities=False, huge_tree=False, recover=True)
    )
    main = root.find("main") if root is not None else None
    return tuple(_blocks(main)) if main is not None else ()


def _blocks(main: object) -> list[Block]:
    blocks: list[Block] = []
    for node in main:  # type: ignore[attr-defined]
        words = " ".join("".join(node.itertext()).split())
        if not words:
            continue
        if node.tag == "head":
            level = str(node.get("rend", "h2"))[-1]
            blocks.append(Block("heading", words, int(level) if level.isdigit() else 2))
        elif node.tag == "list":
            blocks += [
                Block("item", said, 1)
                for one in node.iter("item")
                if (said := " ".join("".join(one.itertext()).split()))
            ]
        elif node.tag == "table":
            rows = [
                "\t".join(" ".join("".join(c.itertext()).split()) for c in r.iter("cell"))
                for r in node.iter("row")
            ]
            blocks.append(Block("table", "\n".join(rows)))
        elif node.tag == "code":
            blocks.append(Block("code", "".join(node.itertext()).strip("\n")))
        else:
            blocks.append(Block("quote" if node.tag == "quote" else "paragraph", words))
    return blocks
