"""Which curve describes growth: families fitted by least squares, weighed by AICc.

For such questions as how accuracy grows with the size of a panel. Every family is linear but for
one shape, which is searched (variable projection, Golub and Pereyra 1973).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from .._core.errors import InvalidDataError, NotEnoughDataError, UnknownRowError
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_choice, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Note
from .._core.shown import shown
from .._core.wording import number
from .._data.intake import matched
from .._data.pairs import Pairs, clean_pairs
from .._data.values import ValuesByItem, check_squares

CurveFamily = Literal["constant", "linear", "logarithmic", "power", "exponential", "hyperbolic"]
FAMILIES: tuple[CurveFamily, ...] = get_args(CurveFamily)
_SHAPES = 200
_ROUNDS = 3  # each narrows the shape by the number of shapes
_CLOSE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveFit(Result):
    """One family fitted to the points.

    Attributes:
        formula: The curve in x, with the names of ``parameters``.
        aicc: The corrected Akaike criterion; ``delta`` is its distance from the best family, and
            ``weight`` the family's share of support.
        limit: Where the curve ends as x grows; infinite where it does not level off.
    """

    family: CurveFamily
    formula: str
    parameters: dict[str, float]
    rss: float
    aicc: float
    delta: float = 0.0
    weight: float = 0.0
    limit: float = math.inf

    def predict(self, x: float) -> float:
        """The curve at ``x``."""
        shape = self.parameters.get("c", 0.0)
        a, b = self.parameters["a"], self.parameters.get("b", 0.0)
        return a + b * float(_BASES[self.family](np.array([x]), shape)[0])

    @shown
    def __str__(self) -> str:
        values = ", ".join(f"{name} = {number(value)}" for name, value in self.parameters.items())
        return f"{self.family}: y = {self.formula} with {values} (AICc {number(self.aicc)})"

    def table(self) -> ResultTable:
        return CurveFits(fits=(self,), n=0).table()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveFits(Result):
    """All families, the best first."""

    fits: tuple[CurveFit, ...]
    n: int
    warnings: tuple[Note, ...] = ()
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def best(self) -> CurveFit:
        """The family with the smallest AICc."""
        return self.fits[0]

    def fit(self, family: str) -> CurveFit:
        """The fit of one family.

        Raises:
            UnknownRowError: The family was not fitted.
        """
        for each in self.fits:
            if each.family == family:
                return each
        raise UnknownRowError(family, [each.family for each in self.fits])

    def predict(self, x: float) -> float:
        """The mean of all families at ``x``, by their weights."""
        return math.fsum(each.weight * each.predict(x) for each in self.fits)

    @shown
    def __str__(self) -> str:
        close = [each.family for each in self.fits[1:] if each.delta < _CLOSE]
        text = f"{self.best} of {self.n} points, weight {number(self.best.weight)}"
        return f"{text}; as well supported: {', '.join(close)}." if close else f"{text}."

    def table(self) -> ResultTable:
        return ResultTable(
            title="Curves by AICc",
            columns=("Family", "y", "Parameters", "AICc", "Delta", "Weight", "Limit"),
            rows=tuple(
                (
                    each.family,
                    each.formula,
                    ", ".join(f"{k} = {number(v)}" for k, v in each.parameters.items()),
                    number(each.aicc),
                    number(each.delta),
                    number(each.weight),
                    number(each.limit),
                )
                for each in self.fits
            ),
            notes=tuple(map(str, self.warnings)),
        )


Basis = Callable[[FloatArray, float], FloatArray]
_BASES: dict[str, Basis] = {
    "constant": lambda x, _: np.zeros_like(x),
    "linear": lambda x, _: x,
    "logarithmic": lambda x, _: np.log(x),
    "power": lambda x, c: -(x**-c),
    "exponential": lambda x, c: -np.exp(-x / c),
    "hyperbolic": lambda x, c: -1 / (x + c),
}
_FORMULAS = {
    "constant": "a",
    "linear": "a + b x",
    "logarithmic": "a + b ln(x)",
    "power": "a - b x^-c",
    "exponential": "a - b exp(-x/c)",
    "hyperbolic": "a - b/(x + c)",
}
_SHAPED = ("power", "exponential", "hyperbolic")


@checked_options
def fit_curves(
    x: ValuesByItem,
    y: ValuesByItem,
    *,
    errors: ValuesByItem | None = None,
    families: Sequence[CurveFamily] = FAMILIES,
) -> CurveFits:
    """Fit families of curves and weigh them by AICc (Hurvich and Tsai 1989).

    Args:
        x: Sizes above 0, such as the number of models in a panel.
        y: What was measured at each.
        errors: The standard error of each ``y``; left out, all count alike.
        families: ``constant``, ``linear``, ``logarithmic``, ``power``, ``exponential`` and
            ``hyperbolic``; the last three level off.

    Returns:
        The families that the points can tell apart, the best first, with Akaike weights.

    Raises:
        NotEnoughDataError: Too few points for any of the families.
        InvalidDataError: A size or an error that is not above 0.

    Example:
        >>> sizes = [1, 2, 3, 5, 7, 9, 11]
        >>> accuracy = [0.60, 0.68, 0.72, 0.755, 0.77, 0.778, 0.783]
        >>> bench.fit_curves(sizes, accuracy).best.family
        'hyperbolic'
    """
    if not families:
        check_choice("families", families, FAMILIES)
    for family in families:
        check_choice("families", family, FAMILIES)
    pairs = clean_pairs(x, y, names=("x", "y"))
    sizes, values = pairs.control, pairs.treatment
    check_squares(values, "y")
    weights = np.ones(len(values)) if errors is None else _weights(errors, pairs)
    if float(sizes.min()) <= 0:
        raise InvalidDataError("x", "sizes must be above 0")
    known = errors is not None
    found = [_fit(each, sizes, values, weights, known=known) for each in dict.fromkeys(families)]
    fits = [each for each in found if each is not None]
    if not fits:
        raise NotEnoughDataError("points", needed=5, got=len(values))
    best = min(each.aicc for each in fits)
    shares = [math.exp(-(each.aicc - best) / 2) for each in fits]
    total = math.fsum(shares)
    weighed = [
        _weighed(each, each.aicc - best, share / total)
        for each, share in zip(fits, shares, strict=True)
    ]
    few = len(fits) < len(found)
    return CurveFits(
        fits=tuple(sorted(weighed, key=lambda each: each.aicc)),
        n=len(values),
        warnings=(note("FEW_POINTS", f"{len(values)} points"),) if few else (),
        absent={
            family: "too few points"
            for family, fit in zip(dict.fromkeys(families), found, strict=True)
            if fit is None
        },
    )


def _weighed(fit: CurveFit, delta: float, weight: float) -> CurveFit:
    return CurveFit(
        family=fit.family,
        formula=fit.formula,
        parameters=fit.parameters,
        rss=fit.rss,
        aicc=fit.aicc,
        delta=delta,
        weight=weight,
        limit=fit.limit,
    )


def _weights(errors: ValuesByItem, pairs: Pairs) -> FloatArray:
    """One over the squared standard error of every point."""
    spread = matched(errors, "errors", len(pairs.control), pairs.ids)
    if not bool((spread > 0).all()) or not np.isfinite(spread).all():
        raise InvalidDataError("errors", "needs one standard error above 0 per point")
    found: FloatArray = 1 / spread**2
    return found


def _fit(
    family: CurveFamily, x: FloatArray, y: FloatArray, weights: FloatArray, *, known: bool
) -> CurveFit | None:
    """The least squares of one family, or None where the points are too few for its AICc."""
    count = 1 if family == "constant" else 2 if family not in _SHAPED else 3
    k, n = count + (0 if known else 1), len(y)
    if n - k - 1 < 1 or len(set(x.tolist())) < count:
        return None
    shapes = _grid(family, x)
    rss, shape, (a, b) = min(_solve(family, x, y, weights, each) for each in shapes)
    if family in _SHAPED:
        for _ in range(_ROUNDS):
            low, high = _neighbours(shapes, shape)
            shapes = np.geomspace(low, high, _SHAPES).tolist()
            rss, shape, (a, b) = min(_solve(family, x, y, weights, each) for each in shapes)
    scale = max(float(weights @ y**2), 1e-300)
    fitted = rss if known else n * math.log(max(rss, 1e-28 * scale) / n)
    names = {"a": a}
    if count > 1:
        names["b"] = b
    if family in _SHAPED:
        names["c"] = shape
    level = a if family in ("constant", *_SHAPED) else math.copysign(math.inf, b or 1.0)
    return CurveFit(
        family=family,
        formula=_FORMULAS[family],
        parameters=names,
        rss=rss,
        aicc=fitted + 2 * k + 2 * k * (k + 1) / (n - k - 1),
        limit=level,
    )


def _grid(family: str, x: FloatArray) -> list[float]:
    if family not in _SHAPED:
        return [0.0]
    if family == "power":
        low, high = 0.02, 10.0
    else:
        low, high = float(x.min()) / 20, 20 * float(x.max())
    return [float(each) for each in np.geomspace(low, high, _SHAPES)]


def _neighbours(shapes: list[float], shape: float) -> tuple[float, float]:
    at = shapes.index(shape)
    return shapes[max(0, at - 1)], shapes[min(len(shapes) - 1, at + 1)]


def _solve(
    family: str, x: FloatArray, y: FloatArray, weights: FloatArray, shape: float
) -> tuple[float, float, tuple[float, float]]:
    """The squared error, the shape, and the level and slope that are best for this shape."""
    basis = _BASES[family](x, shape)
    total = float(weights.sum())
    centre_x, centre_y = float(weights @ basis) / total, float(weights @ y) / total
    moved = basis - centre_x
    squares = float(weights @ moved**2)
    slope = float(weights @ (moved * (y - centre_y))) / squares if squares > 0 else 0.0
    level = centre_y - slope * centre_x
    return float(weights @ (y - level - slope * basis) ** 2), shape, (level, slope)
