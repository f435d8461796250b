"""Conditions from one function: for each combination of parameters, or for each model."""

import dataclasses
import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from .condition import AnyCondition, Condition

F = TypeVar("F", bound=Callable[..., Any])
Levels: TypeAlias = Mapping[str, Sequence[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionGrid(Generic[F]):
    """One function as conditions, one for each combination of levels; iterating gives them.

    Attributes:
        function: Called with the item (and the ``Trial``), and with each parameter by its name.
        levels: The levels of each parameter.
        description: One sentence for the report.
    """

    function: F
    levels: Levels
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
                name=_combination_text(values),
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


def takes_parameter(condition: AnyCondition, name: str) -> bool:
    """Whether a condition has a keyword of this name that its grid does not set.

    Args:
        condition: The condition.
        name: The name of the parameter.
    """
    given: Any = condition
    if not isinstance(given, Condition) or name in condition.levels:
        return False
    try:
        found = inspect.signature(condition.function).parameters.get(name)
    except (TypeError, ValueError):
        return False
    return found is not None and found.kind is found.KEYWORD_ONLY


def takes_model(condition: AnyCondition) -> bool:
    """Whether a condition has a keyword ``model`` that its grid does not set.

    Args:
        condition: The condition.
    """
    return takes_parameter(condition, "model")


def with_levels(
    conditions: Sequence[AnyCondition], levels: Levels
) -> dict[str, dict[str, AnyCondition]]:
    """The conditions, each once for every combination of the levels of the keywords that it has.

    Args:
        conditions: The conditions.
        levels: The levels of each parameter.

    Returns:
        By the name of each condition, those that are made of it by their combination in words; the
        name stays where there is one combination.
    """
    return {each.name: _by_levels(each, levels) for each in conditions}


def _by_levels(condition: AnyCondition, levels: Levels) -> dict[str, AnyCondition]:
    taken = {name: each for name, each in levels.items() if takes_parameter(condition, name)}
    if not taken:
        return {"": condition}
    made = {}
    combinations = list(itertools.product(*taken.values()))
    for combination in combinations:
        values = dict(zip(taken, combination, strict=True))
        label = _combination_text(values)
        made[label] = dataclasses.replace(
            condition,
            name=f"{condition.name} ({label})" if len(combinations) > 1 else condition.name,
            function=functools.partial(condition.function, **values),
            levels={**condition.levels, **{name: _plain(each) for name, each in values.items()}},
        )
    return made


def with_other_levels(grid: ConditionGrid[F], levels: Levels) -> ConditionGrid[F]:
    """A grid in which these levels take the place of its own.

    Args:
        grid: The grid.
        levels: The levels of parameters, those of other conditions too.
    """
    own = {name: levels.get(name, each) for name, each in grid.levels.items()}
    return dataclasses.replace(grid, levels=own)


def _combination_text(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={_text(value)}" for name, value in values.items())


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


def names_by_model(
    conditions: Sequence[AnyCondition], models: Sequence[object]
) -> dict[str, dict[str, str]]:
    """The names of what is made of each condition that takes a model, by the name of the model.

    Args:
        conditions: The conditions as the class has them.
        models: The models.
    """
    return {
        each.name: {_text(model): _name_with(each.name, model, models) for model in models}
        for each in conditions
        if models and takes_model(each)
    }


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
