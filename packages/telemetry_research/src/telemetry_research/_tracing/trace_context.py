"""Trace ids, and the W3C ``traceparent`` header into and out of an experiment."""

import re
from collections.abc import Mapping
from hashlib import blake2b

from .._capture.context import current, open_span, scope, scope_fields

_HEADER = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


def traceparent() -> str | None:
    """The header that tells a service which span calls it; None outside of a span.

    https://www.w3.org/TR/trace-context/
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
    """What is emitted inside belongs to the trace that a caller's headers name.

    Args:
        headers: Of the request; a missing or broken ``traceparent`` changes nothing.
    """
    found = {key.lower(): value for key, value in headers.items()}.get("traceparent", "")
    return scope(traceparent=found) if parse_traceparent(found) else scope()


def parse_traceparent(header: str) -> tuple[str, str] | None:
    """Trace id and parent id of a header; None when it is not one."""
    found = _HEADER.fullmatch(header.strip())
    if found is None or not int(found[1], 16) or not int(found[2], 16):
        return None
    return found[1], found[2]


def trace_id(experiment_id: str, root_span: str) -> str:
    """The trace of everything below one outermost span, 32 hexadecimal digits."""
    return blake2b(f"{experiment_id}/{root_span}".encode(), digest_size=16).hexdigest()
