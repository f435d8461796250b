"""Pairwise preferences: one strength per system from its games (Bradley and Terry 1952)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from .._core.errors import InvalidDataError, NotEnoughDataError
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_share, checked_options
from .._core.results import Interval
from .._core.shown import repr_of
from .._core.tails import t_p, t_quantile
from .._data.intake import number
from .._data.refusals import is_unlabelled, refuse_unspeakable
from .._data.values import ClusterLabels, cluster_codes
from .._multiplicity.pairwise import Pair, PairwiseTable
from .._multiplicity.simultaneous import corrected_table
from .preferences import Preferences, Strength

TIE = 0.5
_FEW_CLUSTERS = 20
_MAX_STEPS, _MAX_STEP, _TOLERANCE = 200, 2.0, 1e-12

Game = tuple[str, str, float]


@checked_options
def bradley_terry(
    games: Iterable[Game],
    *,
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
) -> Preferences:
    """How strong each system is, from preferences between two at a time.

    Maximum likelihood by Newton's method. With ``clusters`` the standard errors are the sandwich
    with the correction G/(G-1), because games on the same prompt are not independent, and the
    intervals are t with one degree of freedom less than there are clusters.

    Args:
        games: The two systems and the score of the first: 1 won, 0 lost, 0.5 a tie.
        clusters: The prompt, or judge, of every game.
        level: The level of the intervals.

    Returns:
        The strengths, strongest first, and every pair with its odds.

    Raises:
        NotEnoughDataError: No games, or fewer than two clusters.
        InvalidDataError: A score outside 0 to 1, a system against itself, or systems that never
            lost to, or never won against, the others: their strength has no finite estimate.

    Example:
        >>> games = [("a", "b", 1), ("b", "a", 1), ("a", "b", 1), ("a", "b", 0.5)]
        >>> [system.name for system in bench.bradley_terry(games).systems]
        ['a', 'b']
    """
    check_share("level", level)
    played = [_game(game, place) for place, game in enumerate(games)]
    names = _checked(played)
    design, scores = _design(names, played)
    strengths, information = _fitted(design, scores)
    covariance = _inverse(information)
    warnings, df = [], math.inf
    if clusters is not None:
        codes, count = cluster_codes(clusters, len(played))
        sums = np.zeros((count, len(names)))
        np.add.at(sums, codes, design * (scores - _chances(design, strengths))[:, None])
        covariance = covariance @ (sums.T @ sums) @ covariance * (count / (count - 1))
        df = count - 1.0
        if count < _FEW_CLUSTERS:
            warnings.append(note("FEW_CLUSTERS", f"{count} clusters"))
    won = np.where(design > 0, scores[:, None], 1 - scores[:, None]) * (design != 0)
    systems = [
        Strength(
            name=name,
            games=int((design[:, column] != 0).sum()),
            wins=float(won[:, column].sum()),
            **_wald(np.eye(len(names))[column], strengths, covariance, df, level),
        )
        for column, name in enumerate(names)
    ]
    return Preferences(
        systems=tuple(sorted(systems, key=lambda system: -system.strength)),
        pairs=_pairs(names, strengths, covariance, df, level),
        games=len(played),
        ties=int((scores == TIE).sum()),
        warnings=tuple(warnings),
    )


def _game(game: Any, place: int) -> Game:
    if isinstance(game, str) or not hasattr(game, "__len__") or len(game) != 3:
        raise InvalidDataError(
            "games", f"game {place} is {repr_of(game)}, not two systems and a score"
        )
    first, second, score = game
    value = number(score, "games", place)
    refuse_unspeakable((first, second), "games", f"system of game {place}")
    if is_unlabelled(first) or is_unlabelled(second) or math.isnan(value):
        raise InvalidDataError("games", f"game {place} lacks a system or a score: {repr_of(game)}")
    return str(first), str(second), value


def _checked(games: Sequence[Game]) -> list[str]:
    if not games:
        raise NotEnoughDataError("games", needed=1, got=0)
    for place, (first, second, score) in enumerate(games):
        if first == second:
            raise InvalidDataError("games", f"game {place}: {first!r} plays against itself")
        if not 0.0 <= score <= 1.0:
            raise InvalidDataError("games", f"game {place}: score {score} is not between 0 and 1")
    names = list(dict.fromkeys(name for first, second, _ in games for name in (first, second)))
    _check_connected(names, games)
    return names


def _check_connected(names: Sequence[str], games: Sequence[Game]) -> None:
    """Ford's condition (1957): each system beats each other one, directly or through others."""
    column = {name: place for place, name in enumerate(names)}
    beats = np.eye(len(names), dtype=bool)
    for first, second, score in games:
        beats[column[first], column[second]] |= score > 0
        beats[column[second], column[first]] |= score < 1
    for _ in range(len(names).bit_length()):
        beats = beats @ beats
    if beats.all():
        return
    isolated = names[int(np.argmin(beats.sum(axis=1)))]
    raise InvalidDataError(
        "games",
        f"{isolated!r} has no win over some of the others, not even through third systems, so the"
        " strengths have no finite estimate; leave that system out or collect more games",
    )


