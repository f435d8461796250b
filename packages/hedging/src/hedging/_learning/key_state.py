"""The state of a hedger: of one key, and of all keys together."""

import itertools
import math
import threading
from collections import deque
from typing import Any

from .._delays.saved import saved_mapping, saved_number
from .._limits.breaker import Breaker
from .._limits.budget import Budget
from .._limits.policy import Policy
from .ledger import Ledger
from .load import LoadSensitivity
from .statistics import Tally
from .usefulness import Usefulness

_FIRST_RETRIES = 3
_PAIRS = 10_000
_numbers = itertools.count(1)


class Shared:
    """The state that all keys of a hedger share."""

    __slots__ = ("enabled", "hedges", "ledger", "lock", "number", "requests")

    def __init__(self, *, enabled: bool, worst_usd: float | None = None) -> None:
        self.enabled = enabled
        # Requests of several threads, each with a loop of its own, may use one hedger.
        self.lock = threading.RLock()
        self.ledger = Ledger(worst_usd)
        # Distinguishes the requests of one hedger from those of another.
        self.number = next(_numbers)
        self.requests = 0
        self.hedges = 0


class KeyState:
    """Everything that is known of one key.

    Attributes:
        key: What is called.
        strategy: When a backup is due.
        budget: Pays for backups; None without a limit.
        first_retries: Retries that need no token: a budget is empty at the beginning.
        breaker: Stops backups after failures; None when it is not wanted.
        quiet_until: Until then, in seconds, the service asked for no backups.
        running: The number of its requests that are running.
        open_streams: The streams that go on after their requests.
        usefulness: Whether its backups win; None when that does not matter.
        load: How its load slows it down; None when that does not matter.
        last_used: The number of its latest request.
        tally: The counters.
        copies: Pairs of latencies of two copies of a request, measured by probes.
    """

    __slots__ = (
        "breaker",
        "budget",
        "copies",
        "first_retries",
        "key",
        "last_used",
        "load",
        "open_streams",
        "quiet_until",
        "running",
        "strategy",
        "tally",
        "usefulness",
    )

    def __init__(self, key: str, strategy: Any, policy: Policy, budget: Budget | None) -> None:
        self.key = key
        self.strategy = strategy
        self.budget = budget
        self.running = 0
        self.open_streams = 0
        self.last_used = 0
        if budget is None and policy.budget is not None:
            self.budget = Budget(policy.budget, burst=policy.burst)
        share = 0.0 if self.budget is None else self.budget.share
        self.usefulness = Usefulness(share) if policy.only_useful and share else None
        is_free = policy.load_aware and policy.idle_below is None
        self.load = LoadSensitivity() if is_free and share else None
        self.first_retries = _FIRST_RETRIES if budget is None and policy.budget else 0
        if hasattr(strategy, "keep_within"):
            strategy.keep_within(policy.min_delay_ms, policy.max_delay_ms)
        failures = policy.breaker_failures
        self.breaker = (
            None if failures is None else Breaker(failures, open_ms=policy.breaker_open_ms)
        )
        self.quiet_until = 0.0
        self.tally = Tally()
        self.copies: deque[tuple[float, float]] = deque(maxlen=_PAIRS)

    @property
    def in_use(self) -> bool:
        """Whether something will still be counted here."""
        return self.running > 0 or self.open_streams > 0

    def snapshot(self) -> dict[str, Any]:
        """What was learned and counted, as plain values."""
        snapshot = getattr(self.strategy, "snapshot", None)
        return {
            "strategy": None if snapshot is None else snapshot(),
            "tokens": None if self.budget is None else self.budget.tokens,
            "tally": self.tally.snapshot(),
            "evidence": None if self.usefulness is None else self.usefulness.evidence,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back a snapshot; a damaged one changes nothing.

        Raises:
            ValueError: A value in it is damaged.
        """
        tally, tokens = Tally.restored(state["tally"]), state["tokens"]
        tokens = None if tokens is None else saved_number(tokens)
        evidence = state.get("evidence")  # absent before 0.2
        evidence = None if evidence is None else saved_number(evidence, least=-math.inf)
        if state["strategy"] is not None and hasattr(self.strategy, "restore"):
            self.strategy.restore(saved_mapping(state["strategy"]))
        if self.budget is not None and tokens is not None:
            self.budget.tokens = min(tokens, self.budget.burst)
        self.tally = tally
        if self.usefulness is not None and evidence is not None:
            self.usefulness.restore(evidence)
