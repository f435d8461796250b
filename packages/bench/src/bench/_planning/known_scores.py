"""What other systems' scores say about a new system's score of each item."""

from __future__ import annotations

from .._core.lazy import FloatArray, np

# The smallest variance that an item may have: no item is left out for certain.
_LEAST_VARIANCE = 0.02
# How strongly the parts of a fit are held to what the history gives, in units of answers.
_HOLD_INTERCEPT, _HOLD_SLOPE, _HOLD_SYSTEM = 1.0, 4.0, 3.0
_ROUNDS = 25
_CLOSE = 1e-5


def history_chances(known: FloatArray) -> FloatArray:
    """The chance of a right answer, by how many of the known systems are right.

    Each known system is predicted from the others in turn, by one logistic curve for all; a system
    that is like none of them in particular is predicted by it.

    Args:
        known: Scores from 0 to 1, a row an item and a column a system.
    """
    systems = known.shape[1]
    total = known.sum(axis=1)
    shares = np.concatenate([(total - known[:, each]) / (systems - 1) for each in range(systems)])
    scores = known.T.ravel()
    # Shares that are equal to a thousandth are one row of the fit.
    place = np.rint(shares * 1000).astype(np.int64)
    counts = np.bincount(place)
    present = np.flatnonzero(counts)
    means = np.bincount(place, weights=scores)[present] / counts[present]
    columns = _curve(present / 1000, systems)
    start = np.zeros(columns.shape[1])
    hold = np.full(columns.shape[1], 1e-3)
    fitted = _fit(columns, means, counts[present].astype(float), hold, start)
    return logistic(_curve(total / systems, systems) @ fitted)


def spread_shares(known: FloatArray) -> FloatArray:
    """How likely one draw takes each item: in proportion to the sd of a new system's score."""
    chances = history_chances(known)
    spread = np.sqrt(np.maximum(chances * (1 - chances), _LEAST_VARIANCE))
    shares: FloatArray = spread / spread.sum()
    return shares


def inclusion(shares: FloatArray, n: int) -> FloatArray:
    """How likely each item is among the first ``n``: ``n`` times its share, at most 1."""
    if n >= len(shares):
        return np.ones(len(shares))
    chances = np.minimum(1.0, n * shares)
    for _ in range(_ROUNDS):
        sure = chances >= 1
        rest = float(shares[~sure].sum())
        if rest <= 0:
            break
        again = np.where(sure, 1.0, np.minimum(1.0, (n - sure.sum()) * shares / rest))
        if np.array_equal(again, chances):
            break
        chances = again
    return chances


def features_of(known: FloatArray) -> FloatArray:
    """The columns of the fit: 1, the log odds of the history, and each known system's scores."""
    chances = np.clip(history_chances(known), 1e-4, 1 - 1e-4)
    odds = np.log(chances / (1 - chances))
    columns: FloatArray = np.column_stack([np.ones(len(known)), odds, known - known.mean(axis=0)])
    return columns


def fit_scores(features: FloatArray, scores: FloatArray, weights: FloatArray) -> FloatArray:
    """The coefficients of a weighted logistic fit that is shrunk towards the history's own curve.

    Args:
        features: Rows of ``features_of``.
        scores: The new system's scores, from 0 to 1.
        weights: The weight of each row, about 1 on average.
    """
    systems = features.shape[1] - 2
    hold = np.array([_HOLD_INTERCEPT, _HOLD_SLOPE, *[_HOLD_SYSTEM] * systems])
    start = np.array([0.0, 1.0, *[0.0] * systems])
    return _fit(features, scores, weights, hold, start)


def predicted(features: FloatArray, coefficients: FloatArray) -> FloatArray:
    """The scores that a fit expects."""
    return logistic(features @ coefficients)


def _curve(shares: FloatArray, systems: int) -> FloatArray:
    odds = np.log((shares * systems + 0.5) / ((1 - shares) * systems + 0.5))
    columns: FloatArray = np.column_stack([np.ones(len(odds)), odds, odds**2, odds**3 / 10])
    return columns


def logistic(odds: FloatArray) -> FloatArray:
    """The chances of log odds."""
    chances: FloatArray = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return chances


def _fit(
    columns: FloatArray,
    scores: FloatArray,
    weights: FloatArray,
    hold: FloatArray,
    start: FloatArray,
) -> FloatArray:
    """Newton's method for a logistic fit whose coefficients are held to ``start``."""
    found = start.copy()
    for _ in range(_ROUNDS):
        chances = logistic(columns @ found)
        spread = np.maximum(chances * (1 - chances), 1e-3) * weights
        slope = columns.T @ (weights * (scores - chances)) - hold * (found - start)
        curvature = (columns * spread[:, None]).T @ columns + np.diag(hold)
        step = np.linalg.solve(curvature, slope)
        found += step
        if np.abs(step).max() < _CLOSE:
            break
    return np.asarray(found, dtype=float)
