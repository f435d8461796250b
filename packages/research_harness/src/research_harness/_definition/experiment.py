"""The base class of every experiment: its attributes, its conditions, and hooks around a run."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from .._batches.batches import Batches
from .._canaries.canaries import Canaries
from .._core.errors import ExperimentError
from .._design.design import ExperimentDesign
from .._design.designs import Within
from .attributes import misspelt_in_class
from .ceilings import Ceilings, LatencyBudget
from .condition import AnyCondition, Condition
from .criteria import Criterion
from .design import design_problems
from .grid import (
    ConditionGrid,
    Levels,
    conditions_of_class,
    with_levels,
    with_models,
    with_other_levels,
)
from .metrics import Metric
from .retries import Retries
from .stop_when import StopWhen


class Experiment:
    """The base class of every experiment. A subclass sets attributes and defines conditions.

    It has no metaclass of its own, so that abstract classes, protocols, dataclasses and pydantic
    models can stand beside it. Attributes may be given as keywords of the class too:
    ``class Short(Long, sample_size=5)``.

    Attributes:
        name: The title; the artifact folder is named after it.
        description: A sentence or two for the report.
        hypothesis: The expected result, in words.
        dataset: A name, a ``DatasetSpec``, a ``(name, options)`` pair, a
            ``dataset_manager.Dataset``, a list of mappings, or a function or method that returns
            one of these.
        sample_size: The number of items, drawn at random with the seed; None takes all.
        conditions: Further conditions, beside the methods marked with ``@condition`` or ``@grid``.
        models: Names of models, or models, with which the conditions are asked that have a keyword
            ``model``: ``async def answer(self, item, *, model)``. Several make a condition for
            each. ``crucible run FILE --model NAME`` replaces them.
        design: How items are assigned to conditions and in which order rows are run: ``Within()``,
            ``Between()``, ``Blocks(...)``, ``LatinSquare()``, ``TimeSeries(...)``, ``Factorial()``
            or ``DoseResponse()``.
        control: The condition the others are compared with; the first one when empty.
        metrics: Names (``accuracy``, ``cost_per_query``, ``latency_p99``, ...) or ``Metric``
            values.
        returns: Names of further numbers that the conditions return and that serve as metrics.
        criteria: The claims that the hypothesis makes, stated before the run.
        repeat: How many times each condition answers each item.
        seed: Seed of the sample, the order, simulated models and tie-breaks. The environment
            variable ``EXPERIMENT_SEED`` overrides it.
        randomize: Shuffle the items of each repeat and the conditions of each item.
        concurrency: The maximum number of rows that run at the same time.
        timeout_ms: The longest a row may take; None sets no limit. Its clock stands still while at
            least one call of the row waits in the queue of the client and none is being answered.
        scoring_timeout_ms: The longest the scorer may take for an answer, apart from the row's own
            time; None sets no limit.
        loop_block_ms: A condition that keeps the event loop to itself for longer is named in a
            warning; None watches nothing.
        outage_ms: The longest outage of a service that the run waits for; rows that fail in it are
            asked again. A run whose outage lasts longer stops and is incomplete. None keeps such
            rows as failures at once.
        max_world_failures: The largest share of a condition's rows that may fail because a service
            was away; above it no criterion is judged.
        virtual_time: Run under simulated time, for simulated models. Every output is marked
            SIMULATED.
        scorer: The name of the scorer; None takes the data set's own. It may be an ``async def``,
            such as a model as judge.
        scorers: The names of further scorers. The mean of each one's value is a metric of its name.
        scoring_concurrency: How many answers ``async`` scorers may have at the same time; None
            takes ``concurrency``.
        clusters: The field of the items' metadata that groups them, such as the text that several
            questions are about; intervals and tests then take the group as the unit.
        alpha: One minus the level of every interval, and of the family of all criteria.
        ceilings: What the run may spend at most; a run that reaches one stops and is incomplete.
        retries: When a row that failed is asked again; None keeps every failed row, once its models
            have given up repeating their own requests.
        stop_when: When the run may stop because the difference from the control is clear; None runs
            all rows.
        telemetry: A store of ``telemetry_research`` that takes the events of the run too, or a
            function that makes one for each session.
        traces: Whether the run keeps what its models said as a causal chain for each row: the votes
            of an ensemble, native reasoning, and the events that answers state. A chain that a
            condition returns is kept in any case.
        canaries: Fixed requests that show whether a model changed while the run went on.
        batches: Which conditions are asked in the batch jobs of their providers; None asks all
            directly.
        subgroups: Fields of the items' metadata; differences are given within each of their values
            too, with intervals that hold together.
        latency_budget: How long the quantiles of latency may be.
        formats: The report formats to write.
        author: The author, for the report.
        tags: Words by which ``crucible list`` finds the run.
    """

    name: str = ""
    description: str = ""
    hypothesis: str = ""
    dataset: Any = None
    sample_size: int | None = None
    conditions: Sequence[AnyCondition] = ()
    models: Any = ()  # often an attribute of the user's own, of any type
    design: ExperimentDesign = Within()
    control: str = ""
    metrics: Sequence[str | Metric] = ()
    returns: Sequence[str] = ()
    criteria: Sequence[Criterion] = ()
    repeat: int = 1
    seed: int = 0
    randomize: bool = True
    concurrency: int = 10
    timeout_ms: float | None = 60_000
    scoring_timeout_ms: float | None = 300_000
    loop_block_ms: float | None = 1_000
    outage_ms: float | None = 300_000
    max_world_failures: float = 0.05
    virtual_time: bool = False
    scorer: str | None = None
    scorers: Sequence[str] = ()
    scoring_concurrency: int | None = None
    clusters: str = ""
    alpha: float = 0.05
    ceilings: Ceilings = Ceilings()
    retries: Retries | None = None
    stop_when: StopWhen | None = None
    telemetry: Any = None
    traces: bool = False
    canaries: Canaries | None = None
    batches: Batches | None = None
    subgroups: Sequence[str] = ()
    latency_budget: LatencyBudget | None = None
    formats: Sequence[str] = ("markdown", "html")
    author: str = ""
    tags: Sequence[str] = ()

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Take attributes from the keywords of a class; refuse a misspelt attribute.

        A design that does not support the conditions of the class is refused too.

        Args:
            **keywords: Attributes of an experiment; others are passed on to the other bases.

        Raises:
            ExperimentError: An attribute looks misspelt, or the design does not support the class.
        """
        known = attributes()
        own = {name: value for name, value in keywords.items() if name in known}
        problems = misspelt_in_class(cls, known, keywords)
        if problems:
            raise ExperimentError(cls.__name__, problems)
        super().__init_subclass__(**{k: v for k, v in keywords.items() if k not in own})
        for name, value in own.items():
            setattr(cls, name, value)
        conditions = conditions_of_class(cls)
        if conditions and (refused := design_problems(cls, conditions)):
            raise ExperimentError(cls.__name__, refused)

    def all_conditions(self) -> tuple[AnyCondition, ...]:
        """The conditions of the experiment.

        Returns:
            The methods marked with ``@condition`` or ``@grid`` in the order of their definition,
            then those of ``conditions``; those with a keyword ``model`` once for each of
            ``models``.
        """
        given = self.models
        return with_models(self._own_conditions(), given if isinstance(given, list | tuple) else ())

    def _own_conditions(self) -> tuple[AnyCondition, ...]:
        """The conditions before they are made for each model."""
        levels: Levels = vars(self).get("_levels", {})
        found: dict[str, tuple[AnyCondition, ...]] = {}
        for owner in reversed(type(self).__mro__):
            for key, value in vars(owner).items():
                if isinstance(value, Condition):
                    found[key] = (value.__get__(self, type(self)),)
                elif isinstance(value, ConditionGrid):
                    found[key] = with_other_levels(value, levels).bound(self)
                else:
                    found.pop(key, None)  # a subclass takes a condition away with None
        own = (*itertools.chain.from_iterable(found.values()), *self.conditions)
        if not levels:
            return own
        made = with_levels(own, levels).values()
        return tuple(itertools.chain.from_iterable(each.values() for each in made))

    async def setup(self) -> None:
        """Prepare models or clients. Called once before the first row of a run or resume."""

    async def teardown(self) -> None:
        """Close what ``setup`` opened. Called once after the last row, also after an error."""


def attributes() -> Mapping[str, Any]:
    """The attributes and methods that an experiment has, with their types."""
    types = Experiment.__annotations__
    return {name: types.get(name, Any) for name in vars(Experiment) if not name.startswith("_")}
