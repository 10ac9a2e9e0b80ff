"""Films: a few of those that are kept and of those set aside, four moments of each."""

from __future__ import annotations

import base64

from ingather.report.facts import Facts
from ingather.report.films import Shown
from ingather.report.markup import Markup, bdi, h, joined
from ingather.report.wording import count, several

NAME = "films"
TITLE = "What the films show"


def wanted(facts: Facts) -> bool:
    """Only a plan of films has this section."""
    return facts.plan.modality == "video"


def body(facts: Facts) -> Markup:
    """Contact sheets under their labels; those set aside with the reason."""
    if not facts.films:
        return h("<p>Here will stand four moments of some films. To begin: <code>ingather run</code></p>")
    kept = [one for one in facts.films if one.aside is None]
    aside = [one for one in facts.films if one.aside is not None]
    parts: list[object] = [
        h(
            '<p class="soft">{} of {}, drawn by lot, each label in turn; four moments of each. '
            "Look at them before you pass this report on: they may show people.</p>",
            several(len(facts.films), "film"),
            count(facts.states.get("collected", 0)),
        )
    ]
    if kept:
        parts.append(_gallery(kept))
    if aside:
        parts += [h("<h3>Set aside</h3>"), _gallery(aside)]
    return joined(parts)


def _gallery(films: list[Shown]) -> Markup:
    return h('<ul class="films">{}</ul>', joined(h("<li>{}</li>", _figure(one)) for one in films))


def _figure(film: Shown) -> Markup:
    length = f"{film.seconds:.1f} s" if film.seconds is not None else ""
    moments = ", ".join(f"{time:.1f}" for time in film.times)
    said = f"{len(film.times)} frames of a film" + (f" labelled {film.label}" if film.label else "")
    reason = h('<span class="sub">{}</span>', film.aside) if film.aside else ""
    return h(
        '<figure><img src="data:image/webp;base64,{}" width="{}" height="{}" alt="{}">'
        '<figcaption>{} <span class="soft">{} <code>{}</code></span>{}</figcaption></figure>',
        base64.b64encode(film.picture).decode(),
        film.width,
        film.height,
        f"{said}, at {moments} s",
        h("<b>{}</b>", bdi(film.label)) if film.label else "",
        length,
        film.sample[:12],
        reason,
    )
