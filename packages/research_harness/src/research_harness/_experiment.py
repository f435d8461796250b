"""An experiment as a class: what is asked, of which items, how often, and what counts."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, overload

from ._criteria import Criterion
from ._metrics import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One way of answering: a name and the function that answers one item.

    Attributes:
        name: How the condition is called in every table.
        function: Called with the item, or with the item and the ``Trial``; async or plain.
        description: One sentence for the report.
    """

    name: str
    function: Callable[..., Any]
    description: str = ""

    def __get__(self, instance: object, owner: type | None = None) -> "Condition":
        """Bind the function to the experiment, as a method would be."""
        if instance is None:
            return self
        function = self.function.__get__(instance, owner)
        return Condition(name=self.name, function=function, description=self.description)

    def __call__(self, *arguments: Any) -> Any:
        """Call the function itself, which is handy in a test of the condition alone."""
        return self.function(*arguments)


@overload
def condition(name: Callable[..., Any]) -> Condition: ...
@overload
def condition(
    name: str | None = None, *, description: str = ""
) -> Callable[[Callable[..., Any]], Condition]: ...
def condition(
    name: str | Callable[..., Any] | None = None, *, description: str = ""
) -> Condition | Callable[[Callable[..., Any]], Condition]:
    """Mark a method as a condition.

    Args:
        name: The condition's name; the method's name when left out.
        description: One sentence for the report; the method's docstring when left out.

    Returns:
        A decorator, or the condition when used without parentheses.
    """
    if callable(name):
        return condition()(name)

    def mark(function: Callable[..., Any]) -> Condition:
        first_line = (inspect.getdoc(function) or "").partition("\n")[0]
        return Condition(
            name=str(name or getattr(function, "__name__", "condition")),
            function=function,
            description=description or first_line,
        )

    return mark


class DatasetSpec:
    """A data set by name with the options of ``dataset_manager.load``.

    Args:
        name: A name that dataset_manager knows, or the path of a JSONL file.
        options: ``split``, ``subset``, ``grouping``, ``version``, ``unique`` and so on. ``unique``
            drops repeated questions after loading.
    """

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        self.options: Mapping[str, Any] = MappingProxyType(options)

    def __repr__(self) -> str:
        options = "".join(f", {key}={value!r}" for key, value in self.options.items())
        return f"DatasetSpec({self.name!r}{options})"


class _Namespace(dict[str, Any]):
    """A class body that remembers conditions which a later definition would silently replace."""

    def __init__(self) -> None:
        super().__init__()
        self.replaced: list[str] = []

    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(self.get(key), Condition):
            self.replaced.append(key)
        super().__setitem__(key, value)


class _ExperimentType(type):
    @classmethod
    def __prepare__(cls, name: str, bases: tuple[type, ...], /, **_: Any) -> _Namespace:
        return _Namespace()

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: _Namespace
    ) -> "_ExperimentType":
        made = super().__new__(cls, name, bases, dict(namespace))
        made._replaced = tuple(namespace.replaced)  # type: ignore[attr-defined]  # set just here
        return made


class Experiment(metaclass=_ExperimentType):
    """The base class of every experiment; set its attributes and write its conditions.

    Attributes:
        name: The title; the artifact folder is named after it.
        description: A sentence or two for the report.
        hypothesis: What is expected, in words.
        dataset: A name, a ``DatasetSpec``, a ``(name, options)`` pair, a
            ``dataset_manager.Dataset``, a list of mappings, or a function (or method) that gives
            one of these.
        sample_size: How many items to draw at random (seeded); None takes them all.
        conditions: Further conditions, beside the methods marked with ``@condition``.
        control: The condition the others are compared with; the first one when empty.
        metrics: Names (``accuracy``, ``cost_per_query``, ``latency_p99``, ...) or ``Metric``
            values.
        returns: Names of further numbers that the conditions return and that serve as metrics.
        criteria: What must hold for the hypothesis, stated before the run.
        repeat: How often every condition answers every item.
        seed: Drives samples, order, simulated models and tie-breaks; ``EXPERIMENT_SEED`` overrides
            it.
        randomize: Shuffle the items of each repeat and the conditions of each item.
        concurrency: How many rows are in work at once.
        timeout_ms: The longest a row may take; None sets no limit.
        virtual_time: Run under simulated time, for simulated models; everything is marked
            SIMULATED.
        scorer: The name of the scorer; None takes the data set's own.
        alpha: One minus the level of every interval.
        formats: The report formats to write.
        author: Who is responsible, for the report.
    """

    name: str = ""
    description: str = ""
    hypothesis: str = ""
    dataset: Any = None
    sample_size: int | None = None
    conditions: Sequence[Condition] = ()
    control: str = ""
    metrics: Sequence[str | Metric] = ()
    returns: Sequence[str] = ()
    criteria: Sequence[Criterion] = ()
    repeat: int = 1
    seed: int = 0
    randomize: bool = True
    concurrency: int = 10
    timeout_ms: float | None = 60_000
    virtual_time: bool = False
    scorer: str | None = None
    alpha: float = 0.05
    formats: Sequence[str] = ("markdown", "html")
    author: str = ""
    _replaced: ClassVar[tuple[str, ...]] = ()

    def all_conditions(self) -> tuple[Condition, ...]:
        """The conditions in the order of their definition, methods first."""
        found: dict[str, Condition] = {}
        for owner in reversed(type(self).__mro__):
            for key, value in vars(owner).items():
                if isinstance(value, Condition):
                    found[key] = value.__get__(self, type(self))
        return (*found.values(), *self.conditions)

    async def setup(self) -> None:
        """Prepare models or clients; called once before the first row of a run or resume."""

    async def teardown(self) -> None:
        """Close what ``setup`` opened; called once after the last row, also after an error."""
