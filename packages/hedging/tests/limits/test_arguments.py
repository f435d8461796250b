"""Arguments of another type are refused where they are given, with their name."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import hedging
from hedging import (
    Adaptive,
    Breaker,
    Budget,
    DataError,
    ExponentialBackoff,
    Fixed,
    Percentile,
    PolicyError,
    SingleR,
    Thompson,
    any_slow,
    break_even,
    delay_for_target,
    learned_multipliers,
    multi_level_sync,
    request_sync,
    tradeoff,
)
from hedging.simulation import LogNormal, simulate_queue

STRANGE: tuple[Any, ...] = ("5", None, [5], math.nan, 1j, {"a": 1})
LATENCIES = [float(each) for each in range(1, 101)]


def _queue(**options: Any) -> Any:
    return simulate_queue(LogNormal(), Fixed(10), **{"load": 0.5, "requests": 10, **options})


async def ask() -> str:
    return "4"


# Each takes one argument, of the name that the error has to give.
TAKERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "Adaptive budget": ("budget", Adaptive),
    "Adaptive step": ("step", lambda it: Adaptive(step=it)),
    "Adaptive warm_up": ("warm_up", lambda it: Adaptive(warm_up=it)),
    "Percentile": ("quantile", Percentile),
    "Percentile window": ("window", lambda it: Percentile(window=it)),
    "Percentile min_samples": ("min_samples", lambda it: Percentile(min_samples=it)),
    "Percentile min_delay_ms": ("min_delay_ms", lambda it: Percentile(min_delay_ms=it)),
    "Backoff": ("base_ms", ExponentialBackoff),
    "Backoff error": ("e", lambda it: ExponentialBackoff(error=it)),
    "Thompson delays": ("delays_ms", lambda it: Thompson([it, it])),
    "Thompson quantiles": ("quantiles", lambda it: Thompson(quantiles=[it])),
    "Thompson price": ("price", lambda it: Thompson(price=it)),
    "Fixed": ("delay_ms", Fixed),
    "SingleR": ("probability", lambda it: SingleR(1, it)),
    "Budget": ("share", Budget),
    "Budget burst": ("burst", lambda it: Budget(0.1, burst=it)),
    "Budget initial": ("initial", lambda it: Budget(0.1, initial=it)),
    "Breaker": ("failures", Breaker),
    "Breaker open_ms": ("open_ms", lambda it: Breaker(open_ms=it)),
    "any_slow": ("share_slow", lambda it: any_slow(it, 3)),
    "delay_for_target": ("target_p99_ms", lambda it: delay_for_target(LATENCIES, it)),
    "break_even": ("delay_ms", lambda it: break_even(LATENCIES, it, cost_usd=1)),
    "break_even cost": ("cost_usd", lambda it: break_even(LATENCIES, 5, cost_usd=it)),
    "tradeoff": ("delays_ms", lambda it: tradeoff(LATENCIES, [it])),
    "simulate_queue load": ("load", lambda it: _queue(load=it)),
    "simulate_queue servers": ("servers", lambda it: _queue(servers=it)),
    "simulate_queue requests": ("requests", lambda it: _queue(requests=it)),
    "multi_level": ("tiers", lambda it: multi_level_sync([it])),
    "request quantile": ("quantile", lambda it: request_sync(ask, quantile=it)),
}


@pytest.mark.parametrize("taker", TAKERS)
def test_an_argument_that_is_no_number_is_refused_by_its_name(taker: str) -> None:
    name, take = TAKERS[taker]
    for strange in STRANGE:
        with pytest.raises(PolicyError, match=name):
            take(strange)


def test_a_number_that_no_float_can_hold_is_refused() -> None:
    for make in (Fixed, Budget, Adaptive, Percentile):
        with pytest.raises(PolicyError):
            make(10**400)


@pytest.mark.parametrize("none", ["initial_delay_ms", "max_age_ms"])
def test_a_delay_that_may_be_left_out_is_none_or_a_number(none: str) -> None:
    make: Any = Percentile

    assert make(**{none: None})
    for strange in ("5", math.nan, -1, [5]):
        with pytest.raises(PolicyError, match=none):
            make(**{none: strange})


@pytest.mark.parametrize("given", [0.5, 1.5, -0.1])
def test_a_probability_is_of_a_share(given: float) -> None:
    if given <= 1 and given >= 0:
        assert any_slow(given, 2) == pytest.approx(0.75)
    else:
        with pytest.raises(PolicyError, match="share_slow"):
            any_slow(given, 2)


def test_groups_without_latencies_have_no_multipliers() -> None:
    strange: Any = {"chat": [1.0], "report": ["slow"]}

    for groups in ({"chat": [1.0], "report": []}, strange, {"chat": [0.0], "report": [2.0]}):
        with pytest.raises(DataError, match=r"'report'|'chat'"):
            learned_multipliers(groups, "chat")


def test_a_queue_needs_load_servers_and_requests() -> None:
    for options in ({"load": 0}, {"load": -1}, {"servers": 0}, {"requests": 0}, {"requests": 2.5}):
        with pytest.raises(PolicyError, match=next(iter(options))):
            _queue(**options)


def test_levels_come_as_a_list() -> None:
    tier = hedging.Tier(name="only", call=ask)
    loose: Any = multi_level_sync

    assert multi_level_sync([tier]).value == "4"
    strange: Any
    for strange in (tier, "tier", None, []):
        with pytest.raises(PolicyError, match="tiers"):
            loose(strange)
