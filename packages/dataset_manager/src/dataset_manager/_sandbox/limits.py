"""The limits of a program, and the result of its run."""

from dataclasses import dataclass
from typing import Literal

from .._core.shown import shown

Outcome = Literal["passed", "failed", "timed_out", "killed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramResult:
    """The result of running a program.

    Attributes:
        outcome: ``passed`` when it and its tests ran to their end; ``failed`` when one of them
            raised; ``timed_out``; ``killed`` when its process ended before it did.
        error: The error that it raised, in one line. For a program that passed, a remark: its
            verdict depends on changes that it made to objects of the tests.
        output: Its output, up to the limit.
        layers: The layers of isolation that were in force.
        duration_ms: The time from its start to its end, in milliseconds.
    """

    outcome: Outcome
    error: str
    output: str
    layers: tuple[str, ...]
    duration_ms: float

    @property
    def passed(self) -> bool:
        """Whether it ran to its end without an error."""
        return self.outcome == "passed"

    def to_dict(self) -> dict[str, object]:
        """The result as plain values."""
        return {
            "outcome": self.outcome,
            "error": self.error,
            "output": self.output,
            "layers": list(self.layers),
            "duration_ms": self.duration_ms,
        }

    @shown
    def __str__(self) -> str:
        return f"{self.outcome} in {self.duration_ms:.0f} ms" + (
            f": {self.error}" if self.error else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedProgram:
    """A program with tests that run in a process of their own.

    Attributes:
        solution: The source text of the program. Its process never holds the tests.
        tests: Statements that use the program's names. They pass when they run to their end.
        helpers: Trusted definitions that the tests use in place of the program's.
    """

    __test__ = False  # pytest would take it for a class of tests

    solution: str
    tests: str = ""
    helpers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of a program; ``Sandbox`` describes the fields."""

    timeout_ms: float = 3000.0
    memory_bytes: int = 2**30
    output_bytes: int = 2**16
    file_bytes: int = 2**24
    disk_bytes: int = 2**25
    workers: int | None = None
    bubblewrap: bool = True
    unsafe: bool = False

    def __post_init__(self) -> None:
        for name in (
            "timeout_ms",
            "memory_bytes",
            "output_bytes",
            "file_bytes",
            "disk_bytes",
            "workers",
        ):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name}: {value!r} is not above 0")
