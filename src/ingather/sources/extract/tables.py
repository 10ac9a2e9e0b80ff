"""Tables of data as records; tables that only lay a page out are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingather.sources.extract.page import Table

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_TABLES = 200
MAX_ROWS = 20_000
MAX_COLUMNS = 200
_FURNITURE = ("nav", "footer", "aside", "header", "form")


def tables_in(tree: LexborHTMLParser) -> tuple[Table, ...]:
    """Every table of data with at least one row and two columns, in reading order."""
    found = (_table(node) for node in tree.css("table")[:MAX_TABLES])
    return tuple(table for table in found if table is not None)


def _table(node: LexborNode) -> Table | None:
    attributes = node.attributes
    if (attributes.get("role") or "") in ("presentation", "none") or node.css_first(
        "table table, form"
    ) is not None:
        return None
    if any(above in _FURNITURE for above in _above(node)):
        return None
    rows = [cells for row in node.css("tr")[:MAX_ROWS] if (cells := row.css("td, th"))]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return None
    if sum(
        cell.css_first("p + p, div, ul, h1, h2, h3") is not None for row in rows for cell in row
    ) * 4 > len(rows):
        return None
    header = rows[0] if all(cell.tag == "th" for cell in rows[0]) else None
    if header is None and len(rows[0]) == 2 and all(row[0].tag == "th" for row in rows):
        pairs = {_text(row[0]) or f"row {n}": _text(row[-1]) for n, row in enumerate(rows, 1)}
        return Table(tuple(pairs), (pairs,), _caption(node))
    grid = _spread(rows)
    width = max(map(len, grid))
    names: list[str] = grid[0] if header is not None else []
    columns = _columns(names, width)
    records = tuple(
        dict(zip(columns, [*row, *[""] * (width - len(row))], strict=True))
        for row in (grid[1:] if header is not None else grid)
    )
    return Table(columns, records, _caption(node)) if records else None


def _spread(rows: list[list[LexborNode]]) -> list[list[str]]:
    """The cells as a grid: one that spans rows or columns stands in each of them."""
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for row in rows:
        line: list[str] = []
        cells = list(row)
        while cells or len(line) in hanging:
            at = len(line)
            if at >= MAX_COLUMNS:
                break
            if at in hanging:
                left, text = hanging.pop(at)
                if left > 1:
                    hanging[at] = (left - 1, text)
                line.append(text)
                continue
            cell = cells.pop(0)
            text = _text(cell)
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            for offset in range(min(across, MAX_COLUMNS - at)):
                if down > 1:
                    hanging[at + offset] = (down - 1, text)
                line.append(text)
        grid.append(line)
    return grid


def _columns(names: list[str], width: int) -> tuple[str, ...]:
    columns: list[str] = []
    for number in range(width):
        name = (names[number] if number < len(names) else "") or f"column {number + 1}"
        again = 2
        plain = name
        while name in columns:
            name, again = f"{plain} {again}", again + 1
        columns.append(name)
    return tuple(columns)


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return min(int(value), 1000) if value.isascii() and value.isdigit() and int(value[:6]) else 1


def _text(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())


def _caption(node: LexborNode) -> str:
    caption = node.css_first("caption")
    return _text(caption) if caption is not None else ""


def _above(node: LexborNode) -> list[str]:
    names: list[str] = []
    above = node.parent
    while above is not None and len(names) < 60:
        names.append(above.tag or "")
        above = above.parent
    return names
