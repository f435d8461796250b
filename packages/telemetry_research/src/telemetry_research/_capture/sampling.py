"""Filters and sampling, with the probability of each kept event for reweighting.

A metric of a sample weights each event with one over its probability (Horvitz and Thompson, JASA
47, 1952), which makes sums and counts unbiased. Draws come from ``random.Random`` seeded with the
blake2b digest of ``seed/sampling``.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from .._core.rows import stated_success

Gate = Callable[[str, Mapping[str, Any], Mapping[str, Any]], float | None]
Predicate = Callable[[str, Mapping[str, Any], Mapping[str, Any]], bool]


class Sampling(Protocol):
    """Gives the probability that an event is kept."""

    def probability(
        self, name: str, measurements: Mapping[str, Any], metadata: Mapping[str, Any]
    ) -> float:
        """The probability, in (0, 1].

        Args:
            name: The event's name.
            measurements: Its measurements.
            metadata: Its metadata.

        Returns:
            The probability.
        """
        ...


@dataclass(frozen=True, slots=True)
class Uniform:
    """Keeps each event with the same probability.

    Args:
        rate: The probability, in (0, 1].
    """

    rate: float

    def __post_init__(self) -> None:
        _check(self.rate)

    def probability(
        self,
        name: str,  # noqa: ARG002  # the protocol's
        measurements: Mapping[str, Any],  # noqa: ARG002  # the protocol's
        metadata: Mapping[str, Any],  # noqa: ARG002  # the protocol's
    ) -> float:
        """The rate.

        Args:
            name: The event's name.
            measurements: Its measurements.
            metadata: Its metadata.

        Returns:
            The probability, in (0, 1].
        """
        return self.rate


@dataclass(frozen=True, slots=True)
class Stratified:
    """Keeps events by name: the first matching pattern gives the rate.

    Args:
        rates: From a pattern with ``*`` to a rate in (0, 1].
        otherwise: The rate of all others.
    """

    rates: Mapping[str, float]
    otherwise: float = 1.0

    def __post_init__(self) -> None:
        for rate in (*self.rates.values(), self.otherwise):
            _check(rate)

    def probability(
        self,
        name: str,
        measurements: Mapping[str, Any],  # noqa: ARG002  # the protocol's
        metadata: Mapping[str, Any],  # noqa: ARG002  # the protocol's
    ) -> float:
        """The rate of the first matching pattern.

        Args:
            name: The event's name.
            measurements: Its measurements.
            metadata: Its metadata.

        Returns:
            The probability, in (0, 1].
        """
        for pattern, rate in self.rates.items():
            if fnmatchcase(name, pattern):
                return rate
        return self.otherwise


@dataclass(frozen=True, slots=True)
class KeepErrors:
    """Keeps every failure and every slow event, and samples the others.

    Args:
        rate: The probability for the others, in (0, 1].
        slow_ms: Events of this duration or longer are always kept, in milliseconds.
    """

    rate: float
    slow_ms: float | None = None

    def __post_init__(self) -> None:
        _check(self.rate)

    def probability(
        self, name: str, measurements: Mapping[str, Any], metadata: Mapping[str, Any]
    ) -> float:
        """1 for a failure or a slow event.

        Args:
            name: The event's name.
            measurements: Its measurements.
            metadata: Its metadata.

        Returns:
            The probability, in (0, 1].
        """
        stated = metadata.get("success")
        failed = (
            name.endswith(".exception") if stated is None else stated_success(stated) is not True
        )
        duration = measurements.get("duration_ns")
        slow = (
            self.slow_ms is not None
            and isinstance(duration, int | float)
            and duration >= self.slow_ms * 1e6
        )
        return 1.0 if failed or slow else self.rate


class Reservoir:
    """Keeps exactly ``size`` of all events, each with the same probability (Vitter, 1985).

    The sample is stored when the experiment stops.

    Args:
        size: The number of events to keep.
        seed: The seed of the draws.

    Attributes:
        size: As given.
    """

    def __init__(self, size: int, *, seed: int = 0) -> None:
        if size < 1:
            raise ValueError(f"size={size}: a reservoir keeps at least one event")
        self.size: int = size
        self._seed = seed
        self._random = stream(seed)
        self._kept: list[bytes] = []
        self._seen = 0

    def fresh(self) -> "Reservoir":
        """An empty reservoir of the same size and seed, so that experiments never mix."""
        return Reservoir(self.size, seed=self._seed)

    def append(self, row: bytes) -> None:
        """Offer one packed event.

        Args:
            row: The packed event.
        """
        self._seen += 1
        if len(self._kept) < self.size:
            self._kept.append(row)
            return
        index = self._random.randrange(self._seen)
        if index < self.size:
            self._kept[index] = row

    def __len__(self) -> int:
        return 0  # no row can be written before the end

    def __bool__(self) -> bool:
        return True

    def drawn(self) -> list[bytes]:
        """The kept events in their order, with their probability."""
        if self._seen <= self.size:
            return self._kept
        rows = [msgspec.msgpack.decode(row) for row in self._kept]
        rows.sort(key=lambda row: row[1])
        chance = self.size / self._seen
        return [msgspec.msgpack.encode([*row[:7], chance, *row[8:]]) for row in rows]


def gate(
    sampling: Sampling | None,
    include: Sequence[str],
    exclude: Sequence[str],
    where: Predicate | None,
    seed: int,
) -> Gate | None:
    """A function that gives the probability of a kept event, or None to discard it."""
    if sampling is None and not include and not exclude and where is None:
        return None
    draw = stream(seed).random

    def decide(
        name: str, measurements: Mapping[str, Any], metadata: Mapping[str, Any]
    ) -> float | None:
        if include and not any(fnmatchcase(name, pattern) for pattern in include):
            return None
        if any(fnmatchcase(name, pattern) for pattern in exclude):
            return None
        if where is not None and not where(name, measurements, metadata):
            return None
        if sampling is None:
            return 1.0
        chance = float(sampling.probability(name, measurements, metadata))
        if not 0 < chance < math.inf:
            raise ValueError(f"probability={chance} is not in (0, 1]")
        return min(chance, 1.0) if chance >= 1 or draw() < chance else None

    return decide


def stream(seed: int) -> random.Random:
    """The random numbers of a seed."""
    digest = blake2b(f"{seed}/sampling".encode(), digest_size=8).digest()
    return random.Random(int.from_bytes(digest, "little"))


def _check(rate: float) -> None:
    if not 0 < rate <= 1:
        raise ValueError(
            f"rate={rate} is not in (0, 1]; exclude=[...] discards all events of a name"
        )
