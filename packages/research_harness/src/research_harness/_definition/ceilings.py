"""Ceilings: what a run may spend at most, in all, for each condition and for each provider."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """What may be spent at most; None sets no limit.

    Attributes:
        max_cost_usd: Dollars.
        max_tokens: Tokens, read and written together.
        max_calls: Requests to models, repeated requests included.
    """

    max_cost_usd: float | None = None
    max_tokens: int | None = None
    max_calls: int | None = None

    def to_dict(self) -> dict[str, object]:
        """The ceiling as plain values."""
        return {each.name: getattr(self, each.name) for each in fields(Ceiling)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings(Ceiling):
    """What a run may spend at most, over all its sessions.

    A call is reserved at its highest price before it is sent, so that a ceiling is not exceeded by
    what is under way. A run that reaches one stops, is incomplete, and can be resumed with a
    higher one.

    Attributes:
        max_cost_usd: Dollars of the whole run.
        max_tokens: Tokens of the whole run, read and written together.
        max_calls: Requests of the whole run, repeated requests included.
        max_time_ms: The time of all sessions together; rows that are under way at its end are not
            kept.
        max_idle_ms: The longest time in which no row ends; then the run stops.
        conditions: A ceiling for each of these conditions. At its end the others go on.
        providers: A ceiling for each of these providers or models, by name.
        warn_at: The share of a ceiling at which a warning is logged.
        unknown_cost_usd: What a call counts as whose price is not known, and a row whose calls are
            not seen because another client makes them. Left out, such a call counts as the dearest
            one of its model so far, and the run stops when not even that is known.

    Example:
        >>> from research_harness import Ceiling, Ceilings
        >>> limits = Ceilings(max_cost_usd=5.0, conditions={"vote": Ceiling(max_cost_usd=3.0)})
        >>> limits.max_cost_usd
        5.0
    """

    max_time_ms: float | None = None
    max_idle_ms: float | None = None
    conditions: Mapping[str, Ceiling] = field(default_factory=dict)
    providers: Mapping[str, Ceiling] = field(default_factory=dict)
    warn_at: float = 0.8
    unknown_cost_usd: float | None = None

    @property
    def parts(self) -> tuple[tuple[str, str, Ceiling], ...]:
        """Every ceiling on spending, as kind, name and ceiling; that of the run comes first."""
        return (
            ("run", "", self),
            *(("condition", name, each) for name, each in self.conditions.items()),
            *(("provider", name, each) for name, each in self.providers.items()),
        )

    @property
    def limits_spending(self) -> bool:
        """Whether any dollars, tokens or calls are limited."""
        return any(getattr(each, name) is not None for _, _, each in self.parts for name in AMOUNTS)

    def to_dict(self) -> dict[str, object]:
        """The ceilings as plain values."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        groups = {
            name: {key: each.to_dict() for key, each in getattr(self, name).items()}
            for name in ("conditions", "providers")
        }
        return own | groups


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyBudget:
    """How long the quantiles of latency may be; the report says whether each condition kept it.

    Attributes:
        p50_ms: The longest median; None without a budget.
        p95_ms: The longest 95 % quantile.
        p99_ms: The longest 99 % quantile.
    """

    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None

    def limits(self) -> tuple[tuple[float, float], ...]:
        """The quantiles that have a budget, each with it."""
        given = ((0.5, self.p50_ms), (0.95, self.p95_ms), (0.99, self.p99_ms))
        return tuple((quantile, limit) for quantile, limit in given if limit is not None)

    def to_dict(self) -> dict[str, object]:
        """The budget as plain values."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def budget_problems(given: object, has_latency: bool) -> Iterator[str]:
    """What is wrong with an experiment's latency budget, in words.

    Args:
        given: The attribute of the experiment.
        has_latency: Whether one of its metrics is a latency.
    """
    if given is None:
        return
    if not isinstance(given, LatencyBudget):
        yield f"latency_budget: {given!r} is not a LatencyBudget value, or None"
        return
    for name, value in given.to_dict().items():
        if value is not None and not (_is_number(value) and 0 < float(value) < math.inf):  # type: ignore[arg-type]  # a number
            yield f"latency_budget: {name} is {value!r}, not a positive number"
    if not has_latency:
        yield "latency_budget: add a metric of latency, such as latency_p95"


def with_stored(
    stored: Mapping[str, Any] | None, given: Ceilings | Mapping[str, float] | None
) -> Ceilings | Mapping[str, float] | None:
    """The ceilings of a resume: those that the run was begun with, and what is given now.

    Args:
        stored: What replaced the experiment's ceilings when the run was begun, as plain values.
        given: What replaces them now, all of them or single ones.
    """
    if isinstance(given, Ceilings) or not stored:
        return given
    if "conditions" not in stored:
        return {**stored, **(given or {})}
    groups = {
        name: {key: Ceiling(**each) for key, each in stored[name].items()}
        for name in ("conditions", "providers")
    }
    single: dict[str, Any] = dict(given or {})
    return replace(Ceilings(**{**stored, **groups}), **single)


AMOUNTS = tuple(each.name for each in fields(Ceiling))


def ceiling_problems(given: object, conditions: frozenset[str]) -> Iterator[str]:
    """What is wrong with an experiment's ceilings, in words.

    Args:
        given: The attribute ``ceilings`` of the experiment.
        conditions: The names of its conditions.
    """
    if not isinstance(given, Ceilings):
        yield f"ceilings: {given!r} is not a Ceilings value, such as Ceilings(max_cost_usd=5.0)"
        return
    for kind, name, each in given.parts:
        where = "ceilings" if kind == "run" else f"ceilings of the {kind} {name!r}"
        if not isinstance(each, Ceiling):
            yield f"{where}: {each!r} is not a Ceiling value, such as Ceiling(max_cost_usd=5.0)"
            continue
        for amount in AMOUNTS:
            yield from _not_positive(where, amount, getattr(each, amount))
    for amount in ("max_time_ms", "max_idle_ms"):
        yield from _not_positive("ceilings", amount, getattr(given, amount))
    yield from (
        f"ceilings: no condition is called {name!r}"
        for name in given.conditions
        if name not in conditions
    )
    if not _is_number(given.warn_at) or not 0 < given.warn_at <= 1:
        yield f"ceilings: warn_at is {given.warn_at!r}, not a share above 0 and at most 1"
    unknown = given.unknown_cost_usd
    if unknown is not None and not (_is_number(unknown) and 0 <= unknown < math.inf):
        yield f"ceilings: unknown_cost_usd is {unknown!r}, not dollars from 0 on"


def _not_positive(where: str, name: str, value: object) -> Iterator[str]:
    if value is not None and not (_is_number(value) and 0 < float(value) < math.inf):  # type: ignore[arg-type]  # a number
        yield f"{where}: {name} is {value!r}; give a positive number, or None for no limit"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
