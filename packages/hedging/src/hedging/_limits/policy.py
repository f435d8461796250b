"""How much hedging is allowed: plain values, checked once, that a file can hold."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from .._core.errors import PolicyError

LoserCost = Literal["full", "prompt_plus_streamed", "none"]
LOSER_COSTS: tuple[LoserCost, ...] = ("full", "prompt_plus_streamed", "none")
MOST_HEDGES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings of a ``Hedger``.

    Attributes:
        strategy: ``adaptive``, ``percentile``, ``thompson``, ``workload``, ``multipliers``,
            ``backoff``, ``fixed`` or ``off``.
        options: Options of the strategy, such as ``{"percentile": 90}``.
        budget: Backups and retries per request, 0.05 for 5 %; None sets no limit.
        burst: How many backups may be saved up.
        max_hedges: How many backups a request may get, 1 to 10.
        stagger: Each further backup waits this much longer than the one before it.
        min_delay_ms: No delay is shorter.
        max_delay_ms: No delay is longer.
        timeout_ms: The longest a request may take; None sets no limit.
        grace_ms: How long a cancelled loser is waited for before the result is given.
        cancel_losers: Whether losers are cancelled.
        loser_cost: What a cancelled attempt is taken to cost: ``full``, ``prompt_plus_streamed``
            (``prompt_usd`` and what had been streamed) or ``none``.
        prompt_usd: The cost of a prompt, for ``prompt_plus_streamed``.
        max_extra_usd: What all backups together may cost; None sets no limit.
        max_concurrent_hedges: How many backups may be on their way at once, over all keys.
        idle_below: A backup is sent only while fewer requests than this are on their way.
        breaker_failures: After so many failed requests in a row a key gets no backups.
        breaker_open_s: For this long.
        canary: The share of requests that may be hedged.
        shadow: Only note what would have been sent.
        enabled: Whether backups are sent at all.
        seed: For the draws of ``canary`` and of strategies.
    """

    strategy: str = "adaptive"
    options: Mapping[str, Any] = field(default_factory=dict)
    budget: float | None = 0.05
    burst: float = 24.0
    max_hedges: int = 1
    stagger: float = 1.5
    min_delay_ms: float = 0.0
    max_delay_ms: float = math.inf
    timeout_ms: float | None = None
    grace_ms: float = 50.0
    cancel_losers: bool = True
    loser_cost: LoserCost = "full"
    prompt_usd: float | None = None
    max_extra_usd: float | None = None
    max_concurrent_hedges: int | None = None
    idle_below: int | None = None
    breaker_failures: int | None = None
    breaker_open_s: float = 30.0
    canary: float = 1.0
    shadow: bool = False
    enabled: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            PolicyError: A setting is out of its range.
        """
        checks = (
            ("budget", _at_least(self.budget, 0), "a share of requests from 0, or None"),
            ("burst", self.burst >= 1, "at least 1"),
            ("max_hedges", 1 <= self.max_hedges <= MOST_HEDGES, f"between 1 and {MOST_HEDGES}"),
            ("stagger", self.stagger > 0, "positive"),
            ("min_delay_ms", 0 <= self.min_delay_ms <= self.max_delay_ms, "up to max_delay_ms"),
            ("timeout_ms", _above_zero(self.timeout_ms), "a positive number of milliseconds"),
            ("grace_ms", self.grace_ms >= 0, "a number of milliseconds from 0"),
            ("loser_cost", self.loser_cost in LOSER_COSTS, f"one of {', '.join(LOSER_COSTS)}"),
            ("prompt_usd", _at_least(self.prompt_usd, 0), "an amount in dollars from 0, or None"),
            ("max_extra_usd", _at_least(self.max_extra_usd, 0), "an amount from 0, or None"),
            ("max_concurrent_hedges", _at_least(self.max_concurrent_hedges, 0), "from 0, or None"),
            ("idle_below", _above_zero(self.idle_below), "a positive number, or None"),
            ("breaker_failures", _above_zero(self.breaker_failures), "positive, or None"),
            ("breaker_open_s", self.breaker_open_s > 0, "a positive number of seconds"),
            ("canary", 0 <= self.canary <= 1, "between 0 and 1"),
        )
        for name, good, wanted in checks:
            if not good:
                raise PolicyError(name, getattr(self, name), wanted)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "Policy":
        """A policy from plain values, such as a file's.

        Raises:
            PolicyError: A name is unknown or a value out of its range.
        """
        known = [each.name for each in fields(cls)]
        for name in settings:
            if name not in known:
                raise PolicyError(name, settings[name], f"a setting; known: {', '.join(known)}")
        try:
            return cls(**settings)
        except TypeError as error:
            raise PolicyError("policy", dict(settings), f"of these types: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain values, that ``from_dict`` takes."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        if math.isinf(self.max_delay_ms):
            del values["max_delay_ms"]
        return {**values, "options": dict(self.options)}

    def __str__(self) -> str:
        budget = "no budget" if self.budget is None else f"at most {self.budget:.0%} extra"
        state = "off" if not self.enabled else "shadow" if self.shadow else "on"
        return f"hedging {state}: {self.strategy}, {budget}, up to {self.max_hedges} per request"


def _at_least(value: float | None, lowest: float) -> bool:
    return value is None or (math.isfinite(value) and value >= lowest)


def _above_zero(value: float | None) -> bool:
    return value is None or value > 0


CAUTIOUS = Policy(budget=0.02, burst=10, breaker_failures=5)
BALANCED = Policy(budget=0.05, breaker_failures=5)
EAGER = Policy(budget=0.15, max_hedges=2, breaker_failures=5)
