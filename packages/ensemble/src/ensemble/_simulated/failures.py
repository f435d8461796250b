"""Failures of simulated models."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from .._core.errors import (
    ConnectionFailedError,
    EnsembleError,
    MalformedResponseError,
    ModelTimeoutError,
    RateLimitError,
    ServerError,
)
from .._core.values import Value

FailureKind = Literal["server_error", "rate_limit", "time_out", "connection", "malformed"]
KINDS = ("server_error", "rate_limit", "time_out", "connection", "malformed")


class Failure(Value):
    """One failure.

    Attributes:
        error: What is raised.
        after_ms: When; None when an answer would have come.
        charged: Whether the provider wants its money all the same.
    """

    error: EnsembleError
    after_ms: float | None
    charged: bool


class Failures(Value):
    """Calls that fail.

    Attributes:
        rate: The probability that a call fails.
        kind: What fails: ``server_error``, ``rate_limit`` (at once), ``time_out`` (nothing comes
            for ``timeout_ms``), ``connection``, ``malformed``; or how often each does, in any
            unit.
        timeout_ms: When a call that gets no answer gives up.
        retry_after_ms: How long a rate limit asks to wait; None when it does not say.

    Time-outs and answers that cannot be read are paid, for the provider did its work.
    """

    rate: float
    kind: FailureKind | Mapping[FailureKind, float] = "server_error"
    timeout_ms: float = 60_000.0
    retry_after_ms: float | None = None
    _renamed = MappingProxyType(
        {"time_out_ms": ("timeout_ms", None), "retry_after_s": ("retry_after_ms", 1000.0)}
    )

    def _check(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError(f"failure rate: {self.rate!r} is not between 0 and 1")
        for kind, share in self._shares().items():
            if kind not in KINDS:
                raise ValueError(f"failure kind {kind!r}; known: {', '.join(KINDS)}")
            if not share >= 0:
                raise ValueError(f"share of {kind!r}: {share!r} is below 0")
        if not sum(self._shares().values()) > 0:
            raise ValueError("failure kinds: none has a share")

    def draw(self, model: str, uniform: float) -> Failure | None:
        """The failure that belongs to a number in (0, 1); None for a call that does not fail.

        Args:
            model: The name of the model.
            uniform: A number in (0, 1).

        Returns:
            The failure; None for a call that does not fail.
        """
        if uniform >= self.rate:
            return None
        shares = self._shares()
        left = uniform / self.rate * sum(shares.values())
        for kind, share in shares.items():
            if left < share:
                return self._failure(kind, model)
            left -= share
        return self._failure(list(shares)[-1], model)

    def _shares(self) -> Mapping[FailureKind, float]:
        return {self.kind: 1.0} if isinstance(self.kind, str) else self.kind

    def _failure(self, kind: FailureKind, model: str) -> Failure:
        simulated = f"{model}: simulated"
        if kind == "time_out":
            error: EnsembleError = ModelTimeoutError(self.timeout_ms)
            return Failure(error=error, after_ms=self.timeout_ms, charged=True)
        if kind == "rate_limit":
            wait_s = None if self.retry_after_ms is None else self.retry_after_ms / 1000
            error = RateLimitError(f"{simulated} rate limit", status=429, retry_after_s=wait_s)
            return Failure(error=error, after_ms=0.0, charged=False)
        if kind == "connection":
            error = ConnectionFailedError(f"{simulated} end of the connection")
            return Failure(error=error, after_ms=None, charged=False)
        if kind == "malformed":
            error = MalformedResponseError(f"{simulated} noise")
            return Failure(error=error, after_ms=None, charged=True)
        error = ServerError(f"{simulated} failure", status=503)
        return Failure(error=error, after_ms=None, charged=False)
