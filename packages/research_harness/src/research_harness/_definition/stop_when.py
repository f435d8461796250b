"""When a run may stop because its answer is clear."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from .._design.designs import Within
from .metrics import Metric

StopMethod = Literal["sequence", "obrien-fleming", "pocock"]
_METHODS: tuple[StopMethod, ...] = get_args(StopMethod)
# What excludes 0 by chance at one of several looks.
_PEEKING = frozenset({"interval", "confidence_interval", "ci", "p_value", "t", "wald", "fixed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWhen:
    """Stop a run as soon as the difference from the control is clear, with its error rate kept.

    The items come in random order, and the rule looks at the first ones of that order whose rows
    are all there. The run stops when every condition is clear in one of the ways that are asked
    for. Claims about the same difference are judged by the same interval, whether the run stopped
    or not.

    Attributes:
        metric: A metric whose rows have values between ``low`` and ``high``; a failed row has
            ``low``.
        difference: Stop when the interval of the difference leaves 0 out.
        equivalence: Stop when the interval lies within plus and minus this margin.
        precision: Stop when half of the interval's width is at most this.
        method: ``sequence``: an always-valid confidence sequence (betting; Waudby-Smith and Ramdas
            2024), which may be looked at after every item. ``obrien-fleming`` or ``pocock``: alpha
            spending over ``looks`` planned looks, for a difference.
        min_items: The number of items before the first look.
        every: The number of items between two looks at a sequence.
        looks: The number of planned looks of alpha spending, equally spaced.
        low: The least value of a row.
        high: The greatest value of a row.
    """

    metric: str = "accuracy"
    difference: bool = True
    equivalence: float | None = None
    precision: float | None = None
    method: StopMethod = "sequence"
    min_items: int = 20
    every: int = 10
    looks: int = 5
    low: float = 0.0
    high: float = 1.0

    def to_dict(self) -> dict[str, object]:
        """The rule as plain values."""
        return asdict(self)


def stop_problems(experiment: Any, metrics: list[Metric], conditions: int) -> Iterator[str]:
    """What is wrong with an experiment's rule, in words.

    Args:
        experiment: The experiment.
        metrics: Its metrics.
        conditions: How many conditions it has.
    """
    rule = experiment.stop_when
    if rule is None:
        return
    if not isinstance(rule, StopWhen):
        yield f"stop_when: {rule!r} is not a StopWhen value, such as StopWhen(), or None"
        return
    yield from (f"stop_when: {text}" for text in _problems(rule))
    known = {each.name: each for each in metrics}
    metric = known.get(rule.metric)
    if metric is None:
        yield f"stop_when: metric {rule.metric!r} is not among the experiment's metrics"
    elif metric.summary != "mean":
        yield f"stop_when: {rule.metric!r} is a {metric.summary}; a mean of rows is needed"
    if conditions < 2:
        yield "stop_when: one condition has nothing to differ from; add a control"
    if not isinstance(experiment.design, Within):
        yield "stop_when: each item must be answered under each condition; use the design Within()"
    if experiment.randomize is not True:
        yield "stop_when: the items must come in random order; set randomize = True"
    if experiment.repeat != 1:
        yield (
            f"stop_when: repeat is {experiment.repeat}; items are what becomes clear one by one, so"
            " set repeat = 1"
        )


def _problems(rule: StopWhen) -> Iterator[str]:
    method: str = rule.method
    if method in _PEEKING:
        yield (
            f"method {method!r} is an interval for one look. The chance that it leaves 0 out at one"
            " of many looks, where nothing differs, is about 30 %; use 'sequence', which holds at"
            " all looks, or plan the looks with 'obrien-fleming' or 'pocock'"
        )
    elif method not in _METHODS:
        yield f"method {method!r} is not one of {', '.join(_METHODS)}"
    for name, least in (("min_items", 2), ("every", 1), ("looks", 1)):
        value = getattr(rule, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            yield f"{name} is {value!r}, not a whole number of at least {least}"
    for name in ("equivalence", "precision"):
        value = getattr(rule, name)
        if value is not None and not 0 < value < float("inf"):
            yield f"{name} is {value!r}, not a positive number"
    if not rule.low < rule.high:
        yield f"low is {rule.low!r} and high {rule.high!r}; low must be the smaller one"
    others = rule.equivalence is not None or rule.precision is not None
    if not rule.difference and not others:
        yield "ask for a difference, an equivalence or a precision"
    if method != "sequence" and others:
        yield f"{method!r} finds differences alone; use 'sequence' for equivalence and precision"
