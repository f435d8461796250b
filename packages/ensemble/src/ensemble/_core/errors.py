"""The errors of this library.

EnsembleError
├── MissingExtraError (ImportError)          a library of an extra is not installed
├── UnknownNameError (ValueError)            a name is not known; a class for each kind of name
├── AllModelsFailedError (RuntimeError)      no model answered
├── InsufficientResponsesError (RuntimeError)  fewer answered than were wanted
├── NoConsensusError (RuntimeError)          a tie, where a tie is an error
├── RunningLoopError (RuntimeError)          a ``*_sync`` function where ``await`` is needed
├── QuestionError (ValueError)               no simulated or recorded answer to this question
│   └── MissingRecordError (LookupError)     nothing is recorded for it
├── CacheFileError (OSError)                 a file of answers or jobs cannot be read or written
├── RecordFileError (ValueError)             a file of recordings or prices has another form
├── InfeasibleCorrelationError (ValueError)  models of these accuracies cannot have such errors
├── ModelTimeoutError (TimeoutError)         one model took too long
└── ModelError (RuntimeError)                one model failed
    ├── AuthenticationError                  no key, or a key that is not accepted
    ├── RateLimitError                       too many requests
    ├── ServerError                          the provider failed
    │   └── OverloadedError                  it has too much to do just now
    ├── ConnectionFailedError (ConnectionError)  the provider cannot be reached, or hung up
    ├── CircuitOpenError                     the provider is down; no request is sent
    ├── DeadlineExceededError (TimeoutError)  the deadline passed before the request was sent
    ├── BatchJobError                        a batch job ended without an answer
    ├── BadRequestError (ValueError)         the provider refuses the request
    └── MalformedResponseError (ValueError)  the provider's answer cannot be read
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal, Self

from .costs.ledger import Try
from .rendering import counted, on_one_line

ConnectionFailure = Literal[
    "refused",
    "unknown_host",
    "tls",
    "connect_timeout",
    "silence",
    "deadline",
    "hung_up",
    "reset",
]
BatchFailure = Literal["expired", "cancelled", "failed", "lost", "unsent"]


class EnsembleError(Exception):
    """The base of every error this library raises on purpose.

    Attributes:
        cost_usd: What the failed call cost all the same; None when unknown.
        tries: The requests that were sent to a provider for it, as ``Ledger`` books them.
    """

    cost_usd: float | None = None
    tries: tuple[Try, ...] = ()

    def __str__(self) -> str:
        return on_one_line(super().__str__())  # it may quote a model, a provider or a name

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross process borders with their data, whatever their constructors take.
        return _again, (type(self), self.args, self.__dict__.copy())

    @classmethod
    def _from_parts(cls, args: tuple[Any, ...], data: Mapping[str, Any]) -> Self:
        # Of the bases of one error, Python makes only the most special one: OSError with its own.
        base: Any = OSError if OSError in cls.__mro__ else cls
        error: Self = base.__new__(cls)
        error.args = args
        error.__dict__.update(data)
        return error


def _again(
    kind: type[EnsembleError], args: tuple[Any, ...], data: Mapping[str, Any]
) -> EnsembleError:
    return kind._from_parts(args, data)  # noqa: SLF001  # its own class


class MissingExtraError(EnsembleError, ImportError):
    """A function needs a library that an extra installs.

    Attributes:
        extra: The extra of this package.
        package: The library that is missing.
    """

    def __init__(self, extra: str, package: str, remedy: str | None = None) -> None:
        self.extra = extra
        self.package = package
        remedy = remedy or f'pip install "crucible-framework-ensemble[{extra}]"'
        super().__init__(f"{package} is not installed; install the extra {extra!r}: {remedy}")


class UnknownNameError(EnsembleError, ValueError):
    """A name is not known; the class says what it should have been the name of.

    Attributes:
        kind: What it should have been the name of.
        name: The name as it was given.
        known: The names that are known, sorted.
        nearest: The known name that is most like it; None where none is alike.
    """

    kind: ClassVar[str] = "name"
    remedy: ClassVar[str] = "choose one of them"

    def __init__(self, name: object, known: Iterable[str]) -> None:
        from difflib import get_close_matches  # noqa: PLC0415  # 2 ms that only mistakes need

        self.name = name
        self.known: tuple[str, ...] = tuple(sorted(known))
        self.nearest: str | None = next(iter(get_close_matches(str(name), self.known, 1)), None)
        hint = f"did you mean {self.nearest!r}? " if self.nearest else ""
        super().__init__(
            f"unknown {self.kind} {name!r}: {hint}known: {', '.join(self.known)}; {self.remedy}"
        )


class UnknownStrategyError(UnknownNameError):
    """No voting strategy has this name."""

    kind = "voting strategy"
    remedy = "or pass a function of the votes that gives a VoteOutcome, or register_strategy()"


class UnknownExecutionError(UnknownNameError):
    """No execution has this name."""

    kind = "execution"
    remedy = "or pass Parallel(...), Sequential(...), Cascade(...) or HedgedExecution(...)"


class UnknownStopError(UnknownNameError):
    """No stopping rule has this name."""

    kind = "stop"
    remedy = "or pass a function of the VotingState, such as VotePosterior(...)"


class UnknownNormalizerError(UnknownNameError):
    """No normalizer has this name."""

    kind = "normalizer"
    remedy = "or pass a function of the answer that gives a hashable key, or None for an abstention"


class UnknownTieBreakError(UnknownNameError):
    """No tie policy has this name."""

    kind = "tie policy"


class UnknownSimilarityError(UnknownNameError):
    """No similarity of texts has this name."""

    kind = "similarity"
    remedy = "or pass a function of two texts"


class UnknownModelError(UnknownNameError):
    """No model has this name, and its prefix identifies no provider."""

    kind = "model"
    remedy = "or provider/model; ensemble.register_alias(name, model) adds an alias"


def _all_of(n: int) -> str:
    return "the only model" if n == 1 else f"all {n} models"


class AllModelsFailedError(EnsembleError, RuntimeError):
    """No model answered; ``errors`` has the reason of each."""

    def __init__(self, errors: Mapping[str, BaseException]) -> None:
        self.errors: dict[str, BaseException] = dict(errors)
        reasons = "; ".join(f"{name}: {error}" for name, error in self.errors.items())
        super().__init__(f"{_all_of(len(self.errors))} failed: {reasons}")


class InsufficientResponsesError(EnsembleError, RuntimeError):
    """Fewer models answered than ``min_responses`` asks for."""

    def __init__(self, needed: int, got: int, errors: Mapping[str, BaseException]) -> None:
        self.needed = needed
        self.got = got
        self.errors: dict[str, BaseException] = dict(errors)
        reasons = "; ".join(f"{name}: {error}" for name, error in self.errors.items())
        answered = counted(got, "model")
        super().__init__(f"{answered} answered, min_responses asks for {needed} ({reasons})")


class NoConsensusError(EnsembleError, RuntimeError):
    """Several answers have equally many votes, or there are several where one was wanted."""

    def __init__(self, tied: Iterable[object], what: str = "a tie") -> None:
        self.tied: tuple[object, ...] = tuple(tied)
        super().__init__(f"{what} between {', '.join(map(repr, self.tied))}")


class RunningLoopError(EnsembleError, RuntimeError):
    """A ``*_sync`` function was called where an event loop is running, as in a notebook."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"`{name}_sync` cannot run inside a running event loop; use `await {name}(...)`"
        )


