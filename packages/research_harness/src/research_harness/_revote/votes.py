"""How a vote is counted again, and one row of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from .._core.errors import RevoteError
from .._engine.response_log import ResponseLog
from .._outcome.responses import ResponseRecord
from .._plan.plan import Trial
from .._replay.model import error_of, response_of

if TYPE_CHECKING:
    from ensemble import EnsembleResult, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """How a vote over recorded answers is counted.

    Attributes:
        members: The names of the members that vote; all when empty.
        strategy: How votes are counted, as in ``ensemble.predict``; None as it was.
        normalize: When two answers are the same, as in ``ensemble.predict``; None as it was.
        tie_break: How a tie is settled, as in ``ensemble.predict``; None as it was.
        options: Further options of ``ensemble.predict``, such as ``accuracies``.
    """

    members: Sequence[str] = ()
    strategy: Any = None
    normalize: Any = None
    tie_break: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """The vote as plain values."""
        found: dict[str, object] = {each.name: getattr(self, each.name) for each in fields(self)}
        plain = {key: each if isinstance(each, str) else repr(each) for key, each in found.items()}
        return {**plain, "members": list(self.members)}


class RecordedVotes:
    """The recorded answers of one condition's votes.

    Args:
        log: The log of the run.
        condition: The condition.
    """

    def __init__(self, log: ResponseLog, condition: str) -> None:
        self._log = log
        self._condition = condition

    def of(self, item_id: str, repeat: int) -> list[ResponseRecord]:
        """The answers of the members to an item."""
        found = self._log.of_trial(self._condition, item_id, repeat)
        return [each for each in found if each.role == "member" and each.status != "cancelled"]


class CountedVote:
    """A condition that counts one vote again.

    Args:
        vote: How it is counted.
        recorded: The answers.
    """

    def __init__(self, vote: Recount, recorded: RecordedVotes) -> None:
        self._vote = vote
        self._recorded = recorded

    async def answer(self, item: Any, trial: Trial) -> "EnsembleResult":
        """The result of the vote for an item.

        Args:
            item: The item.
            trial: Its row.

        Raises:
            RevoteError: None of these members has an answer to it.
        """
        import ensemble

        vote, every = self._vote, self._recorded.of(item.id, trial.repeat)
        chosen = [each for each in every if not vote.members or each.model in vote.members]
        if not chosen:
            raise RevoteError(f"no member has a recorded answer to item {item.id!r}")
        rule = {
            name: getattr(vote, name) or getattr(every[0], name)
            for name in ("strategy", "normalize", "tie_break")
        }
        return await ensemble.predict(
            item, models=list(_members(chosen)), seed=trial.seed, **{**rule, **vote.options}
        )


class _Member:
    """A member that gives the one answer that is recorded."""

    def __init__(self, name: str, record: ResponseRecord) -> None:
        self.name = name
        self._record = record

    async def generate(self, query: Any, sampling: Any) -> "Response":  # noqa: ARG002  # recorded
        if self._record.status == "failed":
            raise error_of(self._record)
        return replace(response_of(self._record), model=self.name, source="recorded")


def _members(records: Sequence[ResponseRecord]) -> Iterator[_Member]:
    """The members; further samples of one have a number."""
    seen: dict[str, int] = {}
    for record in records:
        seen[record.model] = seen.get(record.model, 0) + 1
        number = seen[record.model]
        yield _Member(record.model if number == 1 else f"{record.model} ({number})", record)
