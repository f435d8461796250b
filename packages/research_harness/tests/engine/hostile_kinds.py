"""Answers and errors that no condition should give, and unusual ones that are usable."""

import asyncio
import collections
import datetime as dt
import decimal
import enum
import fractions
import os
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from research_harness import Outcome


class BadRepr:
    def __repr__(self) -> str:
        raise RuntimeError("repr")


class BadStrError(Exception):
    def __str__(self) -> str:
        raise SystemExit("str")


class BadProperties:
    @property
    def hedge_won(self) -> bool:
        raise GeneratorExit

    @property
    def answer(self) -> str:
        raise BaseExceptionGroup("answer", [SystemExit(3)])


class BadAttributesError(Exception):
    """An error that gives no attribute."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class NoAttributesError(Exception):
    """An error whose attributes end the process when they are read."""

    def __getattribute__(self, name: str) -> Any:
        raise SystemExit(name)


class NoClassError(Exception):
    @property  # type: ignore[misc]  # isinstance asks for it
    def __class__(self) -> Any:
        raise RuntimeError("no class")


class NoAttributes:
    def __getattribute__(self, name: str) -> Any:
        raise SystemExit(name)


class SometimesRaises:
    """A result whose attributes raise when they are read a second time."""

    def __init__(self) -> None:
        self._read: set[str] = set()
        self.answer, self.consensus, self.latency_ms, self.cost_usd = "4", 1.0, 1.0, 0.0

    def __getattribute__(self, name: str) -> Any:
        read = object.__getattribute__(self, "__dict__").get("_read", set())
        if name in {"strategy", "responses"} or (name in read and name == "hedge_won"):
            raise SystemExit(name)
        read.add(name)
        return object.__getattribute__(self, name)


async def stream() -> Any:
    yield "4"


def dead() -> object:
    class Short:
        pass

    return weakref.proxy(Short())


class Colour(enum.Enum):
    RED = "4"


class Word(enum.StrEnum):
    FOUR = "4"


class BadTypeError(TypeError):
    """An error whose notes and cause lead to itself."""

    def __init__(self) -> None:
        super().__init__(self)
        self.__cause__ = self


class BadMapping(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise SystemExit(f"no {key}")

    def __iter__(self) -> Iterator[str]:
        yield "prediction"

    def __len__(self) -> int:
        return 1


class BadText(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise SystemExit("text")

    def encode(self, *_: object, **__: object) -> bytes:
        raise SystemExit("encode")


def looped() -> list[object]:
    values: list[object] = []
    values.append(values)
    return values


def deep() -> list[object]:
    values: list[object] = []
    for _ in range(5_000):
        values = [values]
    return values


def wide() -> list[object]:
    values: list[object] = ["x"]
    for _ in range(50):
        values = [values, values]
    return values


def raises(error: BaseException) -> Callable[[], object]:
    def call() -> object:
        raise error

    return call


def cancelled_task() -> Any:
    async def wait() -> object:
        task = asyncio.ensure_future(asyncio.sleep(9))
        await asyncio.sleep(0)
        task.cancel()
        return await task  # type: ignore[func-returns-value]  # sleep gives None

    return wait()


def cancels_itself() -> Any:
    async def wait() -> object:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        return await asyncio.sleep(0)  # type: ignore[func-returns-value]  # same

    return wait()


def other_folder() -> str:
    os.chdir("/")
    return "4"


FAILING: dict[str, Callable[[], object]] = {
    "lone surrogate": lambda: "ok \ud83d",
    "lone surrogate in a key": lambda: {"prediction": {"\ud83d": 1}},
    "lone surrogate in metadata": lambda: {"prediction": "4", "metadata": {"x": "\udc00"}},
    "list in itself": lambda: {"prediction": looped()},
    "metadata in itself": lambda: {"prediction": "4", "metadata": {"x": looped()}},
    "deep list": deep,
    "list that unfolds": wide,
    "30 MB of text": lambda: "x" * 30_000_000,
    "30 MB of metadata": lambda: {"prediction": "4", "metadata": {"x": ["y" * 1_000_000] * 30}},
    "million values": lambda: {"prediction": list(range(1_000_000))},
    "metadata whose repr raises": lambda: {"prediction": "4", "metadata": {"x": BadRepr()}},
    "prediction whose repr raises": lambda: {"prediction": BadRepr()},
    "properties that raise": BadProperties,
    "mapping that raises": BadMapping,
    "bytes that are not text": lambda: b"\xff\xfe",
    "huge number": lambda: 10**100_000,
    "NaN": lambda: float("nan"),
    "numpy's NaN": lambda: np.float64("nan"),
    "infinity in a list": lambda: [1.0, float("inf")],
    "negative cost": lambda: {"prediction": "4", "cost": -1.0},
    "negative latency": lambda: {"prediction": "4", "latency_ms": -5},
    "confidence of 1.7": lambda: {"prediction": "4", "confidence": 1.7},
    "consensus of -0.1": lambda: Outcome(prediction="4", consensus=-0.1),
    "infinite cost": lambda: {"prediction": "4", "cost": 10**400},
    "cost as text": lambda: {"prediction": "4", "cost": "cheap"},
    "number that is NaN": lambda: {"prediction": "4", "tokens": float("nan")},
    "unknown source": lambda: Outcome(prediction="4", source="moon"),  # type: ignore[arg-type]
    "values that are a list": lambda: Outcome(prediction="4", values=[1]),  # type: ignore[arg-type]
    "metadata that is a list": lambda: {"prediction": "4", "metadata": [1]},
    "result that raises later": lambda: {"prediction": "4", "metadata": {"x": NoAttributes()}},
    "object without attributes": NoAttributes,
    "stream": stream,
    "dead reference": dead,
    "dead reference in metadata": lambda: {"prediction": "4", "metadata": {"x": dead()}},
    "member of an enumeration": lambda: Colour.RED,
    "mapping of numbers": lambda: {1: 2},
    "object": object,
    "generator": lambda: (each for each in "ab"),
    "class": lambda: int,
    "mapping without answer": lambda: {"latency": 3},
    "SystemExit": raises(SystemExit(1)),
    "GeneratorExit": raises(GeneratorExit()),
    "CancelledError": raises(asyncio.CancelledError()),
    "StopIteration": raises(StopIteration("x")),
    "StopAsyncIteration": raises(StopAsyncIteration("x")),
    "group of base exceptions": raises(BaseExceptionGroup("all", [SystemExit(1), ValueError("x")])),
    "error with a lone surrogate": raises(ValueError("\ud83d")),
    "error whose str raises": raises(BadStrError()),
    "error of 30 MB": raises(ValueError("x" * 30_000_000)),
    "MemoryError": raises(MemoryError()),
    "RecursionError": raises(RecursionError()),
    "TimeoutError": raises(TimeoutError("model")),
    "error that holds itself": raises(BadTypeError()),
    "full disk": raises(OSError(28, "No space left on device")),
    "broken pipe": raises(BrokenPipeError()),
    "text that cannot be decoded": b"\xff".decode,
    "KeyError without a key": raises(KeyError()),
    "error with terminal escapes": raises(ValueError("\x1b[2J\x1b]0;owned\x07\u202e")),
    "error whose attributes raise": raises(BadAttributesError("x")),
    "error without attributes": raises(NoAttributesError("x")),
    "error without a class": raises(NoClassError("x")),
    "group of cancellations": raises(
        BaseExceptionGroup("all", [BaseExceptionGroup("inner", [asyncio.CancelledError()])])
    ),
    "task of others cancelled": cancelled_task,
    "task cancels itself": cancels_itself,
}
ANSWERING: dict[str, Callable[[], object]] = {
    "text that raises": lambda: BadText("4"),
    "numpy integer": lambda: np.int64(4),
    "numpy scalars in a mapping": lambda: {"prediction": np.str_("4"), "cost": np.float32(0.5)},
    "numpy array": lambda: {"prediction": "4", "metadata": {"x": np.arange(3)}},
    "bytes": lambda: b"4",
    "big number in metadata": lambda: {"prediction": "4", "metadata": {"x": 2**70}},
    "names of the results' own columns": lambda: {"prediction": "4", "correct": 0, "index": 7},
    "other folder": other_folder,
    "word of an enumeration": lambda: Word.FOUR,
    "result that raises when it is read again": SometimesRaises,
    "keys that are not texts": lambda: {"prediction": "4", "metadata": {1: 2, None: 3, (4, 5): 6}},
    "values of the standard library": lambda: {"prediction": "4", "metadata": STANDARD},
}
STANDARD: dict[str, object] = {
    "time": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    "pause": dt.timedelta(1),
    "decimal": decimal.Decimal("1.5"),
    "path": Path("x"),
    "set": {1, 2},
    "part": fractions.Fraction(1, 3),
    "member": Colour.RED,
    "complex": 1j,
    "range": range(3),
    "bytes": bytearray(b"x"),
    "queue": collections.deque([1]),
}
