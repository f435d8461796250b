"""What is known of a request while it is decided whether it may get a backup."""

from collections.abc import Callable
from typing import Any

from .._learning.key_state import KeyState, Shared
from .._limits.policy import Policy


class RequestContext:
    """A request with the state of its key and of its hedger.

    Attributes:
        state: What is known of the request's key.
        shared: What all keys share.
        policy: How much is allowed.
        strategy: When a backup is due.
        delay_ms: The delay this request got.
        number: Counts the requests of the hedger; seeds the random draws, with the key.
        idle: Whether the service has idle capacity.
    """

    __slots__ = ("delay_ms", "idle", "number", "policy", "shared", "state", "strategy")

    def __init__(
        self,
        state: KeyState,
        shared: Shared,
        policy: Policy,
        *,
        strategy: Any,
        delay_ms: float | None,
        number: int,
        idle: Callable[[], bool] | None,
    ) -> None:
        self.state = state
        self.shared = shared
        self.policy = policy
        self.strategy = strategy
        self.delay_ms = delay_ms
        self.number = number
        self.idle = idle

    @property
    def request_id(self) -> str:
        """Joins the request's events."""
        return f"request-{self.shared.number}-{self.number}"
