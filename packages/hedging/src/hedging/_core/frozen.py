"""Quick construction of frozen dataclasses."""

from types import new_class
from typing import Any, cast


def unfrozen(cls: type[Any]) -> type[Any]:
    """A class with the slots of a frozen dataclass that is not frozen.

    A frozen dataclass sets each field through ``object.__setattr__``. Instances of this class take
    plain assignments, and ``instance.__class__ = cls`` makes them values of the dataclass. Each
    request makes two such values: 0.6 microseconds for each in place of 2.5 (timeit, Python 3.11).

    Args:
        cls: The frozen dataclass, with slots.
    """
    bases = getattr(cls, "__orig_bases__", (object,))
    slots = {"__slots__": cast("Any", cls).__slots__}
    return new_class(f"_Unfrozen{cls.__name__}", bases, exec_body=lambda it: it.update(slots))
