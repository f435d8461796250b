"""Values whose fields can still be set, for readers that make tens of thousands of them."""

from dataclasses import MISSING, field, fields, make_dataclass
from typing import Any

from .json_values import Value


def draft_of(kind: type[Value]) -> Any:
    """Return a class with the same slots and defaults as a frozen one, without its checks.

    A frozen dataclass sets its fields through ``object.__setattr__``. A draft takes a third of the
    time, and becomes a value of the frozen class when its ``__class__`` is set.
    """
    return make_dataclass(
        "_Draft",
        [
            (each.name, Any)
            if each.default is MISSING
            else (each.name, Any, field(default=each.default))
            for each in fields(kind)
        ],
        bases=(Value,),
        kw_only=True,
        slots=True,
        repr=False,
        eq=False,
    )
