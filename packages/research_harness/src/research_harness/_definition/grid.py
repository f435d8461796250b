"""Conditions from one function: for each combination of parameters, or for each model."""

import dataclasses
import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .condition import AnyCondition, Condition
from .criteria import Criterion

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionGrid(Generic[F]):
    """One function as conditions, one for each combination of levels; iterating gives them.

    Attributes:
        function: Called with the item (and the ``Trial``), and with each parameter by its name.
        levels: The levels of each parameter.
        description: One sentence for the report.
    """

    function: F
    levels: Mapping[str, Sequence[object]]
    description: str = ""

    def __iter__(self) -> Iterator[AnyCondition]:
        """The conditions, the levels of the last parameter changing first."""
        return iter(self._made(self.function))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself, which is handy in a test of the condition alone."""
        return self.function(*args, **kwargs)

    def bound(self, instance: object) -> tuple[AnyCondition, ...]:
        """The conditions of a grid that marks a method.

        Args:
            instance: The experiment.
        """
        return self._made(self.function.__get__(instance, type(instance)))

    def _made(self, function: Callable[..., Any]) -> tuple[AnyCondition, ...]:
        return tuple(
            Condition(
                name=", ".join(f"{name}={_text(value)}" for name, value in values.items()),
                function=functools.partial(function, **values),
                description=self.description,
                levels={name: _plain(value) for name, value in values.items()},
            )
            for combination in itertools.product(*self.levels.values())
            for values in [dict(zip(self.levels, combination, strict=True))]
        )


def grid(**levels: Sequence[object]) -> Callable[[F], ConditionGrid[F]]:
    """Mark a method as a grid of conditions, one for each combination of levels.

    Args:
        **levels: The levels of each parameter of the method, by its name. A level that is not a
            number, text or truth value, such as a model, needs a ``name``.

    Returns:
        A decorator. What it gives can also be unpacked into ``Experiment.conditions``.

    Raises:
        ValueError: There is no parameter, a parameter has no levels, or has one of them twice.

    Example:
        >>> from research_harness import grid
        >>> @grid(temperature=(0.0, 1.0), votes=(1, 3))
        ... def answer(item, *, temperature, votes):
        ...     return f"{temperature} {votes}"
        >>> [each.name for each in answer][:2]
        ['temperature=0.0, votes=1', 'temperature=0.0, votes=3']
    """
    given = {name: tuple(values) for name, values in levels.items()}
    if not given:
        raise ValueError("grid: name at least one parameter with its levels")
    for name, values in given.items():
        texts = [_text(value) for value in values]
        if not texts or len(set(texts)) < len(texts):
            raise ValueError(f"grid: {name} needs different levels; it has {texts}")

    def mark(function: F) -> ConditionGrid[F]:
        description = (inspect.getdoc(function) or "").partition("\n")[0]
        return ConditionGrid(function=function, levels=given, description=description)

    return mark


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else _text(value)


def _text(value: object) -> str:
    if isinstance(value, str | int | float | bool | None):
        return str(value)
    name = getattr(value, "name", None)
    return name if isinstance(name, str) and name else repr(value)


def takes_model(condition: AnyCondition) -> bool:
    """Whether a condition has a keyword ``model`` that its grid does not set.

    Args:
        condition: The condition.
    """
    given: Any = condition
    if not isinstance(given, Condition) or "model" in condition.levels:
        return False
    try:
        found = inspect.signature(condition.function).parameters.get("model")
    except (TypeError, ValueError):
        return False
    return found is not None and found.kind is found.KEYWORD_ONLY


def with_models(
    conditions: Sequence[AnyCondition], models: Sequence[object]
) -> tuple[AnyCondition, ...]:
    """The conditions, those with a keyword ``model`` once for each model.

    Args:
        conditions: The conditions.
        models: The models; a condition keeps its name where there is one.
    """
    return tuple(
        made
        for each in conditions
        for made in (_by_model(each, models) if models and takes_model(each) else (each,))
    )


def _by_model(condition: AnyCondition, models: Sequence[object]) -> Iterator[AnyCondition]:
    for model in models:
        yield dataclasses.replace(
            condition,
            name=_name_with(condition.name, model, models),
            function=functools.partial(condition.function, model=model),
            levels={**condition.levels, "model": _text(model)},
        )


def _name_with(name: str, model: object, models: Sequence[object]) -> str:
    return f"{name} ({_text(model)})" if len(models) > 1 else name


def claims_by_model(
    criteria: Sequence[Criterion], conditions: Sequence[AnyCondition], models: Sequence[object]
) -> tuple[Criterion, ...]:
    """The claims, those about conditions that are made for each model once for each.

    Args:
        criteria: The claims, with the names of conditions as the class has them.
        conditions: The conditions as the class has them.
        models: The models.
    """
    if len(models) < 2:
        return tuple(criteria)
    names = {each.name for each in conditions if takes_model(each)}
    found = []
    for claim in criteria:
        if not {claim.condition, claim.against} & names:
            found.append(claim)
            continue
        for model in models:
            sides: dict[str, Any] = {
                side: _name_with(name, model, models)
                for side in ("condition", "against")
                if (name := getattr(claim, side)) in names
            }
            text = f"{claim.claim} ({_text(model)})"
            found.append(dataclasses.replace(claim, claim=text, **sides))
    return tuple(found)


def control_by_model(
    control: str, conditions: Sequence[AnyCondition], models: Sequence[object]
) -> str:
    """The control's name where it is made for each model: that of the first one.

    Args:
        control: The name as the class has it.
        conditions: The conditions as the class has them.
        models: The models.
    """
    if models and any(each.name == control and takes_model(each) for each in conditions):
        return _name_with(control, models[0], models)
    return control


def conditions_of_class(kind: type) -> list[AnyCondition]:
    """The conditions that a class names in its body, its bases, and its ``conditions``.

    Args:
        kind: The class of an experiment, of which there is no instance yet.
    """
    found: dict[str, tuple[AnyCondition, ...]] = {}
    for owner in reversed(kind.__mro__):
        for key, value in vars(owner).items():
            if isinstance(value, Condition):
                found[key] = (value,)
            elif isinstance(value, ConditionGrid):
                found[key] = tuple(value)
            else:
                found.pop(key, None)
    listed = getattr(kind, "conditions", ())
    own = listed if isinstance(listed, list | tuple) else ()
    models = getattr(kind, "models", ())
    return list(
        with_models(
            [
                *itertools.chain.from_iterable(found.values()),
                *(each for each in own if isinstance(each, Condition)),
            ],
            models if isinstance(models, list | tuple) else (),
        )
    )
