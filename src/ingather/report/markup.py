"""HTML from templates in which every value is escaped unless it is markup itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

__all__ = ["Markup", "bdi", "h", "items", "joined", "note", "paragraph", "plain_table"]


def h(template: str, *values: object, **named: object) -> Markup:
    """A piece of HTML: ``{}`` and ``{name}`` take values, escaped unless they are markup.

    Args:
        template: written here, never by others.
        values: what fills it.
        named: likewise, by name.
    """
    return Markup(template).format(*values, **named)


def joined(parts: Iterable[object], between: str = "") -> Markup:
    """Pieces in a row."""
    return Markup(between).join(escape(part) for part in parts)


def bdi(text: object) -> Markup:
    """A word of the plan, whatever its script and direction."""
    return h("<bdi>{}</bdi>", text)


def paragraph(text: object, name: str = "") -> Markup:
    """A paragraph, with a class where it is named."""
    return h('<p class="{}">{}</p>', name, text) if name else h("<p>{}</p>", text)


def items(parts: Sequence[object]) -> Markup:
    """A plain list; nothing where there is nothing."""
    return h("<ul>{}</ul>", joined(h("<li>{}</li>", part) for part in parts)) if parts else Markup("")


def note(what: object, more: object = "", kind: str = "weld") -> Markup:
    """What somebody should come and look at: first what, then why and what to do.

    Args:
        what: the fact.
        more: why, and the way out.
        kind: weld (come and look), madder (refused) or green (done).
    """
    return h('<div class="note note-{}"><p><b>{}</b> {}</p></div>', kind, what, more)


def plain_table(
    name: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()
) -> Markup:
    """A table of words and numbers.

    Where the page is narrow, one with columns of words shows every row as a list of its cells under their
    heads; one of numbers alone keeps its shape, and scrolls inside itself if need be.

    Args:
        name: what it holds, for those who do not see it.
        columns: heads.
        rows: the first cell of each is its head.
        right: numbers of the columns that hold numbers.
    """

    def cell(number: int, value: object) -> Markup:
        kind = Markup(' class="r"') if number in right else ""
        if number == 0:
            return h('<th scope="row" role="rowheader"{}>{}</th>', kind, value)
        return h('<td role="cell" data-head="{}"{}><span>{}</span></td>', columns[number], kind, value)

    stacked = len(columns) > 2 and any(n not in right for n in range(1, len(columns)))
    heads = joined(
        h('<th scope="col" role="columnheader"{}>{}</th>', Markup(' class="r"') if n in right else "", column)
        for n, column in enumerate(columns)
    )
    lines = joined(h('<tr role="row">{}</tr>', joined(cell(n, v) for n, v in enumerate(row))) for row in rows)
    return h(
        '<div class="scroll" role="region" aria-label="{name}: table" tabindex="0">'
        '<table class="plain{stacked}" role="table"><thead role="rowgroup"><tr role="row">{heads}</tr>'
        '</thead><tbody role="rowgroup">{lines}</tbody></table></div>',
        name=name,
        stacked=" stacked" if stacked else "",
        heads=heads,
        lines=lines,
    )
