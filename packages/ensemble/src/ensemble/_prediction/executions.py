"""Executions: in which order the models of a panel are called, and when that ends."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

from .._core.errors import UnknownExecutionError, UnknownStopError
from .._core.values import Value
from .stopping import STOPS, ConfidenceThreshold, Consensus, Stop, StopName


def _stop(wanted: StopName | Stop | None) -> Stop | None:
    if isinstance(wanted, str):
        if wanted not in STOPS:
            raise UnknownStopError(wanted, STOPS)
        return STOPS[wanted]
    return wanted


def _positive(name: str, value: float | None) -> None:
    if value is not None and not value >= 1:
        raise ValueError(f"{name}: {value!r} is below 1")


class Parallel(Value):
    """All at once.

    Attributes:
        quorum: Return as soon as no answer still to come can change the winner, and cancel the
            rest.
        stop: Another reason to return early, by name or as a function of the ``VotingState``.
    """

    quorum: bool = False
    stop: StopName | Stop | None = None
    name = "parallel"

    def waves(self, size: int) -> list[int]:
        """How many are asked at once, wave after wave."""
        return [size]

    def enough(self) -> Stop | None:
        """When no more answers are needed."""
        return _stop("curtail" if self.quorum and self.stop is None else self.stop)


class Sequential(Value):
    """One after the other, until it is enough.

    ``Sequential(first=2, stop="agree")`` with ``tie_break="last"`` asks two, and the third only
    when they disagree: the third then decides.

    Attributes:
        stop: When it is enough: ``curtail`` (no answer to come can change the winner), ``agree``
            (two do), ``consensus`` (70 % of at least two votes), ``samples``, or a function of the
            ``VotingState``, such as ``VotePosterior(...)``.
        first: How many are asked at once in the beginning.
        step: How many at once after that.
        max_models: How many are asked at most.

    Raises:
        ValueError: A number is below 1.
        UnknownStopError: No stopping rule has this name.
    """

    stop: StopName | Stop = "curtail"
    first: int = 1
    step: int = 1
    max_models: int | None = None
    name = "sequential"

    def _check(self) -> None:
        _positive("first", self.first)
        _positive("step", self.step)
        _positive("max_models", self.max_models)
        _stop(self.stop)

    def waves(self, size: int) -> list[int]:
        """How many are asked at once, wave after wave."""
        left = size if self.max_models is None else min(size, self.max_models)
        waves = [min(self.first, left)]
        while (left := left - waves[-1]) > 0:
            waves.append(min(self.step, left))
        return waves

    def enough(self) -> Stop | None:
        """When no more answers are needed."""
        return _stop(self.stop)


class Cascade(Value):
    """From the first model to the last, until one is sure enough.

    Attributes:
        threshold: The confidence that is enough; or one for each model, by its name. Confidences
            mean what they say only when they are calibrated (``fit``).
        min_models: How many must answer at least.
        max_models: How many are asked at most.

    Raises:
        ValueError: A number is out of range.
    """

    threshold: float | Mapping[str, float] = 0.9
    min_models: int = 1
    max_models: int | None = None
    name = "cascade"
    needs_confidence = True

    def _check(self) -> None:
        _positive("min_models", self.min_models)
        _positive("max_models", self.max_models)
        if not isinstance(self.threshold, Mapping) and not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold: {self.threshold!r} is outside [0, 1]")

    def waves(self, size: int) -> list[int]:
        """One at a time."""
        return [1] * (size if self.max_models is None else min(size, self.max_models))

    def enough(self) -> Stop | None:
        """When the last answer is sure enough."""
        return ConfidenceThreshold(threshold=self.threshold, min_models=self.min_models)


class HedgedExecution(Value):
    """The first model, and the next ones when it is late or fails; the first vote counts.

    Needs the extra ``hedging``.

    Attributes:
        delay_ms: How long each is waited for before the next is asked as well.
        max_hedges: How many more are asked at most, 1 to 10.
        strategy: A strategy of the hedging library instead of a fixed delay, such as
            ``Percentile()``.

    Raises:
        ValueError: A number is out of range.
    """

    delay_ms: float = 1000.0
    max_hedges: int = 2
    strategy: Any = None
    name = "hedged"

    def _check(self) -> None:
        _positive("max_hedges", self.max_hedges)
        if not self.delay_ms >= 0:
            raise ValueError(f"delay_ms: {self.delay_ms!r} is below 0")


class Execution(Protocol):
    """The protocol of an execution: who is called when, and when that ends."""

    @property
    def name(self) -> str:
        """The name that results show."""
        ...

    def waves(self, size: int) -> list[int]:
        """How many of ``size`` models are asked at once, wave after wave.

        Args:
            size: The number of models.

        Returns:
            How many are called at once, wave after wave.
        """
        ...

    def enough(self) -> Stop | None:
        """When no more answers are needed; None asks all.

        Returns:
            The stopping rule; None calls all.
        """
        ...


ExecutionName = Literal["cascade", "hedged", "parallel", "quorum", "sequential"]
AnyExecution = Execution | HedgedExecution
EXECUTIONS: dict[str, Callable[..., AnyExecution]] = {
    "cascade": Cascade,
    "hedged": HedgedExecution,
    "parallel": Parallel,
    "quorum": lambda **options: Parallel(quorum=True, **options),
    "sequential": Sequential,
}


def execution_names() -> tuple[str, ...]:
    """Return the names that ``execution=`` takes, sorted."""
    return tuple(sorted(EXECUTIONS))


def find_execution(wanted: ExecutionName | AnyExecution) -> AnyExecution:
    """Return an execution by its name, or as it is.

    Raises:
        UnknownExecutionError: No execution has this name.
        TypeError: The argument is neither a name nor an execution.
    """
    if isinstance(wanted, str):
        if wanted not in EXECUTIONS:
            raise UnknownExecutionError(wanted, EXECUTIONS)
        return EXECUTIONS[wanted]()
    if isinstance(wanted, type) or not (
        isinstance(wanted, HedgedExecution)
        or (hasattr(wanted, "waves") and hasattr(wanted, "enough"))
    ):
        raise TypeError(
            f"execution: {wanted!r} is not an execution; pass a name or one such as Sequential()"
        )
    return wanted


def wanted_share(execution: AnyExecution) -> float:
    """The share of the votes that an execution asks for; half of them by default."""
    stop = None if isinstance(execution, HedgedExecution) else execution.enough()
    return stop.share if isinstance(stop, Consensus) else 0.5
