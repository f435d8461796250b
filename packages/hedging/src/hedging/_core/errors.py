"""What can go wrong with a hedged request.

HedgingError
├── AllAttemptsFailedError (RuntimeError)   no attempt gave an acceptable result
├── HedgeTimeoutError (TimeoutError)        no acceptable result within the time limit
├── UnknownStrategyError (ValueError)       no strategy has this name
├── PolicyError (ValueError)                a setting is unknown or out of its range
├── DataError (ValueError)                  recorded latencies cannot be read or are too few
├── SnapshotError (ValueError)              a saved state does not fit
└── StalledError (RuntimeError)             simulated time cannot go on: everything waits for
nothing
"""

from collections.abc import Iterable, Sequence


class HedgingError(Exception):
    """The base of every error this library raises on purpose."""


class AllAttemptsFailedError(HedgingError, RuntimeError):
    """Every attempt failed or was not accepted; ``errors`` has one entry per attempt."""

    def __init__(self, errors: Sequence[BaseException]) -> None:
        self.errors = tuple(errors)
        reasons = "; ".join(f"{type(error).__name__}: {error}" for error in errors)
        failed = f"all {len(self.errors)} attempts" if len(self.errors) > 1 else "the only attempt"
        super().__init__(f"{failed} failed: {reasons}")


class HedgeTimeoutError(HedgingError, TimeoutError):
    """No acceptable result arrived within ``timeout_ms``."""

    def __init__(self, timeout_ms: float, attempts: int) -> None:
        self.timeout_ms = timeout_ms
        self.attempts = attempts
        asked = f"{attempts} attempts" if attempts > 1 else "one attempt"
        super().__init__(f"no result within {timeout_ms:g} ms from {asked}")


class UnknownStrategyError(HedgingError, ValueError):
    """No strategy has this name."""

    def __init__(self, name: object, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(sorted(known))
        super().__init__(
            f"unknown strategy {name!r}; known: {', '.join(self.known)}; any object with"
            " delay_ms() and record(latency_ms) will do as a strategy too"
        )


class PolicyError(HedgingError, ValueError):
    """A setting is unknown or out of its range."""

    def __init__(self, name: str, value: object, wanted: str) -> None:
        self.name = name
        self.value = value
        super().__init__(f"{name}: {value!r} is not {wanted}")


class DataError(HedgingError, ValueError):
    """Recorded latencies cannot be read, or there are too few of them."""


class SnapshotError(HedgingError, ValueError):
    """A saved state does not fit what it is to be restored to."""


class StalledError(HedgingError, RuntimeError):
    """Under simulated time every task waits, and neither a timer nor a thread will wake one."""
