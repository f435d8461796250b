"""Answers that were asked for as JSON: parsed, and checked against their schema."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from .._core.errors import MalformedResponseError, MissingExtraError
from .._core.models import SamplingParameters
from .._core.responses import Response


def with_value(response: Response, sampling: SamplingParameters) -> Response:
    """The response with the value of its answer, where it was asked for as JSON.

    A refusal and a call of a tool have no value.

    Raises:
        MalformedResponseError: The answer is not JSON, or does not follow the schema; its cost is
            kept.
        MissingExtraError: A schema was given, and the extra ``schema`` is not installed.
    """
    form = sampling.response_format
    if form is None or response.refusal is not None or response.tool_calls:
        return response
    try:
        value = json.loads(response.text)
    except (ValueError, RecursionError):
        cut = " (it is cut off)" if response.finish_reason == "length" else ""
        raise _malformed(response, f"the answer is not JSON{cut}") from None
    if isinstance(form, Mapping):
        wrong = _against(value, form)
        if wrong is not None:
            raise _malformed(response, f"the answer does not follow the schema: {wrong}")
    return dataclasses.replace(response, parsed=value)


def check_schema(form: object) -> None:
    """Refuse a schema that could not be checked, before anything is paid.

    Raises:
        MissingExtraError: The extra ``schema`` is not installed.
        ValueError: It is not a JSON schema.
    """
    if not isinstance(form, Mapping):
        return
    jsonschema = _library()
    try:
        jsonschema.validators.validator_for(form).check_schema(form)
    except jsonschema.SchemaError as error:
        raise ValueError(f"response_format: not a JSON schema: {error.message}") from None


def _against(value: Any, schema: Mapping[str, Any]) -> str | None:
    """The first way in which a value does not follow a schema; None where it does."""
    jsonschema = _library()
    validator = jsonschema.validators.validator_for(schema)(schema)
    error = jsonschema.exceptions.best_match(validator.iter_errors(value))
    return None if error is None else f"{error.json_path}: {error.message}"


def _library() -> Any:
    try:
        import jsonschema  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("schema", "jsonschema") from error
    return jsonschema


def _malformed(response: Response, text: str) -> MalformedResponseError:
    error = MalformedResponseError(f"{text}; it begins: {response.text[:200]!r}")
    error.cost_usd, error.tries = response.cost_usd, response.tries
    return error
