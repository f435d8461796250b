"""What the rule of early stopping found, and the claims that its intervals judge."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, TypeVar, cast

from .._definition.criteria import Criterion
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .sequential import SequentialPair
from .watching import sequential_result

Values = TypeVar("Values", bound=Mapping[str, Any])


class EarlyPairValues(TypedDict):
    """A condition against the control, with an interval that holds at every look.

    Attributes:
        treatment: The condition.
        estimate: The mean difference, treatment minus control.
        interval: Its interval.
        clear: ``difference``, ``equivalence``, ``precision``, or empty when it is not clear.
    """

    treatment: str
    estimate: float
    interval: dict[str, Any]
    clear: str


class EarlyStopValues(TypedDict):
    """What the rule of early stopping found.

    Attributes:
        metric: The metric that it watches.
        method: How its intervals hold at every look.
        control: The condition that is subtracted.
        stopped: Whether the answer was clear before the last item.
        items: The number of items at the look.
        planned_items: The number of items of the plan.
        saved_rows: The number of rows that were not asked.
        pairs: The other conditions.
    """

    metric: str
    method: str
    control: str
    stopped: bool
    items: int
    planned_items: int
    saved_rows: int
    pairs: list[EarlyPairValues]


def early_stop(prepared: PreparedExperiment, rows: Sequence[Row]) -> EarlyStopValues | None:
    """The differences at the look that ended the run, or at the last one; None without a rule."""
    found = sequential_result(prepared, rows)
    rule = prepared.experiment.stop_when
    if found is None or rule is None:
        return None
    return {
        "metric": rule.metric,
        "method": rule.method,
        "control": str(prepared.config["control"]),
        "stopped": found.stopped,
        "items": found.items,
        "planned_items": len(prepared.items),
        "saved_rows": len(prepared.plan) - len(rows),
        "pairs": [_pair(each, rule.method) for each in found.pairs],
    }


def _pair(found: SequentialPair, method: str) -> EarlyPairValues:
    return {
        "treatment": found.treatment,
        "estimate": found.estimate,
        "interval": {
            "low": found.low,
            "high": found.high,
            "level": found.level,
            "method": f"{method}, valid at every look",
        },
        "clear": found.clear,
    }


def judged_early(
    criteria: Sequence[Values], stated: Sequence[Criterion], early: EarlyStopValues | None
) -> list[Values]:
    """The verdicts, those about the difference that the rule watched by its own interval.

    Args:
        criteria: The verdicts of the fixed design.
        stated: The criteria, in the same order.
        early: What the rule found; None without a rule.
    """
    if early is None:
        return list(criteria)
    pairs = {each["treatment"]: each for each in early["pairs"]}
    judged = []
    for values, criterion in zip(criteria, stated, strict=True):
        pair = pairs.get(criterion.condition)
        watched = (criterion.metric, criterion.against, criterion.measure) == (
            early["metric"],
            early["control"],
            "difference",
        )
        if pair is None or not watched:
            judged.append(values)
            continue
        low, high = (float(pair["interval"][end] or 0.0) for end in ("low", "high"))
        own = {
            "estimate": pair["estimate"],
            "interval": pair["interval"],
            "verdict": criterion.judge(low, high),
        }
        judged.append(cast("Values", {**values, **own}))
    return judged
