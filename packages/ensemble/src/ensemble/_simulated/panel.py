"""Panels of simulated models whose errors are correlated."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, Unpack

from .._core.queries import Question
from .confidence import Confidence
from .difficulty import OutputLengths
from .failures import Failures
from .latency import AnyLatency
from .model import Accuracy, SimulatedModel

if TYPE_CHECKING:
    from .copula import Copula


class MeasuredPair(Protocol):
    """How two recorded models err together."""

    @property
    def models(self) -> tuple[str, str]:
        """The names of the two."""
        ...

    @property
    def phi(self) -> float:
        """The correlation of their errors; NaN when undefined."""
        ...


class MeasuredPanel(Protocol):
    """The measurements of a recorded panel, as ``VoteTable.analyze`` gives them."""

    @property
    def accuracies(self) -> Mapping[str, Iterable[float]]:
        """The accuracy of each model, with its interval."""
        ...

    @property
    def pairs(self) -> Sequence[MeasuredPair]:
        """How each two err together."""
        ...

    @property
    def same_wrong(self) -> float:
        """Of pairs that are both wrong, the share that say the same; NaN when undefined."""
        ...


class PanelSettings(TypedDict, total=False):
    """Further options of ``SimulatedModel``: one for all models, or one for each by its name."""

    latency: AnyLatency | Mapping[str, AnyLatency | None] | None
    input_price: float | Mapping[str, float]
    output_price: float | Mapping[str, float]
    cost_per_call: float | Mapping[str, float]
    output_tokens: int | OutputLengths | Mapping[str, int | OutputLengths]
    confidence: Confidence | Mapping[str, Confidence | None] | None
    failure_rate: float | Mapping[str, float]
    failures: Failures | Mapping[str, Failures | None] | None


def panel(
    accuracies: Mapping[str, Accuracy] | Sequence[Accuracy],
    *,
    rho: float | Sequence[Sequence[float]] | None = None,
    questions: Iterable[Question] | None = None,
    same_wrong: float | None = None,
    steadiness: float = 0.0,
    lenient: bool = False,
    seed: int = 0,
    **settings: Unpack[PanelSettings],
) -> list[SimulatedModel]:
    """A panel of simulated models whose errors are correlated as those of real ones are.

    The correlation that is asked for is that of the errors (phi), as ``VoteTable.analyze`` measures
    it: recorded models have .35 to .6. It comes from a Gaussian copula and leaves every accuracy as
    it is. It holds between samples of the same number.

    Args:
        accuracies: The accuracy of each model by its name, as ``SimulatedModel`` has it; without
            names they are called ``model-1`` and so on.
        rho: The error correlation of every pair, or a symmetric matrix in the order of the models;
            None for errors that have nothing in common but the difficulty of the questions.
        questions: The questions to come. Needed for ``rho`` where accuracies depend on the
            question: hard questions correlate errors already, and the correlation is over all.
        same_wrong: The probability that two models that both err give the same wrong answer, at
            least what chance gives; recorded models have .5 to .8.
        steadiness: How much of the luck with a question is the same in every sample of a model, as
            of ``SimulatedModel``.
        lenient: Where no models can err together as asked, take the nearest they can, and draw
            correlations that contradict each other towards their mean, instead of refusing.
        seed: Selects all answers.
        **settings: Further options of ``SimulatedModel``, for all models or, in a mapping by name,
            for each.

    Returns:
        The models, in order.

    Raises:
        ValueError: There are no models, the matrix has another size or is not symmetric, or
            ``questions`` are needed.
        InfeasibleCorrelationError: No such models can be: their accuracies differ too much, or the
            correlations contradict each other.
    """
    named = _named(accuracies)
    names = list(named)

    def models(copula: "Copula | None") -> list[SimulatedModel]:
        return [
            SimulatedModel(
                name,
                accuracy=named[name],
                same_wrong=same_wrong,
                steadiness=steadiness,
                seed=seed,
                luck=None if copula is None else partial(copula.luck, index),
                **_own(settings, name, names),
            )
            for index, name in enumerate(names)
        ]

    independent = models(None)
    if rho is None:
        return independent
    from .copula import Copula  # noqa: PLC0415  # for correlated panels only

    matrix = _matrix(rho, len(names))
    groups = _groups(independent, questions)
    chance: dict[str, Any] = {"seed": seed, "steadiness": steadiness, "lenient": lenient}
    return models(Copula(names, groups, matrix, **chance))


def panel_like(
    found: MeasuredPanel, *, seed: int = 0, **settings: Unpack[PanelSettings]
) -> list[SimulatedModel]:
    """A simulated panel that is as accurate, and errs together, as a recorded one does.

    What a plurality reaches with it is close to what it reaches on the recording, so that orders of
    asking, failures or prices can be tried that were not recorded. Measured correlations of many
    models seldom fit together to the last digit: it is lenient.

    Args:
        found: What is known of the recorded panel, by ``VoteTable.analyze``.
        seed: Selects all answers.
        **settings: Further options of ``SimulatedModel``, as of ``panel``.

    Returns:
        The models, in the order of the recorded ones.
    """
    names = list(found.accuracies)
    measured = {frozenset(pair.models): pair.phi for pair in found.pairs}
    rho = [
        [1.0 if one == other else measured[frozenset((one, other))] for other in names]
        for one in names
    ]
    return panel(
        {name: next(iter(estimate)) for name, estimate in found.accuracies.items()},
        rho=[[0.0 if math.isnan(each) else each for each in row] for row in rho],
        same_wrong=None if math.isnan(found.same_wrong) else found.same_wrong,
        lenient=True,
        seed=seed,
        **settings,
    )


def _named(accuracies: Mapping[str, Accuracy] | Sequence[Accuracy]) -> Mapping[str, Accuracy]:
    if not accuracies:
        raise ValueError("panel: give the accuracy of at least one model")
    if isinstance(accuracies, Mapping):
        return accuracies
    return {f"model-{number}": accuracy for number, accuracy in enumerate(accuracies, start=1)}


def _own(settings: Mapping[str, Any], name: str, names: Sequence[str]) -> dict[str, Any]:
    """The settings of one model: what is given for each by name, or for all."""
    own = {}
    for option, value in settings.items():
        each = isinstance(value, Mapping) and not set(names).isdisjoint(value)
        if each and set(value) != set(names):
            unmatched = sorted(map(str, set(value) ^ set(names)))
            raise ValueError(f"{option}: give one for each model; wrong or missing: {unmatched}")
        own[option] = value[name] if each else value
    return own


def _groups(
    models: Sequence[SimulatedModel], questions: Iterable[Question] | None
) -> Mapping[tuple[float, ...], float]:
    """How often each set of accuracies occurs."""
    if questions is not None:
        found = Counter(
            tuple(model.accuracy_of(question) for model in models) for question in questions
        )
        if found:
            return found
        raise ValueError("panel: there are no questions")
    varied = [model.name for model in models if not isinstance(model.accuracy, int | float)]
    if varied:
        raise ValueError(
            f"panel: the accuracy of {varied[0]!r} depends on the question; pass questions= so that"
            " the error correlation over all of them can be as asked, or leave out rho"
        )
    return {tuple(float(model.accuracy) for model in models): 1.0}  # type: ignore[arg-type]  # all are numbers


def _matrix(rho: float | Sequence[Sequence[float]], size: int) -> Sequence[Sequence[float]]:
    if isinstance(rho, int | float):
        return [[float(rho)] * size] * size
    if len(rho) != size or any(len(row) != size for row in rho):
        raise ValueError(f"rho: a matrix for {size} models has {size} rows of {size}")
    if any(rho[row][column] != rho[column][row] for row in range(size) for column in range(row)):
        raise ValueError("rho: the matrix is not symmetric")
    return rho
