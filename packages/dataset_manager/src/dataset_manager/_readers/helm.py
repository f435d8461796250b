"""Scenario states of HELM: ``scenario_state.json``, with ``per_instance_stats.json`` beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._core.errors import DatasetError, DatasetFileError
from .content import LogContent, counted, read_document
from .row import LogRow, as_count, as_error, as_ms, as_number, question_of, said

Key = tuple[str, int, str]
State = Mapping[str, Any]
# What HELM's own leaderboards take, the strictest first.
_SCORES = (
    *(
        "exact_match",
        "quasi_exact_match",
        "final_number_exact_match",
        "math_equiv_chain_of_thought",
    ),
    *("math_equiv", "prefix_exact_match", "quasi_prefix_exact_match", "f1_score", "rouge_l"),
)
_SEPARATE = "multiple_choice_separate"


def is_helm(whole: Any) -> bool:
    """Whether the content of a JSON file is a scenario state."""
    return isinstance(whole, Mapping) and isinstance(whole.get("request_states"), list)


def read_helm(path: Path, score: str | None) -> LogContent:
    """The answers by instance; each training trial and each completion is a repeat."""
    whole = read_document(path)
    if not is_helm(whole):
        raise DatasetFileError(path, "is not a scenario state of HELM: request_states is missing")
    adapter = whole.get("adapter_spec") or {}
    groups: dict[Key, list[State]] = {}
    for state in whole["request_states"]:
        groups.setdefault(_key(state), []).append(state)
    stats = _stats(path)
    separate = str(adapter.get("method", "")).startswith(_SEPARATE)
    rows = [
        row
        for key, states in groups.items()
        for row in _rows(key, states, adapter, stats.get(key, {}), separate=separate)
    ]
    names = list(dict.fromkeys(name for row in rows for name in row.scores))
    wanted = score or next((name for name in _SCORES if name in names), "")
    if score is not None and score not in names:
        raise DatasetFileError(path, f"has no score {score!r} (it has {', '.join(names)})")
    spec = _beside(path, "run_spec.json")
    return LogContent(
        task=str((spec or {}).get("name") or path.parent.name),
        rows=[_scored(row, wanted) for row in rows],
        status="success" if stats else None,
        settings={"adapter_spec": adapter},
        remarks=counted(
            {
                "answers have no score beside them": sum(not row.scores for row in rows),
                "answers have several likeliest choices": sum(map(_tied, rows)) if separate else 0,
            }
        ),
    )


def _scored(row: LogRow, wanted: str) -> LogRow:
    return replace(row, score=row.scores.get(wanted))


def _key(state: State) -> Key:
    instance = state["instance"]
    return (
        str(instance["id"]),
        int(state.get("train_trial_index") or 0),
        _perturbation(instance.get("perturbation")),
    )


def _perturbation(value: Any) -> str:
    return str(value.get("name", "perturbed")) if isinstance(value, Mapping) else ""


def _rows(
    key: Key,
    states: Sequence[State],
    adapter: Mapping[str, Any],
    scores: Mapping[str, float],
    *,
    separate: bool,
) -> Iterable[LogRow]:
    first = states[0]
    choices, expected = _references(first, adapter)
    answers = [_likeliest(states)] if separate else _texts(first)
    result = first.get("result") or {}
    for position, answer in enumerate(answers):
        yield LogRow(
            id=key[0],
            input=question_of((first["instance"].get("input") or {}).get("text", ""), choices),
            expected=expected,
            prediction=answer,
            model=str(adapter.get("model") or (first.get("request") or {}).get("model") or ""),
            variant=key[2],
            epoch=key[1] * len(answers) + position + 1,
            input_tokens=as_count(scores.get("num_prompt_tokens")) if position == 0 else None,
            output_tokens=as_count(scores.get("num_completion_tokens")) if position == 0 else None,
            latency_ms=None if result.get("cached") else as_ms(result.get("request_time")),
            error=None if result.get("success", True) else as_error(result.get("error")),
            metadata=_kept(first),
            raw=answer if not separate else [_likelihood(state) for state in states],
            scores=scores if position == 0 else {},
            prompt=_prompt(first.get("request") or {}),
            stop_reason=_reason(result),
        )


def _references(state: State, adapter: Mapping[str, Any]) -> tuple[list[str] | None, Any]:
    """The choices in the order of their letters, and the positions of the right ones; or texts."""
    references = state["instance"].get("references") or ()
    texts = [str((each.get("output") or {}).get("text", "")) for each in references]
    right = [
        text
        for each, text in zip(references, texts, strict=True)
        if "correct" in (each.get("tags") or ())
    ]
    if str(adapter.get("method", "")).startswith("multiple_choice"):
        listed = [str(each) for each in (state.get("output_mapping") or {}).values()] or texts
        found = [listed.index(each) for each in dict.fromkeys(right) if each in listed]
        return listed, found[0] if len(found) == 1 else found or None
    return None, right[0] if len(right) == 1 else right or None


def _texts(state: State) -> list[Any]:
    completions = (state.get("result") or {}).get("completions") or ()
    return [each.get("text") for each in completions] or [None]


def _likeliest(states: Sequence[State]) -> int | None:
    """The reference of the likeliest text, less its likelihood without the question.

    None where several are equally likely: HELM gives a part of the score for each of them.
    """
    values: dict[int, float] = {}
    for state in states:
        sign = -1 if state.get("request_mode") == "calibration" else 1
        value, index = _likelihood(state), state.get("reference_index")
        if value is not None and index is not None:
            values[int(index)] = values.get(int(index), 0.0) + sign * value
    best = [index for index, value in values.items() if value == max(values.values())]
    return best[0] if len(best) == 1 else None


def _tied(row: LogRow) -> bool:
    return row.prediction is None and any(each is not None for each in row.raw)


def _likelihood(state: State) -> float | None:
    completions: Sequence[Any] = (state.get("result") or {}).get("completions") or ({},)
    return as_number(completions[0].get("logprob"))


def _prompt(request: Mapping[str, Any]) -> str:
    messages = request.get("messages")
    return said(messages) if messages else str(request.get("prompt") or "")


def _reason(result: Mapping[str, Any]) -> str | None:
    completions: Sequence[Any] = result.get("completions") or ({},)
    found = completions[0].get("finish_reason")
    found = found.get("reason") if isinstance(found, Mapping) else found
    return str(found) if found else None


def _kept(state: State) -> dict[str, Any]:
    instance = state["instance"]
    found = {name: instance.get(name) for name in ("split", "sub_split")}
    more = {"cached": True} if (state.get("result") or {}).get("cached") else {}
    return {**{name: value for name, value in found.items() if value}, **more}


def _stats(path: Path) -> dict[Key, dict[str, float]]:
    found: dict[Key, dict[str, float]] = {}
    for record in _beside(path, "per_instance_stats.json") or ():
        key = (
            str(record["instance_id"]),
            int(record.get("train_trial_index") or 0),
            _perturbation(record.get("perturbation")),
        )
        for stat in record.get("stats") or ():
            mean = as_number(stat.get("mean"))
            if mean is not None and not (stat.get("name") or {}).get("perturbation"):
                found.setdefault(key, {})[str(stat["name"]["name"])] = mean
    return found


def _beside(path: Path, name: str) -> Any:
    try:
        return read_document(path.with_name(name))
    except DatasetError:
        return None
