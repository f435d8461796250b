"""Whether the models of a row are live, recorded or simulated, as their events report."""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from .._core.events import signal
from .._outcome.outcome import Source

_WEAKEST_FIRST: tuple[Source, ...] = ("simulated", "live", "recorded")

# Where the models of the current row say whether they are live, recorded or simulated.
_sources: contextvars.ContextVar[set[Source] | None] = contextvars.ContextVar(
    "research_harness_sources", default=None
)


@contextmanager
def noting_sources() -> Iterator[set[Source]]:
    """The sources that the models of the block state; grows while the block runs."""
    found: set[Source] = set()
    token = _sources.set(found)
    try:
        yield found
    finally:
        _sources.reset(token)


def weakest_source(stated: Source | None, found: set[Source]) -> Source | Literal[""]:
    """The source of a row: one simulated model makes it simulated."""
    all_found = found | ({stated} if stated else set())
    for source in _WEAKEST_FIRST:
        if source in all_found:
            return source
    return ""


def _note_source(_: object, *, metadata: dict[str, Any], **__: object) -> None:
    found = _sources.get()
    source = metadata.get("source")
    if found is not None and source in _WEAKEST_FIRST:
        found.add(source)


_watchers = 0


@contextmanager
def watching_sources() -> Iterator[None]:
    """Read from the models' events whether they are live, recorded or simulated.

    So a condition that returns only the text of a simulated answer is marked as simulated too.
    """
    global _watchers  # noqa: PLW0603  # experiments that run side by side share one receiver
    _watchers += 1
    signal.connect(_note_source, sender="ensemble.model.stop")
    try:
        yield
    finally:
        _watchers -= 1
        if not _watchers:
            signal.disconnect(_note_source, sender="ensemble.model.stop")
