"""How a request of a job ended, as it is kept in the file and as it is given."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from .._core import errors
from .._core.errors import BatchJobError, CacheFileError, ModelError
from .._core.responses import Response
from .._providers.dialect import bills_nothing
from .._providers.provider import ProviderModel
from .._recorded.records import MISREAD, response_of
from .interface import Outcome
from .rows import JobRow, RequestRow


def ended_row(row: RequestRow, outcome: Outcome, job: JobRow, model: ProviderModel) -> RequestRow:
    """The end of a request, as it is kept."""
    error = outcome.error
    if error is None:
        try:
            return _answered_row(row, outcome.answer, job, model)
        except ModelError as unreadable:
            error = unreadable
    cost_usd = 0.0 if bills_nothing(error) else None
    if outcome.answer is not None:  # it was worked out, and cannot be read
        cost_usd = model.cost_of(model.usage_of(outcome.answer), batch=True)
    return failed_row(row, error, cost_usd)


def _answered_row(row: RequestRow, answer: Any, job: JobRow, model: ProviderModel) -> RequestRow:
    refused = model.reported_error(answer)
    if refused is not None:
        raise refused
    response = model.response_of(answer)
    took_ms = ((job.ended_at or job.submitted_at) - job.submitted_at) * 1000
    response = dataclasses.replace(
        response,
        cost_usd=model.cost_of(model.usage_of(answer), batch=True),
        latency_ms=round(max(took_ms, 0.0), 3),
        batch_id=job.id,
        raw=None,
    )
    return row._replace(
        status="answered",
        response=json.dumps(response.to_dict()),
        error=None,
        cost_usd=response.cost_usd,
    )


def failed_row(row: RequestRow, error: ModelError, cost_usd: float | None) -> RequestRow:
    """The failure of a request, as it is kept."""
    kept = {
        "type": type(error).__name__,
        "message": str(error),
        "status": error.status,
        "retryable": error.retryable,
        "reason": getattr(error, "reason", None),
    }
    return row._replace(status="failed", response=None, error=json.dumps(kept), cost_usd=cost_usd)


def end_of(row: RequestRow, path: str) -> Response | ModelError:
    """The end of a request that has ended.

    Raises:
        CacheFileError: The row is damaged.
    """
    try:
        if row.response is not None:
            return response_of(json.loads(row.response))
        return _error_of(json.loads(row.error or "null"), row.cost_usd)
    except MISREAD as error:
        raise CacheFileError(path, f"a row is damaged ({error})") from None


def _error_of(kept: Mapping[str, Any], cost_usd: float | None) -> ModelError:
    kind = getattr(errors, kept["type"], ModelError)
    error: ModelError
    if kind is BatchJobError:
        error = BatchJobError(kept["message"], reason=kept["reason"])
    elif isinstance(kind, type) and issubclass(kind, ModelError):
        error = kind(kept["message"], status=kept["status"])
    else:
        error = ModelError(kept["message"], status=kept["status"])
    error.retryable = bool(kept["retryable"])
    error.cost_usd = cost_usd
    return error


def given_again(response: Response) -> Response:
    """An answer that was paid for earlier: it costs nothing now."""
    return dataclasses.replace(
        response,
        cached=True,
        source="recorded",
        cost_usd=0.0,
        original_cost_usd=response.cost_usd,
    )
