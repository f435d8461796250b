"""Whether what conditions do changes over periods or from block to block."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from .._analysis.schema import DesignFinding
from .._analysis.vectors import MetricData, item_means
from .._outcome.row import Row
from .._rows.columns import value_of
from .effects import effect, omnibus


def trend_findings(data: MetricData, control: str, *, level: float) -> list[DesignFinding]:
    """The change per period of each condition, and how it differs from that of the control.

    The least-squares slope of each item over the periods is one number, so that items are the unit.

    Args:
        data: The values of the metric; the repeats are the periods.
        control: The control.
        level: The level of the intervals.
    """
    measured: dict[tuple[str, int], dict[str, float]] = {}
    for name, values in data.values.items():
        for item, repeats in values.items():
            for period, value in repeats.items():
                if value is not None:
                    measured.setdefault((name, period), {})[item] = value
    periods = sorted({period for _, period in measured})
    slope = slope_weights([float(each) for each in periods])
    weights = dict(zip(periods, slope, strict=True))
    found = []
    for name in data.values:
        own = {(name, period): weight for period, weight in weights.items()}
        found += effect(f"change per period of {name}", data, measured, own, level)
    for name in data.values:
        if name != control:
            both = {(name, period): weight for period, weight in weights.items()}
            both |= {(control, period): -weight for period, weight in weights.items()}
            about = f"change per period, {name} minus {control}"
            found += effect(about, data, measured, both, level)
    return found


def slope_weights(positions: Sequence[float]) -> list[float]:
    """The weights of values whose sum is their least-squares slope.

    Args:
        positions: Where the values stand; at least two different positions, else all weights are 0.
    """
    middle = fmean(positions) if positions else 0.0
    spread = sum((each - middle) ** 2 for each in positions)
    return [(each - middle) / spread if spread else 0.0 for each in positions]


def period_findings(data: MetricData, rows: Sequence[Row], *, level: float) -> list[DesignFinding]:
    """Whether the periods of a Latin square differ.

    Each item has one value in each period, since sequences hold each condition once; so conditions
    weigh alike in all periods.

    Args:
        data: The values of the metric.
        rows: The finished rows.
        level: The level of the interval.
    """
    import bench

    values: dict[int, dict[str, list[float]]] = {}
    for row in rows:
        value = value_of(row, data.metric)
        if value is not None:
            values.setdefault(row.period, {}).setdefault(row.item_id, []).append(value)
    periods = {
        f"period {period + 1}": {item: fmean(each) for item, each in found.items()}
        for period, found in sorted(values.items())
    }
    if len(periods) == 2:
        first, second = periods
        about = f"{second} minus {first}"
        return effect(about, data, periods, {first: -1.0, second: 1.0}, level)
    items = set.intersection(*map(set, periods.values())) if periods else set()
    if len(periods) < 2 or len(items) < 2:
        return []
    groups = {name: [found[item] for item in sorted(items)] for name, found in periods.items()}
    test = bench.compare_many_paired(groups, scale="numeric").omnibus
    return [omnibus("differences of periods", data, test.p_value, str(test))]


def block_findings(
    data: MetricData, control: str, blocks: Mapping[str, str]
) -> list[DesignFinding]:
    """Whether the difference from the control varies from block to block.

    Args:
        data: The values of the metric.
        control: The control.
        blocks: The block of each item.
    """
    import bench

    found = []
    first = item_means(data.values[control])
    for name, values in data.values.items():
        groups: dict[str, list[float]] = {}
        for item, mean in item_means(values).items():
            if item in first:
                groups.setdefault(blocks[item], []).append(mean - first[item])
        groups = {block: gaps for block, gaps in groups.items() if len(gaps) > 1}
        if name == control or len(groups) < 2:
            continue
        test = bench.welch_anova(groups)
        about = f"{name} minus {control}, from block to block"
        found.append(omnibus(about, data, test.p_value, str(test)))
    return found
