"""Values of foreign classes: what they raise, repeat without end or hide."""

import enum
import random
from collections import OrderedDict, UserDict, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

import msgspec
import pytest

from ..support import shared


class Failing:
    """Each method that a reader may call raises."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def fail(self, *_: object) -> Any:
        raise self.error

    __repr__ = __str__ = __hash__ = __eq__ = __iter__ = __len__ = __bool__ = fail
    __getitem__ = __contains__ = __call__ = __int__ = __float__ = __index__ = fail


class Lying:
    """Its class is not what it says."""

    @property  # type: ignore[misc]  # that is what is tried
    def __class__(self) -> Any:
        raise SystemExit("no class")


class Hidden(type):
    """A class without a name."""

    @property
    def __name__(cls) -> str:  # type: ignore[override]  # that is what is tried
        raise SystemExit("no name")


class Nameless(metaclass=Hidden):
    def __repr__(self) -> str:
        raise SystemExit("no repr")


class Lazy(Mapping[str, Any]):
    """A mapping that makes its values when they are read."""

    def __init__(self, keys: Callable[[], Iterator[str]], value: Callable[[str], Any]) -> None:
        self.names = keys
        self.value = value

    def __iter__(self) -> Iterator[str]:
        return self.names()

    def __len__(self) -> int:
        return 1

    def __getitem__(self, key: str) -> Any:
        return self.value(key)


def raise_it(error: BaseException) -> Any:
    raise error


def endless() -> Iterator[str]:
    number = 0
    while True:
        yield str(number)
        number += 1


def endlessly_deep() -> Lazy:
    return Lazy(lambda: iter("ab"), lambda _: endlessly_deep())


class OddZone(tzinfo):
    def utcoffset(self, _: datetime | None) -> timedelta:
        return timedelta(seconds=1, microseconds=7)

    def tzname(self, _: datetime | None) -> str:
        raise SystemExit("no name")

    def dst(self, _: datetime | None) -> timedelta | None:
        raise SystemExit("no dst")


class BrokenZone(OddZone):
    def utcoffset(self, _: datetime | None) -> timedelta:
        raise SystemExit("no offset")


@dataclass
class Node:
    other: Any = None
    more: list[Any] = field(default_factory=list)


class Slotted:
    __slots__ = ("set_never",)


class Pair(NamedTuple):
    left: Any
    right: Any


class Packed(msgspec.Struct):
    left: Any
    right: Any


class Colour(enum.Enum):
    RED = ("r", [1])
    DEEP = shared(lambda value: [value, value])


class Flags(enum.IntFlag):
    A = 1
    B = 2


class OddText(str):
    """A text that is not what it holds."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        raise SystemExit("no bytes")

    def __getitem__(self, _: Any) -> str:
        raise SystemExit("no part")


class OddRepr:
    def __repr__(self) -> str:
        return OddText("odd")


