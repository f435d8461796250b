"""Main effects and interactions of factors, slopes of doses, and differences within strata."""

from collections.abc import Mapping
from itertools import combinations, product
from statistics import fmean
from typing import TypeAlias

from .._analysis.schema import DesignFinding
from .._analysis.vectors import MetricData, item_means, known
from .effects import effect, omnibus
from .trends import slope_weights

# The levels of each condition's parameters, by the condition's name.
Levels: TypeAlias = Mapping[str, Mapping[str, object]]


def factor_findings(data: MetricData, levels: Levels, *, level: float) -> list[DesignFinding]:
    """The main effects and two-way interactions of factors.

    On the same items each is a contrast of the item's own values, so that items are the unit; the
    p-values are adjusted after Holm over all of them. On different items it is the analysis of
    variance of all factors with their interactions.

    Args:
        data: The values of the metric.
        levels: The levels of each condition.
        level: The level of the intervals.
    """
    if not data.paired:
        return _anova(data, levels, level=level)
    import bench

    factors = _factors(levels)
    effects = [
        (f"{name}: {new} minus {old}", _main(levels, name, old, new))
        for name, (old, *others) in factors.items()
        for new in others
    ]
    for (first, (old, *others)), (second, (low, *higher)) in combinations(factors.items(), 2):
        effects += [
            (
                f"{first} and {second}: effect of {new} at {high} minus at {low}",
                _interaction(levels, (first, old, new), (second, low, high)),
            )
            for new, high in product(others, higher)
        ]
    measured = {name: item_means(values) for name, values in data.values.items()}
    found = []
    for about, weights in effects:
        found += effect(about, data, measured, weights, level)
    tested = [each for each in found if each["p_value"] is not None]
    adjusted = bench.adjust([each["p_value"] or 0.0 for each in tested], method="holm")
    for each, p_value in zip(tested, adjusted, strict=True):
        each["p_adjusted"] = float(p_value)
    return found


def _factors(levels: Levels) -> dict[str, list[str]]:
    """The levels of each factor as texts, in the order of the conditions."""
    found: dict[str, dict[str, None]] = {}
    for each in levels.values():
        for name, value in each.items():
            found.setdefault(name, {})[str(value)] = None
    return {name: list(values) for name, values in found.items()}


def _with_level(levels: Levels, name: str, value: str) -> list[str]:
    return [condition for condition, each in levels.items() if str(each[name]) == value]


def _main(levels: Levels, name: str, old: str, new: str) -> dict[str, float]:
    """The weights of conditions whose sum is the mean effect of a level."""
    first, second = (_with_level(levels, name, value) for value in (old, new))
    return {
        **{each: -1 / len(first) for each in first},
        **{each: 1 / len(second) for each in second},
    }


def _interaction(
    levels: Levels, first: tuple[str, str, str], second: tuple[str, str, str]
) -> dict[str, float]:
    """The weights of conditions whose sum is how the effect of a level depends on another."""
    weights: dict[str, float] = {}
    for one, two in product((1, 2), (1, 2)):
        cell = set(_with_level(levels, first[0], first[one]))
        cell &= set(_with_level(levels, second[0], second[two]))
        sign = 1 if one == two else -1
        weights |= {each: sign / len(cell) for each in cell}
    return weights


def _anova(data: MetricData, levels: Levels, *, level: float) -> list[DesignFinding]:
    import bench

    factors = _factors(levels)
    rows = [
        {"value": value, **{name: str(each) for name, each in levels[condition].items()}}
        for condition, values in data.values.items()
        for value in item_means(values).values()
    ]
    try:
        table = bench.factorial_anova(rows, outcome="value", factors=list(factors), level=level)
    except bench.BenchError:
        return []  # a cell is empty, or all values are alike
    return [
        omnibus(term.name.replace(":", " and "), data, term.p_value, str(term))
        for term in table.terms
    ]


def dose_findings(data: MetricData, levels: Levels, *, level: float) -> list[DesignFinding]:
    """The change per unit of dose, and the curve that fits the means of the doses best.

    Args:
        data: The values of the metric.
        levels: The dose of each condition.
        level: The level of the intervals.
    """
    import bench

    doses = {name: float(str(next(iter(each.values())))) for name, each in levels.items()}
    factor = next(iter(next(iter(levels.values()))))
    means = {name: item_means(data.values[name]) for name in doses}
    found = []
    if data.paired:
        weights = dict(zip(doses, slope_weights(list(doses.values())), strict=True))
        found = effect(f"change per unit of {factor}", data, means, weights, level)
    else:
        pairs = [(doses[name], value) for name in doses for value in means[name].values()]
        if len(pairs) > 3:
            test = bench.correlation(*zip(*pairs, strict=True), level=level)
            found = [omnibus(f"correlation with {factor}", data, test.p_value, str(test))]
    return [*found, *_curve(data, doses, means, factor)]


def _curve(
    data: MetricData,
    doses: Mapping[str, float],
    means: Mapping[str, Mapping[str, float]],
    factor: str,
) -> list[DesignFinding]:
    """The best curve through the means of the doses; none with doses that are not above 0."""
    import bench

    if min(doses.values()) <= 0 or not all(means.values()):
        return []
    values = [fmean(each.values()) for each in means.values()]
    try:
        fits = bench.fit_curves(list(doses.values()), values)
    except bench.BenchError:
        return []  # too few doses for any curve
    return [omnibus(f"curve over {factor}", data, None, str(fits))]


def strata_findings(
    data: MetricData, control: str, strata: Mapping[str, str], *, level: float
) -> list[DesignFinding]:
    """The difference from the control within strata.

    One right or wrong answer an item gives the test of Cochran, Mantel and Haenszel; other values
    the analysis of variance of condition and stratum.

    Args:
        data: The values of the metric.
        control: The control.
        strata: The stratum of each item.
        level: The level of the intervals.
    """
    import bench

    found: list[DesignFinding] = []
    for name in data.values:
        if name == control:
            continue
        about = f"{name} against {control} within strata"
        sides = {each: item_means(data.values[each]) for each in (name, control)}
        try:
            if data.metric.binary and _once(data):
                tables = _tables(list(sides.values()), strata)
                test = bench.cochran_mantel_haenszel(tables, level=level)
                found.append(omnibus(about, data, test.p_value, str(test)))
            else:
                rows = [
                    {"value": value, "condition": side, "stratum": strata[item]}
                    for side, values in sides.items()
                    for item, value in values.items()
                ]
                table = bench.factorial_anova(
                    rows,
                    outcome="value",
                    factors=("condition", "stratum"),
                    interactions=False,
                    level=level,
                )
                term = table.terms[0]
                found.append(omnibus(about, data, term.p_value, str(term)))
        except bench.BenchError:
            continue  # too few items in every stratum
    return found


def _tables(
    sides: list[dict[str, float]], strata: Mapping[str, str]
) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    """Right and wrong answers of treatment and control in each stratum."""
    found = {}
    for stratum in sorted({strata[item] for side in sides for item in side}):
        counts = []
        for side in sides:
            own = [value for item, value in side.items() if strata[item] == stratum]
            right = sum(value == 1 for value in own)
            counts.append((right, len(own) - right))
        found[stratum] = (counts[0], counts[1])
    return found


def _once(data: MetricData) -> bool:
    """Whether each item was answered once by each condition."""
    return all(known(side).once for side in data.values.values())
