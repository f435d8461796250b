"""The settings of a hedger: plain values that are checked once and that a file can hold."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from .._core.conversions import converted_arguments, milliseconds_of, renamed_attribute
from .._core.errors import PolicyError, UnknownSettingError
from .._core.plain import plain_value
from .._core.shown import shown
from .._delays.registry import DelayStrategyName
from .settings_types import check_types, parsed

LoserCost = Literal["full", "prompt_plus_streamed", "none"]
LOSER_COSTS: tuple[LoserCost, ...] = ("full", "prompt_plus_streamed", "none")
MAX_HEDGES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings of a ``Hedger``.

    Attributes:
        strategy: The name of a delay strategy; ``from_dict`` takes registered names as well.
        options: Options of the strategy, such as ``{"quantile": 0.9}``.
        budget: Backups and retries per request, 0.05 for 5 %; None sets no limit.
        burst: The most backups that can be saved up.
        max_hedges: The most backups that a request may get, 1 to 10.
        stagger: Each further backup waits this much longer than the one before it.
        min_delay_ms: No delay is shorter.
        max_delay_ms: No delay is longer.
        timeout_ms: The longest a request may take; None sets no limit.
        grace_ms: The longest that a cancelled loser is waited for before the result is given.
        cancel_losers: Whether losers are cancelled.
        loser_cost: The assumed cost of a cancelled attempt: ``full``, ``prompt_plus_streamed``
            or ``none``. The second one is ``prompt_usd`` when nothing had been streamed. For a
            stream that had begun it is what ``cost`` gives for the chunks that came, the prompt
            included.
        prompt_usd: The cost of a prompt, for ``prompt_plus_streamed``.
        max_extra_usd: The most that all backups together may cost, in dollars; None sets no limit.
        max_attempt_usd: What an attempt costs at most. ``max_extra_usd`` counts an unknown cost at
            this; without it at the greatest cost seen so far, and at the whole limit before one
            was seen.
        max_concurrent_hedges: The most backups that may run at once, over all keys.
        only_useful: Whether the share of backups shrinks where a sequential test says that they
            save nothing, and grows again when they do.
        load_aware: Whether it shrinks where latencies grow with the number of running requests, so
            that backups would make a queue longer; ``idle_below`` and ``idle`` take its place.
        idle_below: A backup is sent only while fewer requests than this are running.
        breaker_failures: After so many failed requests in a row a key gets no backups.
        breaker_open_ms: For this long, in milliseconds.
        canary: The share of requests that may be hedged.
        shadow: Only count the backups that would have been sent.
        probes: The share of the requests of shadow mode that send a second copy at once, to measure
            how alike copies are; the budget pays for it, and its result is dropped.
        enabled: Whether backups are sent at all.
        max_keys: The most keys that are kept apart; then the longest unused ones are dropped.
        seed: For the draws of ``canary`` and of strategies.
    """

    strategy: DelayStrategyName = "adaptive"
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
    max_attempt_usd: float | None = None
    max_concurrent_hedges: int | None = None
    only_useful: bool = True
    load_aware: bool = True
    idle_below: int | None = None
    breaker_failures: int | None = None
    breaker_open_ms: float = 30_000.0
    canary: float = 1.0
    shadow: bool = False
    probes: float = 0.0
    enabled: bool = True
    max_keys: int = 1000
    seed: int = 0

    if not TYPE_CHECKING:
        breaker_open_s = renamed_attribute(
            "breaker_open_s", "breaker_open_ms", lambda it: it.breaker_open_ms / 1000
        )

    def __post_init__(self) -> None:
        """Check each setting.

        Raises:
            PolicyError: A setting is out of its range.
        """
        check_types(self)
        checks = (
            ("budget", _is_from(self.budget, 0), "a share of requests from 0, or None"),
            ("burst", self.burst >= 1, "at least 1"),
            ("max_hedges", 1 <= self.max_hedges <= MAX_HEDGES, f"between 1 and {MAX_HEDGES}"),
            ("stagger", self.stagger > 0, "positive"),
            ("min_delay_ms", 0 <= self.min_delay_ms <= self.max_delay_ms, "up to max_delay_ms"),
            ("timeout_ms", _is_positive(self.timeout_ms), "a positive number of milliseconds"),
            ("grace_ms", self.grace_ms >= 0, "a number of milliseconds from 0"),
            ("loser_cost", self.loser_cost in LOSER_COSTS, f"one of {', '.join(LOSER_COSTS)}"),
            ("prompt_usd", _is_from(self.prompt_usd, 0), "an amount in dollars from 0, or None"),
            ("max_extra_usd", _is_from(self.max_extra_usd, 0), "an amount from 0, or None"),
            ("max_attempt_usd", _is_from(self.max_attempt_usd, 0), "an amount from 0, or None"),
            ("max_keys", self.max_keys >= 1, "a number of keys from 1"),
            ("max_concurrent_hedges", _is_from(self.max_concurrent_hedges, 0), "from 0, or None"),
            ("idle_below", _is_positive(self.idle_below), "a positive number, or None"),
            ("breaker_failures", _is_positive(self.breaker_failures), "positive, or None"),
            ("breaker_open_ms", self.breaker_open_ms > 0, "a positive number of milliseconds"),
            ("canary", 0 <= self.canary <= 1, "between 0 and 1"),
            ("probes", 0 <= self.probes <= 1, "a share of requests from 0 to 1"),
            ("probes", self.shadow or not self.probes, "0, or shadow=True with it"),
            ("budget", (self.budget or 0) <= self.max_hedges, "a share, such as 0.05 for 5 %"),
        )
        for name, good, wanted in checks:
            if not good:
                raise PolicyError(name, getattr(self, name), wanted)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "Policy":
        """A policy from plain values, such as those of a file.

        Args:
            settings: Setting to value; settings that are left out have their defaults.

        Raises:
            UnknownSettingError: A name is not a setting.
            PolicyError: A value is out of its range or not of its type.

        Example:
            >>> print(Policy.from_dict({"budget": 0.1, "shadow": True}))
            hedging shadow: adaptive, at most 10% extra, up to 1 per request
        """
        _require_mapping(settings)
        known = [each.name for each in fields(cls)]
        for name in settings:
            if name not in (*known, *_OLD_SETTINGS):
                raise UnknownSettingError(name, known, settings[name])
        try:
            return cls(**settings)
        except TypeError as error:
            raise PolicyError(
                "policy", dict(settings), f"values of these types ({error})"
            ) from error

    @classmethod
    def from_text(cls, settings: Mapping[str, str]) -> "Policy":
        """A policy from settings as text, such as those of an INI file or of the environment.

        Args:
            settings: Setting to its value as text; "false", "no", "off" and "0" are False.

        Raises:
            UnknownSettingError: A name is not a setting.
            PolicyError: A text is not a value of the setting's type, or out of its range.

        Example:
            >>> Policy.from_text({"budget": "0.1", "shadow": "false"}).shadow
            False
        """
        _require_mapping(settings)
        return cls.from_dict({name: parsed(name, text) for name, text in settings.items()})

    @classmethod
    def from_environment(cls, prefix: str = "HEDGING_") -> "Policy":
        """A policy from the variables of the environment, such as ``HEDGING_BUDGET=0.1``.

        Args:
            prefix: What their names begin with; the rest is the name of the setting.

        Raises:
            UnknownSettingError: A name is not a setting.
            PolicyError: A text is not a value of the setting's type, or out of its range.
        """
        if not isinstance(prefix, str):
            raise PolicyError("prefix", prefix, "a text, such as 'HEDGING_'")
        names = [name for name in os.environ if name.startswith(prefix)]
        return cls.from_text({name[len(prefix) :].lower(): os.environ[name] for name in names})

    def to_dict(self) -> dict[str, object]:
        """The settings as plain values, which ``from_dict`` takes."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        if math.isinf(self.max_delay_ms):
            del values["max_delay_ms"]
        return {name: plain_value(value) for name, value in values.items()}

    @shown
    def __str__(self) -> str:
        budget = "no budget" if self.budget is None else f"at most {self.budget:.0%} extra"
        state = "off" if not self.enabled else "shadow" if self.shadow else "on"
        return f"hedging {state}: {self.strategy}, {budget}, up to {self.max_hedges} per request"


def _require_mapping(settings: object) -> None:
    if not isinstance(settings, Mapping) or not all(isinstance(name, str) for name in settings):
        raise PolicyError("settings", settings, "a dict of settings by their names")


def _is_from(value: float | None, lowest: float) -> bool:
    return value is None or (math.isfinite(value) and value >= lowest)


def _is_positive(value: float | None) -> bool:
    return value is None or value > 0


_OLD_SETTINGS = {"breaker_open_s": ("breaker_open_ms", milliseconds_of)}
Policy.__init__ = converted_arguments(**_OLD_SETTINGS)(Policy.__init__)  # type: ignore[method-assign]  # old names

CAUTIOUS: Policy = Policy(budget=0.02, burst=10, breaker_failures=5)
BALANCED: Policy = Policy(budget=0.05, breaker_failures=5)
EAGER: Policy = Policy(budget=0.15, max_hedges=2, breaker_failures=5)
