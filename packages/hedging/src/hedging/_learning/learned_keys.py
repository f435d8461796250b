"""The keys of a hedger: what each has learned and counted, and snapshots of it."""

import functools
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from .._core.errors import PolicyError, SnapshotError, error_text
from .._delays.registry import named_strategy
from .._delays.saved import saved_mapping
from .._delays.strategy import DelayStrategy, Off
from .._limits.budget import Budget
from .._limits.policy import Policy
from .key_state import KeyState, Shared
from .ledger import Ledger
from .statistics import HedgingStatistics, Tally, summarize

if TYPE_CHECKING:
    from pathlib import Path


_KEYS_WITH_RETRIES = 100


class LearnedKeys:
    """The keys of a hedger.

    Args:
        policy: How much is allowed.
        strategy: A strategy for all keys, or a function that makes one for each; without it the
            policy's strategy.
        budget: A budget for all keys; without it each has one of its own.
    """

    def __init__(
        self,
        policy: Policy,
        strategy: DelayStrategy | Callable[[], DelayStrategy] | None,
        budget: Budget | None,
    ) -> None:
        self.policy: Policy = policy
        self._make_strategy: Callable[[], DelayStrategy] = _strategy_maker(policy, strategy)
        self._budget: Budget | None = budget
        self._shared: Shared = Shared(enabled=policy.enabled, worst_usd=policy.max_attempt_usd)
        self._keys: dict[str, KeyState] = {}
        self._keys_made: int = 0
        self._dropped: Tally = Tally()

    def statistics(self, key: str | None = None) -> HedgingStatistics:
        """The counters and latencies of a key.

        Args:
            key: Which key; None takes all keys together.

        Returns:
            The statistics since the start, a restored snapshot included. Those of all keys include
            the keys that were dropped because of ``max_keys``.
        """
        with self._shared.lock:
            if key is not None:
                state = self._keys.get(key)
                tallies = [Tally() if state is None else state.tally]
            else:
                tallies = [*(state.tally for state in self._keys.values()), self._dropped]
            return summarize(tallies, limited=self.policy.max_extra_usd is not None)

    def copies(self, key: str = "default") -> tuple[tuple[float, float], ...]:
        """Pairs of latencies in milliseconds of two copies of one request, for ``analyze``.

        Shadow mode measures them where ``Policy.probes`` says so; the latest 10,000 are kept, and
        snapshots leave them out.

        Args:
            key: What is called.

        Returns:
            The primary's latency and the probe's, of requests where both gave a result.
        """
        with self._shared.lock:
            state = self._keys.get(key)
            return () if state is None else tuple(state.copies)

    def snapshot(self) -> dict[str, Any]:
        """What was learned and counted, as plain values."""
        keys = {key: state.snapshot() for key, state in self._keys.items()}
        return {"version": 1, "strategy": self.policy.strategy, "keys": keys}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back a snapshot; keys that it does not name are kept.

        A damaged snapshot changes nothing.

        Args:
            state: What ``snapshot`` gave.

        Raises:
            SnapshotError: The snapshot is damaged, or of another strategy.
        """
        if not isinstance(state, Mapping):
            raise SnapshotError(f"a {type(state).__name__} is not a snapshot")
        if state.get("version") != 1 or state.get("strategy") != self.policy.strategy:
            raise SnapshotError(
                f"a snapshot of version {state.get('version')!r} with strategy"
                f" {state.get('strategy')!r} does not fit a hedger with {self.policy.strategy!r}"
            )
        try:
            keys = saved_mapping(state["keys"])
            for key, saved in keys.items():  # into states of no use, so that errors come first
                KeyState(key, self._scratch_strategy(), self.policy, None).restore(saved)
            for key, saved in keys.items():
                self._take_back(self._state(key), saved)
        except Exception as error:  # strategies of callers raise what they like
            raise SnapshotError(f"the snapshot is damaged: {error_text(error)}") from error

    def _take_back(self, known: KeyState, saved: dict[str, Any]) -> None:
        before, ledger = known.tally, self._shared.ledger
        known.restore(saved)
        ledger.extra_usd += known.tally.extra_usd - before.extra_usd
        ledger.unpriced += known.tally.unpriced - before.unpriced

    def _scratch_strategy(self) -> DelayStrategy:
        """A new strategy; one that does not learn where all keys share one."""
        first, second = self._make_strategy(), self._make_strategy()
        return Off() if first is second else first

    def save(self, path: "str | Path") -> None:
        """Write a snapshot to a file, in one step: a reader never sees half of it.

        Args:
            path: The file; it is replaced.

        Raises:
            OSError: The file cannot be written.
        """
        from .snapshots import write_snapshot  # noqa: PLC0415  # few need files

        write_snapshot(path, self.snapshot())

    def load(self, path: "str | Path") -> None:
        """Take back the snapshot in a file.

        Args:
            path: The file.

        Raises:
            SnapshotError: The file does not hold a snapshot, or one of another strategy.
            OSError: The file cannot be read.
        """
        from .snapshots import read_snapshot  # noqa: PLC0415  # few need files

        self.restore(read_snapshot(path))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that were used."""
        return tuple(self._keys)

    def reset(self, key: str | None = None) -> None:
        """Forget what was learned and counted.

        Args:
            key: Which key; None forgets all keys.
        """
        if key is None:
            self._keys.clear()
            self._dropped = Tally()
            self._shared.ledger = Ledger(self.policy.max_attempt_usd)
        else:
            self._keys.pop(key, None)

    def _state(self, key: str) -> KeyState:
        state = self._keys.get(key)
        return self._new_state(key) if state is None else state

    def _new_state(self, key: str) -> KeyState:
        # Threads that meet a new key at once have to count on the same state.
        with self._shared.lock:
            state = self._keys.get(key)
            if state is not None:
                return state
            if not isinstance(key, str):
                raise PolicyError("key", key, "a text, such as the name of a model")
            state = KeyState(key, self._make_strategy(), self.policy, self._budget)
            # Not for so many keys that they would add up to a load.
            self._keys_made += 1
            if self._keys_made > _KEYS_WITH_RETRIES:
                state.first_retries = 0
            if len(self._keys) >= self.policy.max_keys:
                self._drop_idle()
            self._keys[key] = state
            return state

    def _drop_idle(self) -> None:
        """Drop a tenth of the keys: those that were not used for longest and have no request."""
        idle = [state for state in self._keys.values() if not state.in_use]
        idle.sort(key=attrgetter("last_used"))
        for state in idle[: max(1, len(idle) // 10)]:
            self._dropped.add(state.tally)
            del self._keys[state.key]


def _budget_options(policy: Policy) -> dict[str, Any]:
    """The option by which a strategy spends the budget of the policy."""
    budget = policy.budget
    if budget is None or not 0 < budget < 1:
        return {}
    if policy.strategy in ("adaptive", "workload"):
        return {"budget": budget}
    if policy.strategy == "percentile" and not {"quantile", "percentile"} & policy.options.keys():
        return {"quantile": 1 - budget}
    return {}


def _strategy_maker(
    policy: Policy, strategy: DelayStrategy | Callable[[], DelayStrategy] | None
) -> Callable[[], DelayStrategy]:
    """A function that gives the strategy of a key; a wrong name fails here, not at a request."""
    if strategy is None:
        options = {**_budget_options(policy), **policy.options}
        make = functools.partial(named_strategy, policy.strategy, options)
        make()
        return make
    if not callable(strategy) and not hasattr(strategy, "delay_ms"):
        raise PolicyError(
            "strategy", strategy, "a strategy, such as Fixed(50), or a name in Policy(strategy=)"
        )
    if isinstance(strategy, type) or not hasattr(strategy, "delay_ms"):
        return cast("Callable[[], DelayStrategy]", strategy)
    return lambda: cast("DelayStrategy", strategy)
