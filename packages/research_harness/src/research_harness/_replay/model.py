"""A model that gives recorded answers in place of another one."""

import asyncio
import builtins
import dataclasses
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._outcome.plain import MAX_CHARACTERS
from .._outcome.recorded import key_of_request
from .._outcome.responses import ResponseRecord
from .recorded import RowAnswers

if TYPE_CHECKING:
    from ensemble import Response

_LONG_S = 365 * 86_400.0  # of simulated time: longer than any limit


class ReplayedModel:
    """Stands for a model and gives what is recorded of it, after the time that it took then.

    Args:
        model: The model.
        answers: The recorded answers for the row.
    """

    def __init__(self, model: Any, answers: RowAnswers) -> None:
        self.name: str = model.name
        self.provider: str | None = getattr(model, "provider", None)
        self._answers = answers

    async def generate(self, query: Any, sampling: Any) -> "Response":
        """Give the recorded answer, or fail as the call failed.

        Args:
            query: The item.
            sampling: The parameters.

        Returns:
            The response.

        Raises:
            MissingRecordError: Nothing is recorded for this request; the row is not kept.
        """
        import ensemble

        key = key_of_request(self, query, sampling)
        record = self._answers.take(key, self.name)
        if record is None:
            raise ensemble.MissingRecordError(
                f"model {self.name!r}: no answer to this request is recorded",
                model=self.name,
                question=str(query)[:80],
                sample=sampling.sample,
            )
        _note_sent(record, query, sampling)
        await _wait(record)
        if record.status == "failed":
            raise error_of(record)
        return response_of(record)


def _note_sent(record: ResponseRecord, query: Any, sampling: Any) -> None:
    """Report the prompt and the parameters that were sent then, as a variant made them."""
    import ensemble

    changed = {
        "temperature": record.temperature,
        "max_tokens": record.max_tokens,
        "seed": record.seed,
        **json.loads(record.options or "{}"),
    }
    prompt = query if record.prompt is None else record.prompt
    ensemble.note_sent(prompt, dataclasses.replace(sampling, **changed))


async def _wait(record: ResponseRecord) -> None:
    """The time of the call, under simulated time; a call that was cancelled waits to be again."""
    import hedging

    if not hedging.is_virtual():
        return
    if record.status == "cancelled":
        await asyncio.sleep(_LONG_S)
    await asyncio.sleep((record.duration_ms or 0.0) / 1000)


def response_of(record: ResponseRecord) -> "Response":
    """The response as it was.

    Raises:
        ModelError: Its text was too long to be recorded whole.
    """
    import ensemble

    if len(record.answer or "") > MAX_CHARACTERS:
        raise ensemble.ModelError(f"the answer of {record.model!r} was not recorded whole")
    details: dict[str, Any] = json.loads(record.details) if record.details else {}
    values: dict[str, Any] = {
        "text": record.answer or "",
        "model": record.model,
        "cost_usd": record.cost_usd,
        "latency_ms": record.latency_ms,
        "time_to_first_token_ms": record.time_to_first_token_ms,
        "input_tokens": record.input_tokens,
        "output_tokens": record.output_tokens,
        "finish_reason": record.finish_reason,
        "confidence": record.confidence,
        "model_version": record.model_version,
        "request_id": record.request_id,
        "source": record.source or "live",
        "attempts": record.attempts,
        "cached": record.cached,
        **_typed(details, record.model),
    }
    return ensemble.Response(**values)


def _typed(details: Mapping[str, Any], model: str) -> dict[str, Any]:
    """The details with the types that a response has, or an error of a model."""
    import ensemble

    found = dict(details)
    if "tries" in found:
        found["tries"] = tuple(ensemble.Try(model=model, **each) for each in found["tries"])
    if found.get("price"):
        found["price"] = ensemble.Price.from_dict(found["price"])
    if "tool_calls" in found:
        found["tool_calls"] = tuple(ensemble.ToolCall(**each) for each in found["tool_calls"])
    if "left_out" in found:
        found["left_out"] = tuple(found["left_out"])
    if found.get("logprobs"):
        found["logprobs"] = _tokens(found["logprobs"])
    if found.get("top_logprobs"):
        found["top_logprobs"] = tuple(_tokens(each) for each in found["top_logprobs"])
    return found


def _tokens(given: Any) -> tuple[Any, ...]:
    import ensemble

    return tuple(ensemble.TokenLogprob(*each) for each in given)


def error_of(record: ResponseRecord) -> Exception:
    """An error of the recorded class, message and attributes."""
    import ensemble

    name = record.error_type
    known: Any = getattr(ensemble, name, None) or getattr(builtins, name, None)
    if not (isinstance(known, type) and issubclass(known, Exception)):
        known = type(name or "ModelError", (ensemble.ModelError,), {})
    error: Exception = known.__new__(known)
    error.args = (record.error,)
    if isinstance(error, ensemble.ModelError):
        error.status = error.retry_after_s = None
    details: dict[str, Any] = json.loads(record.details or "{}")
    for attribute, value in _typed(details, record.model).items():
        setattr(error, attribute, value)
    return error
