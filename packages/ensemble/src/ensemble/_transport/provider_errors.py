"""Errors that providers report: by the status, or in the body of an answer with status 200."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._core.errors import (
    AuthenticationError,
    BadRequestError,
    ModelError,
    OverloadedError,
    RateLimitError,
    ServerError,
)

_WORDS: tuple[tuple[type[ModelError], str], ...] = (
    (
        AuthenticationError,
        (
            r"authenticat|permission|unauthori[sz]ed|invalid_api_key|api key not|forbidden"
            r"|no auth|user not found|token_expired"
        ),
    ),
    (
        RateLimitError,
        r"rate.?limit|resource_exhausted|too.many.requests|insufficient_quota|throttl|quota",
    ),
    (OverloadedError, r"overload|unavailable|loading model|capacity|worker is full"),
    (
        BadRequestError,
        (
            r"invalid_request|bad.?request|invalid_argument|not_found|context.(length|size)"
            r"|invalid_prompt|exceed_context|too_large|unsupported|tool_use_failed|failed_precondition"
        ),
    ),
)
_FINAL = re.compile(r"insufficient_quota|current quota|billing|credit balance", re.IGNORECASE)
_OVERLOADED = (503, 529)
# Where providers, gateways and frameworks have the text of an error.
_TEXTS = ("message", "faultstring", "detail", "error", "errors", "msg", "title", "Message", "fault")
_TITLE = re.compile(r"<title[^<>]*>([^<]*)</title>", re.IGNORECASE)
_TAG = re.compile(
    r"<(script|style)\b[^<>]*>(?:[^<]|<(?!/?(?:script|style)\b))*+(?:</\1>|\Z)|<[^<>]*>",
    re.IGNORECASE,
)
_RETRY_DELAY = re.compile(r"([\d.]+)s")


def failure_kind(status: int) -> type[ModelError]:
    """The class of a failure with this HTTP status."""
    if status in (401, 403):
        return AuthenticationError
    if status == 429:
        return RateLimitError
    if status in _OVERLOADED:
        return OverloadedError
    if status >= 500 or status in (408, 409, 425):
        return ServerError
    return BadRequestError


def status_error(
    status: int,
    text: str,
    retry_after_s: float | None,
    headers: Mapping[str, str],
    hidden: Callable[[str], str],
) -> ModelError:
    """The error of an answer whose status is not a success.

    Args:
        status: The HTTP status.
        text: The body.
        retry_after_s: The pause that its headers ask for.
        headers: The headers.
        hidden: Takes keys out of a text and cuts it.

    Returns:
        The error to raise.
    """
    data = _parsed(text)
    found = list(_reports(data, certain=True))
    shown = next((each for report in found if (each := _message(report))), None) or _plain(text)
    kind = failure_kind(status)
    if kind is BadRequestError:
        kind = _of_crowd(found, headers.get("x-amzn-errortype", "")) or kind
    if 300 <= status < 400:
        shown = f"it has moved to {headers.get('location', 'another address')}; correct base_url"
    delay = retry_after_s if retry_after_s is not None else _retry_delay_s(data)
    error = kind(
        f"the provider answers {status}: {hidden(shown)}", status=status, retry_after_s=delay
    )
    said = headers.get("x-should-retry", "").lower()
    if said == "false" or (kind is RateLimitError and _FINAL.search(text)):
        return error.final()
    if said == "true":
        error.retryable = True
    return error


def body_error(data: Any, hidden: Callable[[str], str]) -> ModelError | None:
    """The error in the body of an answer that began well.

    Args:
        data: The JSON of the body, or of a piece of a stream.
        hidden: Takes keys out of a text and cuts it.

    Returns:
        The error to raise; None where the body holds none.
    """
    for report in _reports(data, certain=False):
        text = _message(report) or json.dumps(report, default=str)
        kind = _kind(report)
        status = _status(report)
        error = kind(
            f"the provider answers with an error: {hidden(text)}",
            status=status,
            retry_after_s=_retry_delay_s(data),
        )
        return error.final() if kind is RateLimitError and _FINAL.search(str(report)) else error
    return None


def _reports(data: Any, *, certain: bool) -> Iterator[Any]:
    """The descriptions of errors in a body."""
    if isinstance(data, list):
        data = data[0] if data else None
    if isinstance(data, str) and certain:
        yield data
    if not isinstance(data, dict):
        return
    error = data.get("error")
    if error:
        yield _with_error(data, error)
        return
    choices = data.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("error"):
            yield from _reports({"error": choice["error"]}, certain=True)
            return
    marked = data.get("object") == "error" or data.get("type") == "error"
    if certain or marked or data.get("success") is False:
        yield data
        return
    if not {"choices", "content", "candidates", "output", "id"} & data.keys():
        plain = {"detail", "message", "code", "status"} & data.keys()
        if "detail" in plain or ("message" in plain and len(plain) > 1):
            yield data


def _with_error(data: dict[str, Any], error: Any) -> dict[str, Any]:
    """The fields of an error beside those around it; it may be a text, or a mark beside one."""
    if isinstance(error, dict):
        return {**data, **error}
    return data if error is True else {**data, "message": error}


def _message(report: Any) -> str | None:
    if isinstance(report, str):
        return report
    if not isinstance(report, dict):
        return None
    for name in _TEXTS:
        found = report.get(name)
        if isinstance(found, list) and found:
            first = found[0]
            found = first.get("msg") or first.get("message") if isinstance(first, dict) else first
        if isinstance(found, str) and found:
            raw = report.get("metadata")
            more = raw.get("raw") if isinstance(raw, dict) else None
            return f"{found}: {more}" if isinstance(more, str) else found
        if isinstance(found, dict):
            return _message(found) or json.dumps(found)
    return None


def _kind(report: Any) -> type[ModelError]:
    status = _status(report)
    if status is not None and status >= 400:
        return failure_kind(status)
    fields = ("type", "code", "status", "error_type", "message", "detail")
    names = " ".join(str(report.get(each) or "") for each in fields[:4]).lower()
    for words in (names, str(_message(report) or "").lower()):
        for kind, pattern in _WORDS:
            if re.search(pattern, words):
                return kind
    return ServerError


def _status(report: Any) -> int | None:
    for name in ("code", "status", "status_code", "statusCode"):
        value = report.get(name) if isinstance(report, dict) else None
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if type(value) is int and 400 <= value < 600:
            return value
    return None


def _of_crowd(reports: list[Any], header: str) -> type[ModelError] | None:
    """The class of a refusal of too many requests that has the status of a bad one."""
    names = [header]
    for each in reports:
        if isinstance(each, dict):
            names += [str(each.get(name) or "") for name in ("type", "__type", "code")]
    if any(name == "overloaded_error" for name in names):
        return OverloadedError
    return RateLimitError if any("throttl" in name.lower() for name in names) else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _plain(text: str) -> str:
    """The text of a body that is not JSON; of a page its title and what is read."""
    if not text.lstrip().startswith("<"):
        return text.strip()
    from html import unescape  # noqa: PLC0415  # its table of entities takes 2 ms

    title = _TITLE.search(text)
    found = title.group(1) if title else _TAG.sub(" ", text)
    kind = (
        "XML"
        if text.lstrip().startswith("<?xml") and "<html" not in text.lower()
        else "a page (HTML)"
    )
    return f"{kind}: {' '.join(unescape(found).split())}"


def _retry_delay_s(data: Any) -> float | None:
    """The pause that Gemini asks for, among the details of an error."""
    if isinstance(data, list):
        data = data[0] if data else None
    error = data.get("error") if isinstance(data, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    for each in details if isinstance(details, list) else ():
        delay = each.get("retryDelay") if isinstance(each, dict) else None
        found = _RETRY_DELAY.fullmatch(delay) if isinstance(delay, str) else None
        if found:
            return float(found.group(1))
    return None
