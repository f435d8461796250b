"""The analysis of recorded latencies: what hedging would do to them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .._core.errors import DataError, PolicyError
from .._core.plain import is_number
from .._core.quantiles import latency_quantile
from .._core.seeding import stream
from .copies import MIN_PAIRS, CopiesEvidence, checked_pairs, evidence_of
from .door import checked_latencies, checked_where_known, require_times, unit_warning
from .forecast import Forecast, Prospect
from .oracle import Rule, Sample
from .trace import Trace

BUDGETS: tuple[float, ...] = (0.05, 0.10, 0.15)
# Below this the best case is not worth the backups.
_MIN_RATIO = 1.3
_MIN_LATENCIES = 100
# A smaller fall of the P99 is not worth the backups.
_MIN_GAIN = 0.05
_PAIRS = 20_000


def analyze(
    latencies: Iterable[float] | Trace,
    *,
    copies: Iterable[tuple[float, float]] | None = None,
    budgets: Sequence[float] = BUDGETS,
    level: float = 0.95,
    seed: int = 0,
) -> Forecast:
    """Forecast what hedging would do, for copies that are independent and copies that are alike.

    How much hedging gains depends on how alike the copies of a request are. Without ``copies`` the
    forecast has only the range from independent to alike, and does not say that hedging pays.

    Args:
        latencies: Latencies in milliseconds of requests without hedging, or a trace. The repeats of
            a trace with items are its copies, from 200 pairs on.
        copies: Pairs of latencies of two copies of one request, such as repeats of the same prompt
            or probes sent in shadow mode: evidence of how alike copies are.
        budgets: Backups per request to look at, each between 0 and 1.
        level: The level of the P99's interval.
        seed: For the simulated copies that are alike.

    Returns:
        The forecast; it prints as a table.

    Raises:
        DataError: There are fewer than 100 latencies or 200 pairs, or one of them is not a
            finite number from 0.
        PolicyError: A budget, or ``level``, is not between 0 and 1.

    Example:
        >>> forecast = analyze([100.0] * 190 + [3000.0] * 10)
        >>> forecast.pays is None, forecast.prospects[0].delay_ms
        (True, 100.0)
    """
    trace = _checked_trace(latencies)
    pairs = None if copies is None else checked_pairs(copies)
    if pairs is None and len(repeats := trace.repeats()) >= MIN_PAIRS:
        pairs = repeats
    budgets = _checked_budgets(budgets)
    if not is_number(level, above=0) or level >= 1:
        raise PolicyError("level", level, "a number between 0 and 1, such as 0.95")
    if len(trace.latency_ms) < _MIN_LATENCIES:
        raise DataError(
            f"{len(trace.latency_ms)} latencies are too few for a forecast of the tail; give at"
            f" least {_MIN_LATENCIES}, better 10,000"
        )
    sample = Sample(trace.latency_ms)
    rows = [(budget, sample.best_rule(budget)) for budget in budgets]
    prospects = tuple(_prospect(sample, budget, rule) for budget, rule in rows)
    middle_budget, middle = rows[len(rows) // 2]
    p95, p99 = sample.quantile(0.95), sample.quantile(0.99)
    correlated = _correlated(sample.values, middle, seed)
    evidence = None
    if pairs is not None:
        evidence = evidence_of(pairs, middle, level=level, seed=seed)
    pays, reason = _verdict(sample, prospects, evidence, min(correlated.values()))
    return Forecast(
        count=len(sample),
        p50_ms=sample.quantile(0.5),
        p95_ms=p95,
        p99=latency_quantile(sample.values, 0.99, level=level),
        tail_ratio=p99 / p95,
        prospects=prospects,
        correlated=correlated,
        evidence=evidence,
        shared_length=_shared_length(trace, middle_budget, seed),
        first_token=_first_token(trace, middle_budget),
        fan_out={calls: _fan_out(sample, middle, calls) for calls in (1, 3, 10, 100)},
        pays=pays,
        reason=reason,
        warning=unit_warning(sample.quantile(0.5)),
    )


def _checked_trace(latencies: Iterable[float] | Trace) -> Trace:
    if not isinstance(latencies, Trace):
        return Trace(latency_ms=checked_latencies(latencies))
    latencies.check_lengths()
    first = checked_where_known(
        latencies.first_token_ms, name="first_token_ms", kind="milliseconds"
    )
    require_times([each for each in first if each is not None], name="first_token_ms")
    return replace(
        latencies,
        latency_ms=checked_latencies(latencies.latency_ms, name="latency_ms"),
        first_token_ms=first,
        output_tokens=checked_where_known(
            latencies.output_tokens, name="output_tokens", kind="tokens"
        ),
    )


def _checked_budgets(budgets: Iterable[float]) -> tuple[float, ...]:
    given: object = budgets
    shares = tuple(given) if isinstance(given, Iterable) else ()
    if not shares or not all(is_number(each, above=0) and each < 1 for each in shares):
        raise PolicyError("budgets", budgets, "shares between 0 and 1, such as (0.05, 0.1)")
    return shares


def _prospect(sample: Sample, budget: float, rule: Rule) -> Prospect:
    p99 = sample.hedged_quantile(0.99, rule)
    return Prospect(
        budget=budget,
        delay_ms=rule.delay_ms,
        probability=rule.probability,
        p50_ms=sample.hedged_quantile(0.5, rule),
        p95_ms=sample.hedged_quantile(0.95, rule),
        p99_ms=p99,
        reduction=1 - p99 / sample.quantile(0.99),
        bound_ms=sample.bound(budget),
        extra_requests=sample.extra_requests(rule),
        extra_work=sample.extra_work(rule),
    )


def _verdict(
    sample: Sample,
    prospects: Sequence[Prospect],
    evidence: CopiesEvidence | None,
    alike: float,
) -> tuple[bool | None, str]:
    p99 = sample.quantile(0.99)
    best = min(prospects, key=lambda row: row.bound_ms)
    if p99 < _MIN_RATIO * best.bound_ms:
        return False, (
            f"even a policy that knew all latencies beforehand would bring the P99 from {p99:.0f}"
            f" to {best.bound_ms:.0f} ms at most with {best.budget:.0%} backups"
        )
    if evidence is not None:
        low, high = evidence.interval
        return low >= _MIN_GAIN, (
            f"on {evidence.pairs} pairs of copies the P99 falls by {evidence.reduction:.0%}"
            f" [{low:.0%}, {high:.0%}]; it pays from {_MIN_GAIN:.0%}"
        )
    row = max(prospects, key=lambda row: row.reduction)
    return None, (
        f"with {row.budget:.0%} backups the P99 falls by {row.reduction:.0%} if copies are"
        f" independent, and by {max(alike, 0.0):.0%} if they are alike; give copies= to find out"
    )


def _correlated(ordered: Sequence[float], rule: Rule, seed: int) -> dict[float, float]:
    """The gain by the correlation of the normal scores of two copies, from the same scores."""
    gauss = stream(seed, "correlated").gauss
    scores = [(gauss(0, 1), gauss(0, 1), gauss(0, 1)) for _ in range(_PAIRS)]
    result = {}
    for shared in (0.0, 0.25, 0.5, 0.75, 0.9):
        common, own = math.sqrt(shared / 2), math.sqrt((1 - shared) / 2)
        first = _latencies_at([common * both + own * one for both, one, _ in scores], ordered)
        second = _latencies_at([common * both + own * one for both, _, one in scores], ordered)
        result[shared] = _reduction(first, second, rule, seed)
    return result


def _latencies_at(scores: Iterable[float], ordered: Sequence[float]) -> list[float]:
    """Latencies by their normal scores, which come divided by the root of 2."""
    half, last = len(ordered) / 2, len(ordered) - 1
    return [ordered[min(int(half * share), last)] for share in map(math.erfc, scores)]


def _reduction(first: Sequence[float], second: Sequence[float], rule: Rule, seed: int) -> float:
    """How far the P99 of the first copies falls when the second ones are sent by a rule."""
    generator = stream(seed, "rule")
    hedged = [
        min(x, rule.delay_ms + y)
        if x > rule.delay_ms and generator.random() < rule.probability
        else x
        for x, y in zip(first, second, strict=True)
    ]
    return 1 - Sample(hedged).quantile(0.99) / Sample(first).quantile(0.99)


def _shared_length(trace: Trace, budget: float, seed: int) -> float | None:
    """Both copies write the tokens of the same request, each at a speed of its own."""
    parts = trace.parts()
    if not parts:
        return None
    generator = stream(seed, "shared length")
    first: list[float] = []
    second: list[float] = []
    for _ in range(_PAIRS):
        tokens = generator.choice(parts)[2]
        for copies in (first, second):
            to_first, per_token, _unused = generator.choice(parts)
            copies.append(to_first + per_token * max(tokens - 1, 0))
    return _reduction(first, second, Sample(first).best_rule(budget), seed)


def _first_token(trace: Trace, budget: float) -> float | None:
    known = [each for each in trace.first_token_ms if each is not None]
    if len(known) < _MIN_LATENCIES:
        return None
    sample = Sample(known)
    rule = sample.best_rule(budget)
    return 1 - sample.hedged_quantile(0.99, rule) / sample.quantile(0.99)


def _fan_out(sample: Sample, rule: Rule, calls: int) -> float:
    """The slowest of n calls is below its P99 when each is below its quantile 0.99^(1/n)."""
    share = 0.99 ** (1 / calls)
    return 1 - sample.hedged_quantile(share, rule) / sample.quantile(share)


def any_slow(share_slow: float, calls: int) -> float:
    """The probability that at least one of several parallel calls is slow: 1 - (1 - p)^n.

    Args:
        share_slow: The share of calls that are slow, 0 to 1.
        calls: The number of parallel calls.

    Returns:
        The probability.

    Raises:
        PolicyError: The share is not between 0 and 1, or the number of calls is negative.

    Example:
        >>> round(any_slow(0.01, 100), 3)
        0.634
    """
    if not is_number(share_slow) or share_slow > 1:
        raise PolicyError("share_slow", share_slow, "a share from 0 to 1")
    if not is_number(calls):
        raise PolicyError("calls", calls, "a number of calls from 0")
    return float(1 - (1 - share_slow) ** calls)
