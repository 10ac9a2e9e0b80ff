"""The marks of the report as inline SVG, places in per cent so that they fit any width.

The post is what the plan wants, and nothing else is. Marks are silent to those who cannot see them, since
their numbers stand in the same row.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingather.report.markup import Markup, h, joined
from ingather.report.scale import Scale

LOGO = Markup(
    '<svg class="logo" width="30" height="30" viewBox="0 0 30 30" aria-hidden="true">'
    '<g fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round">'
    '<path d="M4 6c0 8 9 7 11 14M15 4v16M26 6c0 8-9 7-11 14M15 22v5"/></g>'
    '<g class="logo-end" stroke="currentColor" stroke-width="2"><circle cx="4" cy="5" r="2.6"/>'
    '<circle cx="15" cy="4" r="2.6"/><circle cx="26" cy="5" r="2.6"/></g>'
    '<circle class="logo-all" cx="15" cy="21" r="5.2"/></svg>'
)
KEY_KEPT = Markup(
    '<svg width="28" height="16" aria-hidden="true">'
    '<rect class="s-done" width="28" height="16" rx="2"/></svg>'
)
KEY_GAP = Markup(
    '<svg width="28" height="16" aria-hidden="true"><line class="s-gap" x1="2" x2="27" y1="8" y2="8"/></svg>'
)
KEY_POST = Markup(
    '<svg width="14" height="18" aria-hidden="true"><line class="s-post" x1="11" x2="11" y1="1" y2="18"/>'
    '<path class="s-flag" d="M11 0L2 3.5L11 7z"/></svg>'
)


def _at(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def post(place: float, height: int) -> Markup:
    """What the plan wants: an upright post with a flag, clear of what it crosses.

    Args:
        place: per cent from the start.
        height: of the mark, in px.
    """
    return h(
        '<line class="s-halo" x1="{x}" x2="{x}" y1="3" y2="{end}"/>'
        '<line class="s-post" x1="{x}" x2="{x}" y1="1" y2="{end}"/>'
        '<svg x="{x}" overflow="visible"><path class="s-flag" d="M0 0L-9 3.5L0 7z"/></svg>',
        x=_at(place),
        end=height,
    )


def quota(kept: float, target: float) -> Markup:
    """A bar of what is kept, a stitch for what is still to come, and the post at the wish.

    Args:
        kept: amount that counts.
        target: amount wanted; 0 for none.
    """
    most = max(kept, target)
    done = 100 * kept / most if most else 0.0
    parts = []
    if kept < target:
        parts.append(h('<line class="s-gap" x1="{}" x2="100%" y1="13" y2="13"/>', _at(min(done + 1.2, 99))))
    if kept > 0:
        parts.append(h('<rect class="s-done" x="0" y="5" width="{}" height="16" rx="2"/>', _at(done)))
    if target > 0:
        parts.append(post(100 * target / most, 22))
    return h('<svg class="m" height="22" aria-hidden="true">{}</svg>', joined(parts))


def interval(
    scale: Scale, low: float, value: float, high: float, *, goal: float | None = None, kind: str = ""
) -> Markup:
    """A dot with whiskers on a hairline, and the post where the plan has a goal.

    Args:
        scale: the axis.
        low: lower end.
        value: the estimate.
        high: upper end.
        goal: what the plan wants.
        kind: ``worst`` (told in words beside it), ``thin`` (too little to judge), or nothing.
    """
    ends = joined(
        h('<line class="i-line" x1="{x}" x2="{x}" y1="8" y2="18"/>', x=_at(scale.at(end)))
        for end in (low, high)
    )
    return h(
        '<svg class="m{kind}" height="24" aria-hidden="true">'
        '<line class="axis" x1="0" x2="100%" y1="13" y2="13"/>{post}'
        '<line class="i-line i-span" x1="{low}" x2="{high}" y1="13" y2="13"/>{ends}'
        '<circle class="i-dot" cx="{at}" cy="13" r="5.5"/></svg>',
        kind=f" i-{kind}" if kind else "",
        post=post(scale.at(goal), 24) if goal is not None else "",
        low=_at(scale.at(low)),
        high=_at(scale.at(high)),
        ends=ends,
        at=_at(scale.at(value)),
    )


def ticks(scale: Scale, labels: Sequence[str]) -> Markup:
    """The numbers under the axis of intervals; every second one where they would crowd.

    Args:
        scale: the axis.
        labels: one for each tick.
    """
    parts = []
    # of every second one, nought is shown where the axis begins there, else the upper end
    offset = 0 if not scale.ticks or abs(scale.ticks[0]) < 1e-12 else (len(scale.ticks) - 1) % 2
    for number, (tick, label) in enumerate(zip(scale.ticks, labels, strict=True)):
        if len(scale.ticks) > 3 and number % 2 != offset:
            continue
        place = scale.at(tick)
        anchor = "start" if place < 8 else "end" if place > 92 else "middle"
        parts.append(
            h('<text class="tick" x="{}" y="16" text-anchor="{}">{}</text>', _at(place), anchor, label)
        )
    return h('<svg class="m" height="22" aria-hidden="true">{}</svg>', joined(parts))


def way(counts: Sequence[tuple[str, str, bool]]) -> Markup:
    """The way of the samples: a thread of knots, each with its word and number under it.

    Args:
        counts: word, number, and whether it was come to.
    """
    share = 100 / len(counts)
    parts = []
    for number in range(1, len(counts)):
        kind = "t-line" if counts[number][2] else "t-off"
        x = (_at(share * (number - 0.5)), _at(share * (number + 0.5)))
        parts.append(h('<line class="{}" x1="{}" x2="{}" y1="12" y2="12"/>', kind, *x))
    for number, (_, _, done) in enumerate(counts):
        last = number == len(counts) - 1
        place = _at(share * (number + 0.5))
        radius = 10 if last else 6
        parts.append(
            h('<circle class="{}" cx="{}" cy="12" r="{}"/>', "t-on" if done else "t-open", place, radius)
        )
        if last and done:
            tick = '<svg x="{}" overflow="visible"><path class="t-tick" d="M-4.5 12.5l3 3l6-6.5"/></svg>'
            parts.append(h(tick, place))
    words = joined(h('<div><dt>{}</dt><dd class="num">{}</dd></div>', word, told) for word, told, _ in counts)
    return h(
        '<div class="way"><svg height="24" aria-hidden="true">{}</svg><dl>{}</dl></div>', joined(parts), words
    )
