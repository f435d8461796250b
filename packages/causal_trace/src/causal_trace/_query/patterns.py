"""Patterns of events and properties of chains against their outcomes, and nearness to a failure."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .._core.intervals import Interval, fmean, wilson
from .._core.json_values import Value
from .._model.chain import Chain
from .._model.checks import check_level, check_share
from .._model.event import TraceEvent
from .success import check_outcomes, success_rate

_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypePattern(Value):
    """Types of events that follow one another in many chains.

    Attributes:
        types: The types in order.
        chains: The number of chains that hold them.
        support: Their share of all chains.
        success_rate: The share of correct answers among them; None when outcomes are not known.
        interval: Its interval, with items as clusters.
        mean_confidence: The mean stated confidence of the events; None when none is stated.
    """

    types: tuple[str, ...]
    chains: int
    support: float
    success_rate: float | None
    interval: Interval | None
    mean_confidence: float | None


def mine_patterns(
    chains: Sequence[Chain],
    correct: Sequence[bool] | None = None,
    *,
    min_support: float = 0.3,
    min_length: int = 2,
    max_length: int = 5,
    level: float = 0.95,
) -> tuple[TypePattern, ...]:
    """Return runs of types of self-reported events that occur in many chains.

    Many patterns are looked at: a success rate that stands out among them needs a second sample.

    Args:
        chains: The chains.
        correct: Whether the answer of each chain is correct; None leaves success rates out.
        min_support: The smallest share of chains that hold a pattern.
        min_length: The smallest number of types.
        max_length: The largest number of types.
        level: The level of the intervals.

    Returns:
        The patterns, those with most support first.

    Raises:
        InvalidTraceError: The sequences differ in length, an outcome is neither true nor false, or
            ``min_support`` or ``level`` is outside of 0 to 1.
    """
    check_share("min_support", min_support)
    check_level(level)
    if correct is not None:
        check_outcomes(chains, correct)
    holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
    confidences: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for number, chain in enumerate(chains):
        events = chain.self_reported()
        for length in range(min_length, max_length + 1):
            for start in range(len(events) - length + 1):
                run = events[start : start + length]
                types = tuple(event.type for event in run)
                holders[types].add(number)
                confidences[types] += (e.confidence for e in run if e.confidence is not None)
    found = []
    for types, numbers in holders.items():
        if len(numbers) / len(chains) >= min_support:
            rate, interval = success_rate(
                [chains[n] for n in sorted(numbers)],
                [bool(correct[n]) for n in sorted(numbers)] if correct is not None else None,
                level,
            )
            stated = confidences[types]
            found.append(
                TypePattern(
                    types=types,
                    chains=len(numbers),
                    support=len(numbers) / len(chains),
                    success_rate=rate,
                    interval=interval,
                    mean_confidence=fmean(stated) if stated else None,
                )
            )
    return tuple(sorted(found, key=lambda each: (-each.chains, -len(each.types), each.types)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureFactor(Value):
    """A property of chains, with the share of failures with and without it.

    Attributes:
        name: The property.
        with_it: The number of chains that have it.
        failures_with: How many of these failed.
        failures_without: How many of the others failed.
        rate_with: The share of failures with it; None when no chain has it.
        rate_without: The share of failures without it.
        interval_with: The interval of ``rate_with``.
        interval_without: The interval of ``rate_without``.
        examples: The ids of up to three failed chains that have it.
    """

    name: str
    with_it: int
    failures_with: int
    failures_without: int
    rate_with: float | None
    rate_without: float | None
    interval_with: Interval
    interval_without: Interval
    examples: tuple[str, ...]


def failure_factors(
    chains: Sequence[Chain],
    correct: Sequence[bool],
    properties: Mapping[str, Sequence[bool]],
    *,
    level: float = 0.95,
) -> tuple[FailureFactor, ...]:
    """Return how often chains with and without a property failed.

    An association is not a cause.

    Args:
        chains: The chains.
        correct: Whether each answer is correct.
        properties: For each name, whether each chain has the property.
        level: The level of the intervals.

    Raises:
        InvalidTraceError: Sequences differ in length, a value is neither true nor false, or
            ``level`` is not between 0 and 1.
    """
    check_level(level)
    check_outcomes(chains, correct)
    found = []
    for name, has in properties.items():
        check_outcomes(chains, has)
        rows = list(zip(chains, correct, has, strict=True))
        sides = [
            [(c, right) for c, right, it in rows if bool(it) is side] for side in (True, False)
        ]
        failed = [sum(not right for _, right in side) for side in sides]
        rates = [
            success_rate([c for c, _ in side], [not right for _, right in side], level)
            for side in sides
        ]
        found.append(
            FailureFactor(
                name=name,
                with_it=len(sides[0]),
                failures_with=failed[0],
                failures_without=failed[1],
                rate_with=rates[0][0],
                rate_without=rates[1][0],
                interval_with=rates[0][1] or wilson(0, 0, level=level),
                interval_without=rates[1][1] or wilson(0, 0, level=level),
                examples=tuple(c.id for c, right in sides[0] if not right)[:3],
            )
        )
    return tuple(found)


def near_failure(chain: Chain, error: str, *, n: int = 5) -> tuple[tuple[TraceEvent, float], ...]:
    """Return the events of a chain that are nearest to a failure, nearest first.

    Nearness is the share of the rarer words of the error text that an event or its code section
    holds, times 1.5 for a flagged uncertainty, and raised by up to 0.5 for a low confidence. It
    orders what to read first, and is not evidence of a cause.

    Args:
        chain: The chain.
        error: The text of the failure.
        n: The largest number of events.

    Returns:
        Events with their nearness; events that share no word with the error are left out.
    """
    wanted = {word.casefold() for word in _WORD.findall(error)}
    held = [{word.casefold() for word in _WORD.findall(_texts(event))} for event in chain]
    common = Counter(word for words in held for word in words & wanted)
    weights = {word: 1 / (1 + common[word]) for word in wanted}
    total = sum(weights.values()) or 1.0
    ranked = []
    for event, words in zip(chain, held, strict=True):
        share = sum(weights[word] for word in words & wanted) / total
        if share:
            share *= 1.5 if event.category == "uncertainty flagging" else 1.0
            doubt = 0.0 if event.confidence is None else 0.5 * (1 - event.confidence)
            ranked.append((event, share * (1 + doubt)))
    return tuple(sorted(ranked, key=lambda each: -each[1])[:n])


def _texts(event: TraceEvent) -> str:
    parts = (event.decision, event.reasoning, event.code_section, event.spec_reference)
    return " ".join(filter(None, (*parts, *event.alternatives))).replace("_", " ")
