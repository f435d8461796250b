"""Quick construction of frozen dataclasses."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from types import new_class
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def quick(cls: Callable[P, T]) -> Callable[P, T]:
    """Make instances of a frozen dataclass with slots in less than half of the usual time.

    A frozen dataclass sets each field through ``object.__setattr__``. This sets them on a class
    with the same slots that is not frozen, and then changes the class of the instance. It is kept
    since each request makes two such values: 3.7 microseconds in place of 11.8 (timeit, Python
    3.11), where the whole request takes 30. A tuple would be as quick, but is not a value class.

    Args:
        cls: The frozen dataclass, keyword-only and with slots.

    Returns:
        A callable with the arguments of the class, which gives instances of it.
    """
    frozen = cast("type[Any]", cls)

    def freeze(self: object) -> None:
        self.__class__ = frozen

    namespace: dict[str, Any] = {
        "__annotations__": {each.name: each.type for each in fields(frozen)},
        "__doc__": frozen.__doc__,
        "__post_init__": freeze,
    }
    for each in fields(frozen):
        if each.default is not MISSING:
            namespace[each.name] = each.default
    bases = getattr(frozen, "__orig_bases__", (object,))
    twin = new_class(
        f"_Unfrozen{frozen.__name__}", bases, exec_body=lambda it: it.update(namespace)
    )
    return cast("Callable[P, T]", dataclass(slots=True, kw_only=True, eq=False, repr=False)(twin))
