"""Which fixed requests are asked of which models."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

MIN_ANSWERS = 8  # with 8 against 8 the smallest p-value is 2/12,870, small enough for Holm


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries:
    """Fixed requests that show whether a model changed while the run went on.

    Each model is asked every prompt ``repeats`` times at the start of the run, after half of its
    rows, at the end of a session and on resume. The answers are in ``canaries.jsonl``. They are not
    part of rows, metrics or the costs of conditions. The ceilings of the run count them, and those
    of providers; a request that does not fit is not made.

    Attributes:
        models: The models: objects with a name and ``generate``, such as those of ``ensemble``.
        prompts: The texts that are asked. Prompts with short, certain answers show a change best.
        repeats: How often each prompt is asked at each moment; at the first moment once more, which
            gives the reference that other answers are compared with.
        max_concurrency: How many requests are under way at the same time.
        timeout_ms: The longest a request may take.
    """

    models: Sequence[Any]
    prompts: Sequence[str]
    repeats: int = 4
    max_concurrency: int = 4
    timeout_ms: float = 60_000


def canary_problems(given: object) -> Iterator[str]:
    """What is wrong with an experiment's canaries, in words.

    Args:
        given: The attribute of the experiment.
    """
    if given is None:
        return
    if not isinstance(given, Canaries):
        yield f"canaries: {given!r} is not a Canaries value, or None"
        return
    if isinstance(given.prompts, str) or not all(isinstance(each, str) for each in given.prompts):
        yield f"canaries: prompts is {given.prompts!r}; pass a sequence of texts"
        return
    for name in ("repeats", "max_concurrency"):
        value = getattr(given, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            yield f"canaries: {name} is {value!r}, not a whole number of at least 1"
            return
    if not given.timeout_ms > 0:
        yield f"canaries: timeout_ms is {given.timeout_ms!r}, not a positive number"
    if len(given.prompts) * given.repeats < MIN_ANSWERS:
        yield (
            f"canaries: {len(given.prompts)} prompts, {given.repeats} times each, are too few for a"
            f" test; prompts times repeats must be at least {MIN_ANSWERS}"
        )
    yield from _model_problems(given.models)


def _model_problems(models: Sequence[Any]) -> Iterator[str]:
    if not models:
        yield "canaries: name at least one model"
    for each in models:
        if not callable(getattr(each, "generate", None)) or not hasattr(each, "name"):
            yield f"canaries: {each!r} is not a model; it needs a name and generate"
            return
    counts = Counter(each.name for each in models)
    yield from (
        f"canaries: the model {name!r} is named twice" for name in counts if counts[name] > 1
    )
