"""The state of a request, for the checks that decide about its backups."""

from collections.abc import Callable
from typing import Any

from .._core.result import Attempt
from .._learning.key_state import KeyState, Shared
from .._learning.ledger import NOTHING, Entry
from .._learning.load import StartedTogether
from .._limits.policy import Policy


class RequestContext:
    """A request with the state of its key and of its hedger.

    Attributes:
        state: The state of the request's key.
        shared: The state of the hedger, over all keys.
        policy: How much is allowed.
        strategy: When a backup is due.
        delay_ms: The delay this request got.
        number: Counts the requests of the hedger; seeds the random draws, with the key.
        idle: Whether the service has idle capacity.
        hedgeable: Whether the request may have a second attempt.
        ledger: Books its costs.
        entry: What is booked for it.
        others: The other requests of the key that ran when it started.
        late_backup: Whether a backup was sent because the primary was late.
        on_hedge: Called before a further attempt is started.
        on_loser: Called for each attempt that did not give the result.
        run: The requests that started with it.
        is_late: Whether the primary was still running when the delay had passed.
        settled: Whether the request has ended.
        cost_reported: Whether the event of its end had its cost.
        succeeded: Whether it gave a result.
    """

    __slots__ = (
        "cost_reported",
        "delay_ms",
        "entry",
        "hedgeable",
        "idle",
        "is_late",
        "late_backup",
        "ledger",
        "number",
        "on_hedge",
        "on_loser",
        "others",
        "policy",
        "run",
        "settled",
        "shared",
        "state",
        "strategy",
        "succeeded",
    )

    def __init__(
        self,
        state: KeyState,
        shared: Shared,
        policy: Policy,
        *,
        strategy: Any,
        delay_ms: float | None,
        number: int,
        hedgeable: bool,
        idle: Callable[[], bool] | None,
        others: int,
    ) -> None:
        self.state = state
        self.shared = shared
        self.policy = policy
        self.strategy = strategy
        self.delay_ms = delay_ms
        self.number = number
        self.idle = idle
        self.hedgeable = hedgeable
        self.ledger = shared.ledger
        self.entry: Entry = NOTHING
        self.others = others
        self.on_hedge: Callable[[str, int], object] | None = None
        self.on_loser: Callable[[str, Attempt], object] | None = None
        self.run: StartedTogether | None = None
        self.is_late: bool = False
        self.late_backup: bool = False
        self.settled: bool = False
        self.cost_reported: bool = False
        self.succeeded: bool = False

    @property
    def request_id(self) -> str:
        """Joins the request's events."""
        return f"request-{self.shared.number}-{self.number}"
