"""The errors of this library.

HedgingError
├── AllAttemptsFailedError (RuntimeError)    no attempt gave an acceptable result
├── NotAcceptedError (ValueError)            a result was not accepted
├── HedgeTimeoutError (TimeoutError)         no acceptable result within the time limit
├── PolicyError (ValueError)                 a setting or argument is out of its range
│   └── UnknownSettingError                  a policy has no setting of this name
├── UnknownDelayStrategyError (ValueError)   no strategy has this name
├── DelayStrategyNameTakenError (ValueError) a strategy with this name is registered already
├── DataError (ValueError)                   recorded latencies cannot be read or are too few
├── SnapshotError (ValueError)               a saved state does not fit
├── StreamClosedError (RuntimeError)         a closed stream was read
├── StalledError (RuntimeError)              simulated time cannot go on
├── NoEventLoopError (RuntimeError)          a request without an event loop of asyncio
├── RunningLoopError (RuntimeError)          a sync function was called inside an event loop
└── MissingExtraError (ImportError)          an optional dependency is not installed
"""

from collections.abc import Iterable, Sequence

from .shown import shown, without_keys


class HedgingError(Exception):
    """The base of every error this library raises on purpose."""

    @shown
    def __str__(self) -> str:
        return super().__str__()


class AllAttemptsFailedError(HedgingError, RuntimeError):
    """Every attempt failed or was not accepted.

    When all attempts failed with errors of one class, the error that is raised is of that class as
    well, with its attributes, so that an ``except`` clause for it goes on matching.

    Attributes:
        errors: One entry per attempt.
        reason: Why no further attempt was started, a key of ``REASONS``; empty when none was due.
    """

    def __init__(self, errors: Sequence[BaseException], reason: str = "") -> None:
        self.errors: tuple[BaseException, ...] = tuple(errors)
        self.reason: str = reason
        reasons = "; ".join(error_text(error) for error in errors)
        failed = f"all {len(self.errors)} attempts" if len(self.errors) > 1 else "the only attempt"
        super().__init__(f"{failed} failed: {reasons}")

    def __reduce__(self) -> tuple[object, ...]:
        return AllAttemptsFailedError, (self.errors, self.reason)


class NotAcceptedError(HedgingError, ValueError):
    """A result was not accepted."""

    def __init__(self) -> None:
        super().__init__("the result was not accepted")


class HedgeTimeoutError(HedgingError, TimeoutError):
    """No acceptable result arrived within ``timeout_ms``."""

    def __init__(self, timeout_ms: float, attempts: int) -> None:
        self.timeout_ms: float = timeout_ms
        self.attempts: int = attempts
        started = f"{attempts} attempts were" if attempts > 1 else "one attempt was"
        super().__init__(
            f"no acceptable result arrived within {timeout_ms:g} ms; {started} started"
        )


class UnknownDelayStrategyError(HedgingError, ValueError):
    """No strategy has this name; ``known`` has those that exist."""

    def __init__(self, name: object, known: Iterable[str]) -> None:
        self.name: object = name
        self.known: tuple[str, ...] = tuple(sorted(known))
        super().__init__(
            f"no delay strategy is named {name!r}{nearest(name, self.known)}; use one of"
            f" {', '.join(self.known)}, or an object with delay_ms() and record(latency_ms)"
        )


class DelayStrategyNameTakenError(HedgingError, ValueError):
    """A strategy with this name is registered already."""

    def __init__(self, name: str) -> None:
        self.name: str = name
        super().__init__(
            f"a delay strategy named {name!r} is registered already; choose another name,"
            " or give replace=True"
        )


class PolicyError(HedgingError, ValueError):
    """A setting or an argument is out of its range."""

    def __init__(self, name: str, value: object, wanted: str) -> None:
        self.name: str = name
        self.value: object = value
        super().__init__(f"{name} is {value!r}; give {wanted}")


class UnknownSettingError(PolicyError):
    """A policy has no setting of this name; ``known`` has those that exist."""

    def __init__(self, name: str, known: Iterable[str], value: object = None) -> None:
        self.known: tuple[str, ...] = tuple(sorted(known))
        super().__init__(name, value, "a setting of Policy")
        found = f"Policy has no setting {name!r}{nearest(name, self.known)}"
        self.args: tuple[object, ...] = (f"{found}; it has {', '.join(self.known)}",)


class DataError(HedgingError, ValueError):
    """Recorded latencies cannot be read, or there are too few of them."""


class SnapshotError(HedgingError, ValueError):
    """A saved state does not fit the hedger that it is restored to."""


class StreamClosedError(HedgingError, RuntimeError):
    """A stream was read after it had been closed."""


class StalledError(HedgingError, RuntimeError):
    """Under simulated time every task waits, and neither a timer nor a thread will wake one."""


class RunningLoopError(HedgingError, RuntimeError):
    """A function for scripts was called inside a running event loop."""

    def __init__(self, name: str, instead: str) -> None:
        self.name: str = name
        super().__init__(f"`{name}` cannot run inside a running event loop; use `{instead}`")


class NoEventLoopError(HedgingError, RuntimeError):
    """A request was made without a running event loop of asyncio, such as under trio."""

    def __init__(self) -> None:
        super().__init__(
            "requests with backups need a running event loop of asyncio; trio is not supported"
        )


class MissingExtraError(HedgingError, ImportError):
    """A function needs a package that comes with an extra."""

    def __init__(self, what: str, *, extra: str, package: str) -> None:
        self.extra: str = extra
        self.package: str = package
        super().__init__(
            f"{what} needs {package}, which is not installed:"
            f' pip install "crucible-framework-hedging[{extra}]"'
        )


def error_text(error: BaseException) -> str:
    """The class and the text of an error, without keys that their form shows.

    An error whose text cannot be made has its class.
    """
    try:
        return without_keys(f"{type(error).__name__}: {error}")
    except Exception:  # noqa: BLE001  # the text is the caller's code
        return type(error).__name__


def nearest(name: object, known: Sequence[str]) -> str:
    """A clause with the known name that is most like this one; empty without a similar one."""
    from difflib import get_close_matches  # noqa: PLC0415  # 3 ms that only errors need

    found = get_close_matches(str(name), known, n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""