class QuestionError(EnsembleError, ValueError):
    """A simulated or recorded model cannot answer this question."""


class MissingRecordError(QuestionError, LookupError):
    """Nothing is recorded for this question, and no model may be called."""

    def __init__(self, message: str, *, model: str, question: str, sample: int) -> None:
        self.model = model
        self.question = question
        self.sample = sample
        super().__init__(message)


class CacheFileError(EnsembleError, OSError):
    """A file of answers or of batch jobs cannot be read or written, or is something else."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class RecordFileError(EnsembleError, ValueError):
    """A file of recordings or prices is damaged or has another form; names the place in it."""


class InfeasibleCorrelationError(EnsembleError, ValueError):
    """Models of these accuracies cannot have errors that are correlated as asked.

    Attributes:
        names: The models that it concerns.
        asked: What was asked of a pair; None when it is the whole that contradicts itself.
        lowest: The least correlation that the pair can have.
        highest: The largest.
    """

    def __init__(
        self,
        message: str,
        *,
        names: tuple[str, ...],
        asked: float | None = None,
        lowest: float | None = None,
        highest: float | None = None,
    ) -> None:
        self.names = names
        self.asked = asked
        self.lowest = lowest
        self.highest = highest
        super().__init__(message)


class ModelTimeoutError(EnsembleError, TimeoutError):
    """One model did not answer within ``model_timeout_ms``."""

    def __init__(self, timeout_ms: float) -> None:
        self.timeout_ms = timeout_ms
        super().__init__(f"no answer within {timeout_ms:g} ms")


class ModelError(EnsembleError, RuntimeError):
    """One model failed.

    Attributes:
        status: The HTTP status; None where there was none.
        retryable: Whether asking again may help.
        retry_after_s: How long the provider asks to wait; None when it does not say.
    """

    retryable: bool = False

    def __init__(
        self, message: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        self.status = status
        self.retry_after_s = retry_after_s
        super().__init__(message)

    def final(self) -> Self:
        """The same failure, where the provider says that asking again will not help."""
        self.retryable = False
        return self


class AuthenticationError(ModelError):
    """There is no key, or it is not accepted."""


class RateLimitError(ModelError):
    """The provider asks to slow down."""

    retryable: bool = True


class ServerError(ModelError):
    """The provider failed."""

    retryable: bool = True


class OverloadedError(ServerError):
    """The provider has too much to do just now."""


class ConnectionFailedError(ModelError, ConnectionError):
    """The provider cannot be reached, hung up, or did not answer in time.

    Attributes:
        reason: ``refused``, ``unknown_host``, ``tls``, ``connect_timeout``, ``silence``,
            ``deadline``, ``hung_up``, ``reset``, or None for any other.
    """

    retryable: bool = True

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        reason: ConnectionFailure | None = None,
    ) -> None:
        self.reason = reason
        super().__init__(message, status=status, retry_after_s=retry_after_s)


class CircuitOpenError(ModelError):
    """The provider failed too often just now: it is left alone for a while."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(
            f"the provider failed too often; it is asked again in {wait_s:.1f} s",
            retry_after_s=wait_s,
        )


class DeadlineExceededError(ModelError, TimeoutError):
    """The deadline passed before the request was sent."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"the deadline passed {where}; allow more time by deadline_ms, or higher limits"
        )


class BatchJobError(ModelError):
    """A batch job ended without an answer to this request.

    Attributes:
        reason: ``expired``, ``cancelled``, ``failed`` as a whole, ``lost``: the provider does not
            know the job any more, or ``unsent``: it never had it.
    """

    retryable: bool = True

    def __init__(self, message: str, *, reason: BatchFailure) -> None:
        self.reason = reason
        super().__init__(message)


class BadRequestError(ModelError, ValueError):
    """The provider refuses the request; asking again will not help."""


class MalformedResponseError(ModelError, ValueError):
    """The provider's answer is not what its interface promises."""
