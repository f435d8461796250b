"""Which experiment the running code belongs to, and what else is known about where it is."""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._experiment import Experiment

current: ContextVar["Experiment | None"] = ContextVar("telemetry_experiment", default=None)
fields: ContextVar[Mapping[str, Any]] = ContextVar("telemetry_scope", default={})  # noqa: B039  # never changed in place


def current_experiment() -> "Experiment | None":
    """The experiment that events of the running code are filed under."""
    return current.get()


class scope:  # noqa: N801  # used as a function: `with scope(condition="a"):`
    """Attach fields to every event emitted inside.

    ``condition``, ``item_id`` and ``repeat`` have columns of their own; any other field goes into
    the attributes. It follows tasks and threads started with ``asyncio.to_thread``.

    Args:
        fields: What to attach; inner scopes add to outer ones.
    """

    __slots__ = ("_fields", "_token")

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self._token: Token[Mapping[str, Any]] | None = None

    def __enter__(self) -> None:
        outer = fields.get()
        self._token = fields.set({**outer, **self._fields} if outer else self._fields)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            fields.reset(self._token)
