"""The part of ``analysis.json`` about what the result rests on."""

from typing import Literal, NotRequired, TypedDict


class PairChange(TypedDict):
    """A difference between two conditions under one reading, treatment minus control.

    Attributes:
        control: The control.
        treatment: The treatment.
        reading: ``wrong``: rows without an answer are wrong; ``excluded``: they are left out;
            ``best_for_treatment``, ``worst_for_treatment``: those of one condition are right and
            those of the other wrong. Of a subgroup: its name.
        items: The number of items that have an answer in both.
        difference: The difference; None with too few items.
        low: The lower end of its interval.
        high: The upper end.
    """

    control: str
    treatment: str
    reading: str
    items: int
    difference: float | None
    low: float | None
    high: float | None


class MissingValues(TypedDict):
    """Differences in accuracy under every reading of rows without an answer.

    Attributes:
        metric: The metric.
        changes: The differences.
        sensitive: The treatments whose intervals exclude 0 under some readings only, or on
            different sides.
    """

    metric: str
    changes: list[PairChange]
    sensitive: list[str]


class SubgroupValues(TypedDict):
    """Differences within parts of the items, with simultaneous intervals.

    Attributes:
        metric: The metric.
        field: The field of the items' metadata.
        level: The level of all intervals together.
        each_level: The level of each, by Bonferroni's correction.
        changes: The differences.
    """

    metric: str
    field: str
    level: float
    each_level: float
    changes: list[PairChange]


class VarianceValues(TypedDict):
    """Where the error of a mean comes from.

    Attributes:
        metric: The metric.
        condition: The condition.
        items: The number of items.
        repeats: The harmonic mean of the repeats of the items, which the error depends on.
        item_variance: The variance between the true means of items.
        run_variance: The variance between repeats of one item.
        standard_error: The standard error of the mean.
        with_double_repeats: The same with twice as many repeats.
        with_double_items: The same with twice as many items.
    """

    metric: str
    condition: str
    items: int
    repeats: float
    item_variance: float
    run_variance: float
    standard_error: float
    with_double_repeats: float
    with_double_items: float


class FrontPoint(TypedDict):
    """A condition in the plane of cost and accuracy.

    Attributes:
        condition: The condition.
        accuracy: Its accuracy.
        cost_usd: Its mean cost of a row; where costs are unknown, the least that it can be.
        most_cost_usd: Where costs are unknown, the most that it can be; None without a bound.
        on_front: Whether no other condition is at least as accurate and as cheap, and better in
            one of both; None where that depends on unknown costs.
    """

    condition: str
    accuracy: float
    cost_usd: float
    most_cost_usd: NotRequired[float | None]
    on_front: bool | None


class BudgetValues(TypedDict):
    """A quantile of latency against its budget.

    Attributes:
        condition: The condition.
        quantile: The quantile.
        budget_ms: The longest that it may be.
        value_ms: What it is; None when not known.
        low_ms: The lower end of its interval.
        high_ms: The upper end; None when it is open.
        verdict: ``kept`` or ``exceeded`` where the whole interval says so, else ``unclear``.
    """

    condition: str
    quantile: float
    budget_ms: float
    value_ms: float | None
    low_ms: float | None
    high_ms: float | None
    verdict: Literal["kept", "exceeded", "unclear"]


class SensitivityValues(TypedDict):
    """What the result rests on; a part is absent where it does not apply.

    Attributes:
        missing: Rows without an answer read in every way.
        subgroups: Parts of the items.
        variance: Items and repeats as sources of error.
        front: Cost against accuracy.
        budgets: Latencies against their budgets.
    """

    missing: NotRequired[MissingValues]
    subgroups: NotRequired[list[SubgroupValues]]
    variance: NotRequired[list[VarianceValues]]
    front: NotRequired[list[FrontPoint]]
    budgets: NotRequired[list[BudgetValues]]
