"""The page: head, landmarks, sections in order, one style sheet inside it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import ModuleType

from ingather.report.facts import Facts
from ingather.report.marks import LOGO
from ingather.report.markup import Markup, h, joined
from ingather.report.sections import (
    coverage,
    curves,
    errors,
    films,
    opening,
    proposal,
    quality,
    rejections,
    releases,
    rights,
    sources,
)

SECTIONS: tuple[ModuleType, ...] = (
    opening,
    proposal,
    coverage,
    errors,
    curves,
    quality,
    rejections,
    films,
    sources,
    rights,
    releases,
)
"""In the order in which they are read; one that has ``wanted(facts)`` is left out where that says no."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" \
content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Report: {name}, {which} · Ingather</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#top">To the report</a>
<header class="page head"><p class="brand">{logo}Ingather</p><p class="soft"><bdi>{name}</bdi> · {which} · \
plan revision {revision}</p></header>
<main class="page" id="top">
<h1>{headline}</h1>
<p class="read" dir="auto">{objective}</p>
<nav aria-label="Sections"><ul>{links}</ul></nav>
{sections}
</main>
<footer class="page"><p class="soft">Made by Ingather from what this workspace holds. It stands alone: \
it asks nothing of any other place.</p></footer>
</body>
</html>
"""


def page(facts: Facts) -> Markup:
    """The whole page; the same facts give the same bytes."""
    sections = [one for one in SECTIONS if not hasattr(one, "wanted") or one.wanted(facts)]
    which = f"release {facts.release['release']}" if facts.release else "no release yet"
    return h(
        _PAGE,
        name=facts.plan.name,
        which=which,
        style=_style(),
        logo=LOGO,
        revision=facts.revision or "not run yet",
        headline=opening.headline(facts),
        objective=facts.plan.objective,
        links=joined(h('<li><a href="#{}">{}</a></li>', one.NAME, one.TITLE) for one in sections),
        sections=joined((_section(one, facts) for one in sections), "\n"),
    )


def _section(section: ModuleType, facts: Facts) -> Markup:
    return h(
        '<section class="sheet" aria-labelledby="{name}"><h2 id="{name}">{title}</h2>{body}</section>',
        name=section.NAME,
        title=section.TITLE,
        body=section.body(facts),
    )


@cache
def _style() -> Markup:
    return Markup(files("ingather.report").joinpath("style.css").read_text(encoding="utf-8"))
