"""A condition: a name and the function that answers one item."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeAlias, TypeVar, overload

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Generic[P, R]):
    """One way of answering: a name and the function that answers one item.

    Attributes:
        name: The name of the condition in every table.
        function: Called with the item, or with the item and the ``Trial``; async or plain.
        description: One sentence for the report.
        levels: The levels of its parameters, for a condition of a ``grid``.
        redefined: Whether the body of its class had a condition of this name before.
    """

    name: str
    function: Callable[P, R]
    description: str = ""
    levels: Mapping[str, object] = field(default_factory=dict)
    redefined: bool = field(default=False, repr=False, compare=False)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(
        self: "Condition[Concatenate[Any, Q], R]", instance: object, owner: type | None = None
    ) -> "Condition[Q, R]": ...
    def __get__(self, instance: object, owner: type | None = None) -> "Condition[..., Any]":
        """Bind the function to the experiment, as a method would be."""
        if instance is None:
            return self
        function = self.function.__get__(instance, owner)
        return Condition(
            name=self.name, function=function, description=self.description, levels=self.levels
        )

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function itself, which is handy in a test of the condition alone."""
        return self.function(*args, **kwargs)

    def to_dict(self) -> dict[str, object]:
        """The condition's name, description and levels, as ``config.json`` holds them."""
        levels = {"levels": dict(self.levels)} if self.levels else {}
        return {"name": self.name, "description": self.description, **levels}


AnyCondition: TypeAlias = Condition[..., Any]


@overload
def condition(name: Callable[P, R]) -> Condition[P, R]: ...
@overload
def condition(
    name: str | None = None, *, description: str = ""
) -> Callable[[Callable[P, R]], Condition[P, R]]: ...
def condition(
    name: Callable[..., Any] | str | None = None, *, description: str = ""
) -> AnyCondition | Callable[[Callable[..., Any]], AnyCondition]:
    """Mark a method as a condition.

    Args:
        name: The condition's name; the method's name when left out.
        description: One sentence for the report; the first line of the method's docstring when
            left out.

    Returns:
        A decorator, or the condition when used without parentheses.

    Example:
        >>> from research_harness import condition
        >>> @condition("short", description="Asks for a short answer.")
        ... def answer(item):
        ...     return "4"
        >>> answer.name, answer("2 + 2?")
        ('short', '4')
    """
    if callable(name):
        return _marked(name, "", "", inspect.currentframe())

    def mark(function: Callable[..., Any]) -> AnyCondition:
        return _marked(function, name or "", description, inspect.currentframe())

    return mark


def _marked(
    function: Callable[..., Any], name: str, description: str, frame: FrameType | None
) -> AnyCondition:
    """The condition of a function that is decorated where the frame was called from."""
    own_name = str(getattr(function, "__name__", "condition"))
    body = frame.f_back.f_locals if frame is not None and frame.f_back is not None else {}
    in_class = "__qualname__" in body
    return Condition(
        name=str(name or own_name),
        function=function,
        description=description or (inspect.getdoc(function) or "").partition("\n")[0],
        redefined=in_class and isinstance(body.get(own_name), Condition),
    )


def positional_parameters(function: Callable[..., Any]) -> tuple[int, int]:
    """How many positional arguments a function needs at least and takes at most."""
    least = most = 0
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            most = 99
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            most += 1
            least += parameter.default is parameter.empty
    return least, most


def required_keywords(function: Callable[..., Any]) -> list[str]:
    """The keyword-only parameters of a function that have no default."""
    return [
        name
        for name, each in inspect.signature(function).parameters.items()
        if each.kind is each.KEYWORD_ONLY and each.default is each.empty
    ]