class OwnRepr:
    """A class of the user's whose repr shows what it holds."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __repr__(self) -> str:
        return f"OwnRepr({self.held!r})"


def cyclic_node() -> Node:
    node = Node()
    node.other = Node(node, [node])
    return node


def ended_view() -> memoryview:
    view = memoryview(b"abc")
    view.release()
    return view


def numbers() -> Iterator[int]:
    yield 1
    raise SystemExit("the generator ended")


KINDS: dict[str, Callable[[], Any]] = {
    "shared lists": lambda: shared(lambda v: [v, v]),
    "shared tuples": lambda: shared(lambda v: (v, v)),
    "shared dicts": lambda: shared(lambda v: {"a": v, "b": v}),
    "shared mixed": lambda: shared(lambda v: {"a": [v, (v, v)]}),
    "shared deques": lambda: shared(lambda v: deque([v, v])),
    "shared nodes": lambda: shared(lambda v: Node(v, [v])),
    "shared structs": lambda: shared(lambda v: Packed(v, v)),
    "shared pairs": lambda: shared(lambda v: Pair(v, v)),
    "shared namespaces": lambda: shared(lambda v: SimpleNamespace(a=v, b=v)),
    "shared errors": lambda: shared(lambda v: ValueError(v, v)),
    "shared partials": lambda: shared(lambda v: partial(print, v, v)),
    "shared in own repr": lambda: OwnRepr(shared(lambda v: [v, v])),
    "shared in a view": {"a": shared(lambda v: [v, v])}.values,
    "shared in a proxy": lambda: MappingProxyType({"a": shared(lambda v: [v, v])}),
    "shared in a user dict": lambda: UserDict(a=shared(lambda v: [v, v])),
    "shared in an error of an error": lambda: [ValueError({"a": shared(lambda v: [v, v])})],
    "wide and shared": lambda: shared(lambda v: [v] * 1000, 5),
    "failing": lambda: Failing(RuntimeError("x")),
    "failing for good": lambda: Failing(SystemExit("x")),
    "failing as cancelled": lambda: Failing(GeneratorExit()),
    "failing in a list": lambda: [1, Failing(SystemExit("x")), 2],
    "lying": Lying,
    "nameless": Nameless,
    "lazy and failing": lambda: Lazy(lambda: iter("ab"), lambda _: raise_it(SystemExit("late"))),
    "lazy without keys": lambda: Lazy(lambda: raise_it(SystemExit("x")), str),
    "endless": lambda: Lazy(endless, str),
    "endlessly deep": endlessly_deep,
    "odd zone": lambda: datetime(2026, 1, 1, tzinfo=OddZone()),
    "broken zone": lambda: datetime(2026, 1, 1, tzinfo=BrokenZone()),
    "first day": lambda: datetime.min.replace(tzinfo=UTC),
    "cyclic nodes": cyclic_node,
    "class of nodes": lambda: Node,
    "empty slots": Slotted,
    "enum of a tuple": lambda: Colour.RED,
    "enum of shared lists": lambda: Colour.DEEP,
    "flags": lambda: Flags.A | Flags.B,
    "decimal NaN": lambda: Decimal("sNaN"),
    "fraction": lambda: Fraction(1, 3),
    "mixed set": lambda: {1, "a", None, (1, 2), b"x", frozenset({1})},
    "huge dict": lambda: {f"k{number}": number for number in range(150_000)},
    "huge list": lambda: [0.5] * 150_000,
    "deep list": lambda: shared(lambda v: [v], 5000),
    "generator": numbers,
    "ended view": ended_view,
    "view": lambda: memoryview(b"abc")[::2],
    "surrogate keys": lambda: {"\ud800": 1, "\\ud800": 2, "\udc00x": {"\udfff": 3}},
    "odd repr": OddRepr,
    "odd text": lambda: OddText("a"),
    "long integer": lambda: 10**5000,
    "default dict": lambda: defaultdict(list, a=[1]),
    "ordered dict": lambda: OrderedDict(a=defaultdict(int)),
    "module": lambda: random,
    "function": lambda: shared,
    "method": OwnRepr(1).__repr__,
    "path": lambda: Path("a/b"),
    "range": lambda: range(10**12),
    "infinite": lambda: [float("inf"), -float("inf"), float("nan")],
}

# Those that take long to make or to count are not for thousands of events.
CHEAP = sorted(
    name
    for name in KINDS
    if not name.startswith(("shared", "huge", "endless", "wide", "deep", "long", "module"))
)


def with_arrays() -> dict[str, Callable[[], Any]]:
    np, pd = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    objects = np.empty(2, dtype=object)
    objects[:] = [shared(lambda v: [v, v]), 1]
    structured = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
    return {
        "array": lambda: np.arange(10**6),
        "array of objects": lambda: objects,
        "list of objects": lambda: [objects, objects],
        "structured": lambda: structured,
        "structured scalar": lambda: structured[0],
        "no time": lambda: np.datetime64("NaT"),
        "long float": lambda: np.longdouble("1e4000"),
        "complex": lambda: np.complex64(1j),
        "void": lambda: np.void(b"abc"),
        "pandas NA": lambda: [pd.NA, pd.NaT, {"a": pd.NA}],
        "interval": lambda: pd.Interval(0, 1),
        "frame": lambda: pd.DataFrame({"a": [shared(lambda v: [v, v], 20)]}),
        "categories": lambda: pd.Categorical(["a"]),
    }
