"""The recorded calls of a run, found by their row and by the key of their request."""

from collections import defaultdict, deque
from collections.abc import Iterable

from .._artifacts.folder import RunFolder
from .._core.errors import ReplayRefusedError
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog
from .._outcome.responses import ResponseRecord
from .._plan.plan import Trial


class RecordedRun:
    """What a run recorded, for a replay.

    Args:
        folder: The run.

    Raises:
        ReplayRefusedError: It recorded no keys of requests.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.id = folder.id
        self._log = ResponseLog(folder.responses)
        self._elsewhere: dict[str, tuple[str, str, int]] | None = None
        self._attempts: dict[tuple[str, str, int], int] = {}
        first: ResponseRecord | None = None
        for row in Journal(folder.journal):
            if row.attempts > 1:
                self._attempts[row.condition, row.item_id, row.repeat] = row.attempts
            if first is None:
                first = next(iter(self._log.of_rows([row])), None)
        if first is not None and not first.request_key:
            raise ReplayRefusedError(
                self.id, ["it is of an earlier version, which recorded no keys of requests"]
            )

    def answers_of(self, trial: Trial) -> "RowAnswers":
        """The recorded answers for a row."""
        key = (trial.condition.name, trial.item.id, trial.repeat)
        return RowAnswers(self._log.of_trial(*key), self)

    def attempts_of(self, trial: Trial) -> int:
        """Which attempt at the row was kept."""
        return self._attempts.get((trial.condition.name, trial.item.id, trial.repeat), 1)

    def of_any_row(self, key: str) -> ResponseRecord | None:
        """A call of any row with this key; None without one."""
        if self._elsewhere is None:
            self._elsewhere = {}
            for row, request in self._log.requests():
                self._elsewhere.setdefault(request, row)
        found = self._elsewhere.get(key)
        if found is None:
            return None
        return next(each for each in self._log.of_trial(*found) if each.request_key == key)


class RowAnswers:
    """The recorded answers for one attempt at a row; each is given once, in order.

    Args:
        records: The calls of the row, as they were recorded.
        run: Where calls of other rows are looked up.

    Attributes:
        missing: The models that were asked for what is not recorded.
    """

    def __init__(self, records: Iterable[ResponseRecord], run: RecordedRun) -> None:
        self._run = run
        self._left: dict[str, deque[ResponseRecord]] = defaultdict(deque)
        for record in sorted(records, key=lambda each: each.started_ms or 0.0):
            self._left[record.request_key].append(record)
        self.missing: list[str] = []

    def take(self, key: str, model: str) -> ResponseRecord | None:
        """The next answer to a request; None when nothing is recorded, which is noted."""
        own = self._left.get(key)
        if own:
            return own.popleft()
        found = self._run.of_any_row(key)
        if found is None:
            self.missing.append(model)
        return found
