"""The events of the Crucible libraries: the level of each, and which count as one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# From the outermost to the innermost; metrics never mix levels, so nothing is counted twice.
LEVELS = (
    "experiment",
    "query",
    "predict",
    "request",
    "model",
    "tool",
    "dataset",
    "trace",
    "custom",
)


@dataclass(frozen=True, slots=True)
class EventInfo:
    """What is known of an event by its name.

    Attributes:
        level: One of ``LEVELS``.
        description: One line.
        counts: Whether one such event is one finished request of its level.
    """

    level: str
    description: str
    counts: bool = False


def _family(
    level: str, prefix: str, entries: Mapping[str, str], counted: tuple[str, ...]
) -> dict[str, EventInfo]:
    return {
        f"{prefix}.{name}": EventInfo(level, description, f"{prefix}.{name}" in counted)
        for name, description in entries.items()
    }


CATALOGUE: Mapping[str, EventInfo] = MappingProxyType(
    {
        **_family(
            "experiment",
            "harness",
            {
                "experiment.start": "An experiment begins or resumes",
                "experiment.stop": "An experiment has run all its rows",
                "experiment.exception": "An experiment was stopped by an error",
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
                "predict.start": "Several models are asked one question",
                "predict.stop": "They have one answer",
                "predict.exception": "They have none",
                "executor.start": "The asking begins",
                "executor.stop": "The asking has ended",
                "vote.complete": "The votes are counted",
                "consensus.reached": "The answer has the share of the votes that was wanted",
                "consensus.failed": "It has not, or there is no answer",
            },
            ("ensemble.predict.stop", "ensemble.predict.exception"),
        ),
        **_family(
            "model",
            "ensemble",
            {
                "model.start": "One model is asked",
                "model.stop": "One model has answered",
                "model.exception": "One model failed",
            },
            ("ensemble.model.stop", "ensemble.model.exception"),
        ),
        **_family(
            "request",
            "hedging",
            {
                "request.start": "A hedged request begins",
                "hedge.fired": "A backup attempt was started",
                "hedge.won": "A backup attempt gave the result",
                "hedge.suppressed": "No backup was allowed, and why",
                "request.cancelled": "A losing attempt was cancelled",
                "request.stop": "A hedged request has its result",
                "request.exception": "A hedged request failed",
            },
            ("hedging.request.stop", "hedging.request.exception"),
        ),
        **_family(
            "dataset",
            "dataset",
            {
                "load.start": "A data set is asked for",
                "load.stop": "A data set is loaded",
                "load.exception": "A data set could not be loaded",
                "cache.hit": "A file was found in the cache",
                "cache.miss": "A file was not in the cache",
                "cache.evict": "A file was dropped to make room in the cache",
                "evaluate.start": "Predictions are to be scored",
                "evaluate.stop": "Predictions are scored",
                "evaluate.exception": "Predictions could not be scored",
            },
            ("dataset.load.stop", "dataset.load.exception"),
        ),
        **_family(
            "trace",
            "trace",
            {
                "chain.created": "A decision chain was made",
                "event.created": "A decision was added to a chain",
                "chain.saved": "A chain was written",
                "chain.loaded": "A chain was read",
            },
            (),
        ),
    }
)


# Names for events of your own code, whose level metrics know.
CONVENTIONS: Mapping[str, EventInfo] = MappingProxyType(
    {
        **_family(
            "model",
            "llm",
            {
                "request.start": "A language model is asked",
                "request.stop": "It has answered",
                "request.exception": "It failed",
            },
            ("llm.request.stop", "llm.request.exception"),
        ),
        **_family(
            "model",
            "req_llm",
            {
                "request.start": "A language model is asked",
                "request.stop": "It has answered",
                "request.exception": "It failed",
            },
            ("req_llm.request.stop", "req_llm.request.exception"),
        ),
        **_family(
            "tool",
            "tool",
            {"start": "A tool is called", "stop": "It is done", "exception": "It failed"},
            ("tool.stop", "tool.exception"),
        ),
        **_family("experiment", "bench", {"test.complete": "A statistical test was made"}, ()),
        **_family(
            "custom",
            "train",
            {
                "training.start": "A training run begins",
                "training.stop": "It is over",
                "epoch.start": "An epoch begins",
                "epoch.stop": "It is over; metadata: epoch, loss, accuracy, learning_rate",
                "batch.stop": "A batch is done; metadata: epoch, batch, loss, gradient_norm",
                "checkpoint.saved": "A checkpoint was written; metadata: checkpoint_path",
            },
            ("train.epoch.stop",),
        ),
        **_family(
            "request",
            "deployment",
            {
                "inference.start": "A deployed model is asked; metadata: model_name, model_version",
                "inference.stop": "It has answered",
                "inference.exception": "It failed",
            },
            ("deployment.inference.stop", "deployment.inference.exception"),
        ),
        **_family(
            "experiment",
            "framework",
            {
                "pipeline.start": "A pipeline begins; metadata: pipeline_id",
                "pipeline.stop": "It is over",
                "stage.start": "A stage begins; metadata: stage_name, stage_index",
                "stage.stop": "It is over",
            },
            ("framework.pipeline.stop",),
        ),
    }
)


def event_info(name: str) -> EventInfo:
    """What is known of an event; an unknown one is a custom event.

    A custom event counts as one request when its name ends in ``.stop`` or ``.exception``.
    """
    known = CATALOGUE.get(name) or CONVENTIONS.get(name)
    if known is not None:
        return known
    return EventInfo("custom", "An event of your own", name.endswith((".stop", ".exception")))
