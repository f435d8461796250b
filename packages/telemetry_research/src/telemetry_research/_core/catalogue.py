"""The events of the Crucible libraries: the level of each, and which count as one request."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Literal, get_args

# From the outermost to the innermost. Metrics never mix levels, so each request counts once.
Level = Literal[
    "experiment",
    "query",
    "predict",
    "request",
    "model",
    "tool",
    "dataset",
    "trace",
    "custom",
]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventInfo:
    """The catalogue entry of an event name.

    Attributes:
        level: One of ``LEVELS``.
        description: One line.
        counts: Whether one such event is one finished request of its level.
        settles_cost: Whether its cost is that of a request which another event counts, without one.
    """

    level: Level
    description: str
    counts: bool = False
    settles_cost: bool = False

    def to_dict(self) -> dict[str, object]:
        """The entry as plain values."""
        return asdict(self)


_SETTLING = ("hedging.stream.stop",)


def _family(
    level: Level, prefix: str, entries: Mapping[str, str], counted: tuple[str, ...]
) -> dict[str, EventInfo]:
    return {
        f"{prefix}.{name}": EventInfo(
            level=level,
            description=description,
            counts=f"{prefix}.{name}" in counted,
            settles_cost=f"{prefix}.{name}" in _SETTLING,
        )
        for name, description in entries.items()
    }


CATALOGUE: Mapping[str, EventInfo] = MappingProxyType(
    {
        **_family(
            "experiment",
            "harness",
            {
                "experiment.start": "An experiment starts or resumes",
                "experiment.stop": "An experiment has run all its rows",
                "experiment.exception": "An experiment stopped with an error",
            },
            ("harness.experiment.stop", "harness.experiment.exception"),
        ),
        **_family(
            "query",
            "harness",
            {
                "row.stop": "One condition has answered one item once",
                "row.exception": "One row failed",
            },
            ("harness.row.stop", "harness.row.exception"),
        ),
        **_family(
            "predict",
            "ensemble",
            {
                "predict.start": "A prediction by several models starts",
                "predict.stop": "A prediction has its answer",
                "predict.exception": "A prediction failed",
                "executor.start": "The execution of the model calls starts",
                "executor.stop": "The execution of the model calls has ended",
                "vote.complete": "The votes are counted",
                "consensus.reached": "The vote share of the answer reached the required consensus",
                "consensus.failed": "The required consensus was not reached",
            },
            ("ensemble.predict.stop", "ensemble.predict.exception"),
        ),
        **_family(
            "model",
            "ensemble",
            {
                "model.start": "A model call starts",
                "model.stop": "A model call returned an answer",
                "model.exception": "A model call failed",
            },
            ("ensemble.model.stop", "ensemble.model.exception"),
        ),
        **_family(
            "request",
            "hedging",
            {
                "request.start": "A hedged request starts",
                "hedge.fired": "A backup attempt was started",
                "hedge.won": "A backup attempt gave the result",
                "hedge.suppressed": "No backup was allowed, and why",
                "request.cancelled": "A losing attempt was cancelled",
                "request.stop": "A hedged request has its result",
                "stream.stop": "All streams of a request have ended, and its cost is final",
                "request.exception": "A hedged request failed",
            },
            ("hedging.request.stop", "hedging.request.exception"),
        ),
        **_family(
            "dataset",
            "dataset",
            {
                "load.start": "The loading of a data set starts",
                "load.stop": "A data set is loaded",
                "load.exception": "A data set could not be loaded",
                "cache.hit": "A file was found in the cache",
                "cache.miss": "A file was not in the cache",
                "cache.evict": "A file was removed to free space in the cache",
                "evaluate.start": "The scoring of predictions starts",
                "evaluate.stop": "Predictions are scored",
                "evaluate.exception": "Predictions could not be scored",
            },
            ("dataset.load.stop", "dataset.load.exception"),
        ),
        **_family(
            "trace",
            "trace",
            {
                "chain.created": "A decision chain was created",
                "event.created": "A decision was added to a chain",
                "chain.saved": "A chain was written",
                "chain.loaded": "A chain was read",
            },
            (),
        ),
    }
)


# Recommended names for events of your own code; metrics know their level.
CONVENTIONS: Mapping[str, EventInfo] = MappingProxyType(
    {
        **_family(
            "model",
            "llm",
            {
                "request.start": "A call of a language model starts",
                "request.stop": "A call of a language model returned an answer",
                "request.exception": "A call of a language model failed",
            },
            ("llm.request.stop", "llm.request.exception"),
        ),
        **_family(
            "model",
            "req_llm",
            {
                "request.start": "A call of a language model starts",
                "request.stop": "A call of a language model returned an answer",
                "request.exception": "A call of a language model failed",
            },
            ("req_llm.request.stop", "req_llm.request.exception"),
        ),
        **_family(
            "tool",
            "tool",
            {
                "start": "A tool call starts",
                "stop": "A tool call returned",
                "exception": "A tool call failed",
            },
            ("tool.stop", "tool.exception"),
        ),
        **_family("experiment", "bench", {"test.complete": "A statistical test was made"}, ()),
        **_family(
            "custom",
            "train",
            {
                "training.start": "A training run starts",
                "training.stop": "A training run has ended",
                "epoch.start": "An epoch starts",
                "epoch.stop": "An epoch has ended; metadata: epoch, loss, accuracy, learning_rate",
                "batch.stop": "A batch has ended; metadata: epoch, batch, loss, gradient_norm",
                "checkpoint.saved": "A checkpoint was written; metadata: checkpoint_path",
            },
            ("train.epoch.stop",),
        ),
        **_family(
            "request",
            "deployment",
            {
                "inference.start": "An inference starts; metadata: model_name, model_version",
                "inference.stop": "An inference returned",
                "inference.exception": "An inference failed",
            },
            ("deployment.inference.stop", "deployment.inference.exception"),
        ),
        **_family(
            "experiment",
            "framework",
            {
                "pipeline.start": "A pipeline starts; metadata: pipeline_id",
                "pipeline.stop": "A pipeline has ended",
                "stage.start": "A stage starts; metadata: stage_name, stage_index",
                "stage.stop": "A stage has ended",
            },
            ("framework.pipeline.stop",),
        ),
    }
)


def event_info(name: str) -> EventInfo:
    """The catalogue entry of an event; a name outside of the catalogue is a custom event.

    A custom event counts as one request when its name ends in ``.stop`` or ``.exception``.

    Args:
        name: The event's name.

    Returns:
        Its level, its description, and whether it counts as one request.

    Example:
        >>> event_info("ensemble.model.stop").level
        'model'
    """
    known = CATALOGUE.get(name) or CONVENTIONS.get(name)
    if known is not None:
        return known
    ends = name.endswith((".stop", ".exception"))
    return EventInfo(level="custom", description="A custom event", counts=ends)
