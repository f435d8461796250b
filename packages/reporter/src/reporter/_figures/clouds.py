"""Rainclouds: the density of each sample above its quartiles and its single values.

Allen, M., et al. (2019). Raincloud plots. Wellcome Open Research, 4, 63. The density is a Gaussian
kernel estimate with the bandwidth of Silverman (1986, equation 3.31).
"""

import math
from collections.abc import Iterator, Sequence

from .._model.charts import RaincloudFigure
from .axes import Scale, linear
from .chart_tables import empirical_quantile
from .shapes import Dot, Drawing, Line, Path, Shape, Words, cut

_WIDTH, _LABEL, _RIGHT = 720.0, 150.0, 690.0
_TOP, _ROW, _BOTTOM, _CLOUD = 10.0, 86.0, 46.0, 44.0
_MAX_LABEL, _MAX_DROPS, _MAX_KERNELS, _STEPS = 17, 150, 400, 80
_SMALLEST_SPREAD = 0.5  # in units of the drawing


def draw_raincloud(figure: RaincloudFigure) -> Drawing:
    """Return a drawing with a row for each sample."""
    scale = linear((value for each in figure.samples for value in each.values), _LABEL, _RIGHT)
    floor = _TOP + _ROW * len(figure.samples)
    shapes: list[Shape] = []
    for tick in scale.ticks:
        shapes.append(Line("grid", scale(tick), _TOP, scale(tick), floor))
        shapes.append(Words("tick", scale(tick), floor + 18, scale.tick_text(tick)))
    for number, sample in enumerate(figure.samples):
        base = _TOP + _ROW * number + _CLOUD + 4
        shapes.append(Words("label", _LABEL - 12, base, cut(sample.label, _MAX_LABEL)))
        shapes += _cloud(sorted(sample.values), scale, base, number)
    shapes.append(Words("axis", (_LABEL + _RIGHT) / 2, floor + _BOTTOM - 8, figure.axis))
    return Drawing(_WIDTH, floor + _BOTTOM, figure.caption or "distributions", tuple(shapes))


def _cloud(ordered: Sequence[float], scale: Scale, base: float, number: int) -> Iterator[Shape]:
    positions = [scale(value) for value in ordered]
    density = list(_density(positions))
    if density:
        outline = [(x, round(base - _CLOUD * height, 1)) for x, height in density]
        closed = [(outline[0][0], base), *outline, (outline[-1][0], base)]
        yield Path(f"band b{number}", closed, closed=True)
        yield Path(f"edge e{number}", outline)
    low, middle, high = (scale(empirical_quantile(ordered, q)) for q in (0.25, 0.5, 0.75))
    yield Line("rule", positions[0], base + 10, positions[-1], base + 10)
    yield Line(f"edge e{number}", low, base + 6, high, base + 6)
    yield Line(f"edge e{number}", low, base + 14, high, base + 14)
    yield Dot(f"dot d{number}", middle, base + 10, 4.0)
    every = -(-len(positions) // _MAX_DROPS)
    for at, x in enumerate(positions[::every]):
        yield Dot(f"dot d{number}", x, base + 22 + 3 * (at % 4), 1.2)


def _density(positions: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Yield (position, height from 0 to 1); nothing where all values are one."""
    mean = math.fsum(positions) / len(positions)
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in positions) / max(len(positions) - 1, 1))
    quartiles = empirical_quantile(positions, 0.75) - empirical_quantile(positions, 0.25)
    scale = min(spread, quartiles / 1.349) if quartiles > 0 else spread
    if scale < _SMALLEST_SPREAD:
        return
    bandwidth = 0.9 * scale * len(positions) ** -0.2
    kernels = positions[:: -(-len(positions) // _MAX_KERNELS)]
    low, high = positions[0] - 2 * bandwidth, positions[-1] + 2 * bandwidth
    low, high = max(low, _LABEL), min(high, _RIGHT)
    places = [low + (high - low) * step / _STEPS for step in range(_STEPS + 1)]
    heights = [
        math.fsum(math.exp(-0.5 * ((place - x) / bandwidth) ** 2) for x in kernels)
        for place in places
    ]
    top = max(heights)
    yield from ((round(x, 1), height / top) for x, height in zip(places, heights, strict=True))
