"""Trace ids, and the W3C ``traceparent`` header for outgoing and incoming requests."""

import re
from collections.abc import Mapping
from hashlib import blake2b

from .._capture.context import current, open_span, scope, scope_fields

_HEADER = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


def traceparent() -> str | None:
    """The ``traceparent`` header for a request to a service (https://www.w3.org/TR/trace-context/).

    Returns:
        The header with the current span as its parent; None outside of a span.

    Example:
        >>> with recording("traced"):
        ...     record("work.start")
        ...     len(traceparent() or "")
        55
    """
    experiment, span = current.get(), open_span.get()
    if experiment is None or span.span_id is None:
        return None
    root = span
    while root.outer is not None and root.outer.span_id is not None:
        root = root.outer
    given = parse_traceparent(str(scope_fields.get().fields.get("traceparent", "")))
    trace = given[0] if given else trace_id(experiment.id, f"{root.span_id:016x}")
    return f"00-{trace}-{span.span_id:016x}-01"


def remote_parent(headers: Mapping[str, str]) -> scope:
    """Continue the trace of a caller inside the block.

    Args:
        headers: The request's headers; a missing or malformed ``traceparent`` changes nothing.

    Returns:
        A block, for ``with``.

    Example:
        >>> headers = {"traceparent": f"00-{'1' * 32}-{'2' * 16}-01"}
        >>> with recording("service") as experiment, remote_parent(headers):
        ...     record("service.start")
        ...     record("service.stop", {"duration_ns": 5})
        >>> spans_of(experiment, experiment.id)[0].parent_id
        '2222222222222222'
    """
    found = {key.lower(): value for key, value in headers.items()}.get("traceparent", "")
    return scope(traceparent=found) if parse_traceparent(found) else scope()


def parse_traceparent(header: str) -> tuple[str, str] | None:
    """Trace id and parent id of a header; None when it is malformed."""
    found = _HEADER.fullmatch(header.strip())
    if found is None or not int(found[1], 16) or not int(found[2], 16):
        return None
    return found[1], found[2]


def trace_id(experiment_id: str, root_span: str) -> str:
    """The trace id of an outermost span, 32 hexadecimal digits."""
    return blake2b(f"{experiment_id}/{root_span}".encode(), digest_size=16).hexdigest()
