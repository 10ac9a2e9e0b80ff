"""The learning curve as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ingather.report.markup import Markup, h, joined
from ingather.report.scale import Scale

HEIGHT = 190
_TOP, _BOTTOM = 14, 156
_LEFT, _RIGHT = 22.0, 92.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One point: what was learned from, and the figure with its interval."""

    learned_from: int
    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: ``kind`` is all (dots, solid) or worst (squares, stitched)."""

    kind: str
    dots: tuple[Dot, ...]


def curve(lines: Sequence[Line], scale: Scale, labels: Sequence[str]) -> Markup:
    """Curves over what was learned from, doublings at equal steps.

    Args:
        lines: one or two curves.
        scale: the upright axis.
        labels: one for each of its ticks.
    """
    sizes = sorted({dot.learned_from for line in lines for dot in line.dots})
    parts = [
        h(
            '<line class="axis" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
            '<text class="tick" x="0" y="{up}">{label}</text>',
            y=_y(scale, tick),
            up=_y(scale, tick) - 4,
            label=label,
        )
        for tick, label in zip(scale.ticks, labels, strict=True)
    ]
    parts += [
        h(
            '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
            _x(sizes, size),
            HEIGHT - 12,
            f"{size:,}",
        )
        for size in sizes
    ]
    parts += [_line(line, sizes, scale) for line in lines]
    return h('<svg class="m plot" height="{}" aria-hidden="true">{}</svg>', HEIGHT, joined(parts))


def _line(line: Line, sizes: Sequence[int], scale: Scale) -> Markup:
    aside = 1.6 if line.kind == "worst" else 0.0
    parts = []
    for one, other in zip(line.dots, line.dots[1:], strict=False):
        parts.append(
            h(
                '<line class="c-line" x1="{}" y1="{}" x2="{}" y2="{}"/>',
                _x(sizes, one.learned_from, aside),
                _y(scale, one.value),
                _x(sizes, other.learned_from, aside),
                _y(scale, other.value),
            )
        )
    for dot in line.dots:
        x, y = _x(sizes, dot.learned_from, aside), _y(scale, dot.value)
        parts.append(
            h(
                '<line class="i-line" x1="{x}" x2="{x}" y1="{low}" y2="{high}"/>',
                x=x,
                low=_y(scale, dot.low),
                high=_y(scale, dot.high),
            )
        )
        if line.kind == "worst":
            square = '<rect class="i-dot" x="-5" y="-5" width="10" height="10"/>'
            parts.append(h('<svg x="{}" y="{}" overflow="visible">{}</svg>', x, y, Markup(square)))
        else:
            parts.append(h('<circle class="i-dot" cx="{}" cy="{}" r="5.5"/>', x, y))
    return h('<g class="{}">{}</g>', "i-worst c-worst" if line.kind == "worst" else "c-all", joined(parts))


def _y(scale: Scale, value: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * scale.at(value) / 100, 1)


def _x(sizes: Sequence[int], size: int, aside: float = 0.0) -> str:
    first, last = math.log(max(1, sizes[0])), math.log(max(1, sizes[-1]))
    share = (math.log(max(1, size)) - first) / (last - first) if last > first else 0.5
    return f"{_LEFT + (_RIGHT - _LEFT) * share + aside:.2f}%"
