"""The answers in a sample of lm-eval: texts, choices ranked by likelihood, or one likelihood."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers to one document, one entry per repeat.

    Attributes:
        predictions: What was scored; the position of the likeliest choice; None for a likelihood.
        raw: What the model gave.
        choices: The choices that were ranked; None for other kinds.
    """

    predictions: Sequence[Any]
    raw: Sequence[Any]
    choices: Sequence[str] | None = None


def answers_of(record: Mapping[str, Any], listed: Any, *, normalized: bool) -> Answers:
    """The answers of a record.

    Args:
        record: The sample.
        listed: The choices of its document, if it lists any.
        normalized: The likelihood of a choice is divided by its length, as for ``acc_norm``.
    """
    resps = list(record["resps"])
    given = [_single(each) for each in resps]
    if given and all(_is_likelihood(each) for each in given):
        return _ranked(record, given, listed, normalized=normalized)
    if given and all(_is_rolling(each, record) for each in given):
        return Answers(predictions=[None], raw=[float(each) for each in given])
    return _texts(resps, record.get("filtered_resps"))


def _texts(resps: Sequence[Any], filtered: Any) -> Answers:
    """Every repeat; the filter gives one answer for all of them, or one for each."""
    raw = [text for each in resps for text in (each if isinstance(each, list) else [each])]
    if not raw:
        return Answers(predictions=[None], raw=[None])
    kept = list(filtered) if isinstance(filtered, list) else []
    if len(kept) == 1 and isinstance(kept[0], list):
        kept = kept[0]
    if len(kept) == len(raw):
        return Answers(predictions=kept, raw=raw)
    chosen = kept[0] if kept else raw[0]
    return Answers(predictions=[chosen, *raw[1:]], raw=raw)


def _ranked(
    record: Mapping[str, Any], given: Sequence[Any], listed: Any, *, normalized: bool
) -> Answers:
    values = [float(each[0]) for each in given]
    texts = _continuations(record)
    conditioned = _conditioned(record, len(values))
    if conditioned == 1:
        return Answers(predictions=[None], raw=[list(given[0])])
    values = values[:conditioned]
    choices = listed if listed and len(listed) == conditioned else texts[:conditioned]
    if normalized and len(choices) == len(values):
        values = [
            value / max(len(str(choice)), 1) for value, choice in zip(values, choices, strict=True)
        ]
    ranked = [str(each) for each in choices] or None
    return Answers(predictions=[values.index(max(values))], raw=[list(given)], choices=ranked)


def _continuations(record: Mapping[str, Any]) -> list[str]:
    """The texts whose likelihood was asked for."""
    arguments = record.get("arguments") or ()
    calls = arguments.values() if isinstance(arguments, Mapping) else arguments
    found = []
    for call in calls:
        text = call.get("arg_1") if isinstance(call, Mapping) else (call[1:2] or [""])[0]
        found.append(str(text or "").strip())
    return found


def _conditioned(record: Mapping[str, Any], size: int) -> int:
    """How many of the likelihoods follow the prompt: for mutual information, the first half."""
    metrics = record.get("metrics") or record
    texts = _continuations(record)
    half = size // 2
    if "acc_mutual_info" in metrics and size % 2 == 0 and texts[:half] == texts[half:size]:
        return half
    return size


def _single(value: Any) -> Any:
    """What stands in a list of its own: each request has a list of repeats."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _is_likelihood(value: Any) -> bool:
    """A log-likelihood, and whether the text is the greedy continuation of the model."""
    if not (isinstance(value, list) and len(value) == 2):
        return False
    return _is_float(value[0]) and str(value[1]) in ("True", "False")


def _is_rolling(value: Any, record: Mapping[str, Any]) -> bool:
    """The likelihood of a whole text: a call that asks for no continuation and no settings."""
    arguments = record.get("arguments") or ()
    calls = list(arguments.values() if isinstance(arguments, Mapping) else arguments)
    alone = bool(calls) and all(len(call) == 1 for call in calls)
    return alone and _is_float(value)


def _is_float(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def expected_of(target: Any, doc: Mapping[str, Any], *, ranked: bool) -> Any:
    """The right answer. The harness writes positions and lists of answers as text."""
    if not isinstance(target, str):
        return target
    text = target.strip()
    if ranked and text.lstrip("-").isdigit():
        return int(text)
    if text.startswith("[") and text.endswith("]") and target not in doc.values():
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return target
        plain = isinstance(found, list) and all(isinstance(e, str | int | float) for e in found)
        return found if plain and found else target
    return target