def _design(names: Sequence[str], games: Sequence[Game]) -> tuple[FloatArray, FloatArray]:
    """One row per game: 1 for its first system, -1 for its second."""
    column = {name: place for place, name in enumerate(names)}
    design = np.zeros((len(games), len(names)))
    for row, (first, second, _) in enumerate(games):
        design[row, column[first]], design[row, column[second]] = 1.0, -1.0
    return design, np.array([score for *_, score in games], dtype=float)


def _chances(design: FloatArray, strengths: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-(design @ strengths))), dtype=float)


def _fitted(design: FloatArray, scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Strengths that sum to zero, and the information at them."""
    strengths = np.zeros(design.shape[1])
    for _ in range(_MAX_STEPS):
        chances = _chances(design, strengths)
        information = design.T @ (design * (chances * (1 - chances))[:, None])
        step = _inverse(information) @ (design.T @ (scores - chances))
        longest = float(np.abs(step).max())
        if longest > _MAX_STEP:  # Newton overshoots far from the maximum
            step *= _MAX_STEP / longest
        strengths += step
        if longest < _TOLERANCE:
            break
    chances = _chances(design, strengths)
    information = design.T @ (design * (chances * (1 - chances))[:, None])
    return np.asarray(strengths - strengths.mean(), dtype=float), information


def _inverse(information: FloatArray) -> FloatArray:
    """The inverse among strengths that sum to zero; a common shift carries no information."""
    shift = np.full_like(information, 1 / len(information))
    return np.asarray(np.linalg.inv(information + shift) - shift, dtype=float)


def _wald(
    weights: FloatArray, strengths: FloatArray, covariance: FloatArray, df: float, level: float
) -> dict[str, Any]:
    value = float(weights @ strengths)
    se = math.sqrt(max(0.0, float(weights @ covariance @ weights)))
    return {"strength": value, "se": se, "interval": _around(value, se, df, level)}


def _around(value: float, se: float, df: float, level: float) -> Interval:
    half = t_quantile(0.5 + level / 2, df) * se
    return Interval(low=value - half, high=value + half, level=level, method="Wald", estimate=value)


def _pairs(
    names: Sequence[str], strengths: FloatArray, covariance: FloatArray, df: float, level: float
) -> PairwiseTable:
    chosen = list(combinations(range(len(names)), 2))
    every = np.eye(len(names))
    found = [_wald(every[b] - every[a], strengths, covariance, df, level) for a, b in chosen]
    tests = [each["strength"] / each["se"] if each["se"] > 0 else math.nan for each in found]
    p_values = [t_p(z, df, "two-sided")[0] for z in tests]
    rows = [
        Pair(
            first=names[a],
            second=names[b],
            estimate=each["strength"],
            estimate_name="difference of log-odds",
            se=each["se"],
            statistic=z,
            statistic_name="t" if math.isfinite(df) else "z",
            p_value=p,
            p_adjusted=p,
            interval=each["interval"],
            df=df if math.isfinite(df) else None,
        )
        for (a, b), each, z, p in zip(chosen, found, tests, p_values, strict=True)
    ]

    def again(row: Pair, level: float) -> Interval:
        return _around(row.estimate, row.se, df, level)

    return corrected_table("Bradley-Terry", rows, "holm", level, again)
