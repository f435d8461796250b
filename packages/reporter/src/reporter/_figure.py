"""Values with intervals, drawn as SVG inside the page."""

import math
from collections.abc import Sequence

from ._report import IntervalFigure

_WIDTH, _ROW, _TOP, _BOTTOM, _LABEL, _RIGHT = 720, 30, 10, 46, 200, 44
_LONGEST_LABEL = 28


def figure_svg(figure: IntervalFigure) -> str:
    """The drawing as SVG markup; every text in it is escaped."""
    from markupsafe import escape  # noqa: PLC0415  # only a page with figures needs it

    low, high = _range(figure)
    ticks = _ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])
    height = _TOP + _ROW * len(figure.points) + _BOTTOM
    floor = height - _BOTTOM

    def x(value: float) -> float:
        return _LABEL + (value - low) / (high - low) * (_WIDTH - _LABEL - _RIGHT)

    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" class="figure">',
        f"<title>{escape(figure.caption or 'values with their intervals')}</title>",
    ]
    for tick in ticks:
        parts += [
            f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{_TOP}" y2="{floor}"/>',
            f'<text class="tick" x="{x(tick):.1f}" y="{floor + 18}">{tick:g}</text>',
        ]
    if figure.reference is not None and low <= figure.reference <= high:
        place = f"{x(figure.reference):.1f}"
        parts.append(
            f'<line class="reference" x1="{place}" x2="{place}" y1="{_TOP}" y2="{floor}"/>'
        )
    for number, point in enumerate(figure.points):
        y = _TOP + _ROW * number + _ROW / 2
        label = point.label
        if len(label) > _LONGEST_LABEL:
            label = label[: _LONGEST_LABEL - 1] + "…"
        parts.append(
            f'<text class="label" x="{_LABEL - 14}" y="{y + 4:.1f}">{escape(label)}</text>'
        )
        if point.low is not None and point.high is not None:
            ends = f'x1="{x(point.low):.1f}" x2="{x(point.high):.1f}"'
            parts.append(f'<line class="interval" {ends} y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<circle class="value" cx="{x(point.value):.1f}" cy="{y:.1f}" r="4.5"/>')
    middle = (_LABEL + _WIDTH - _RIGHT) / 2
    parts.append(
        f'<text class="axis" x="{middle:.1f}" y="{height - 8}">{escape(figure.axis)}</text>'
    )
    return "".join([*parts, "</svg>"])


def _range(figure: IntervalFigure) -> tuple[float, float]:
    numbers = [
        number
        for point in figure.points
        for number in (point.value, point.low, point.high, figure.reference)
        if number is not None
    ]
    low, high = min(numbers), max(numbers)
    pad = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return low - pad, high + pad


def _ticks(low: float, high: float) -> Sequence[float]:
    """About five round numbers that cover the range."""
    raw = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(number * step, 12) for number in range(first, last + 1)]
