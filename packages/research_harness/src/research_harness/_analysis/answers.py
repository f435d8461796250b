"""How answers came about: votes that were lost, answers that were cut off, parameters of calls."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._outcome.responses import ResponseRecord
from .schema import AnswerValues

_CUT_OFF = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})
_MAX_VALUES = 20
IN_BATCHES = "in batch jobs, at their price"
_BATCH = '"batch_id": "'  # in a text of the details its quotes would have escapes
_PARAMETERS = (
    "temperature",
    "max_tokens",
    "seed",
    "options",
    "strategy",
    "normalize",
    "tie_break",
)


class AnswerCounts:
    """Counts over the calls of a run, in one pass.

    Args:
        calls: The calls.
    """

    def __init__(self, calls: Iterable[ResponseRecord] = ()) -> None:
        self._reduced: dict[str, set[int]] = {}
        self._cut_off: dict[str, set[int]] = {}
        self._called: dict[tuple[str, str], dict[str, set[Any]]] = {}
        for _ in self.counted(calls):
            pass

    def counted(self, calls: Iterable[ResponseRecord]) -> Iterator[ResponseRecord]:
        """The calls, each counted when it is given.

        Args:
            calls: Further calls.
        """
        for call in calls:
            self._add(call)
            yield call

    def _add(self, call: ResponseRecord) -> None:
        if call.role == "member" and _is_lost(call):
            self._reduced.setdefault(call.condition, set()).add(call.index)
        if call.role != "scorer" and (call.finish_reason or "").lower() in _CUT_OFF:
            self._cut_off.setdefault(call.condition, set()).add(call.index)
        found = self._called.setdefault((call.condition, call.model), {})
        for name in (*_PARAMETERS, "model_version", "finish_reason"):
            value = getattr(call, name)
            if value not in (None, ""):
                found.setdefault(name, set()).add(value)
        if _BATCH in call.details:
            found.setdefault("asked", set()).add(IN_BATCHES)

    def of_condition(self, condition: str, extraction: Mapping[str, int]) -> AnswerValues:
        """The counts of one condition.

        Args:
            condition: Its name.
            extraction: Its rows that did not fail, by how the answer was found.
        """
        return {
            "reduced_votes": len(self._reduced.get(condition, ())),
            "cut_off": len(self._cut_off.get(condition, ())),
            "unread": extraction.get("not_found", 0),
            "ambiguous": extraction.get("ambiguous", 0),
            "empty": extraction.get("empty", 0),
            "refused": extraction.get("refused", 0),
        }

    def parameters(self) -> list[dict[str, Any]]:
        """The parameters that the calls were sent with, by condition and model.

        Returns:
            For each pair the values of each parameter: all of them, or of more than 20 their number
            and the least and the greatest.
        """
        return [
            {"condition": condition, "model": model}
            | {name: _listed(values) for name, values in sorted(found.items())}
            for (condition, model), found in sorted(self._called.items())
        ]


def _is_lost(call: ResponseRecord) -> bool:
    """Whether a member's vote is missing; one that was cancelled was no longer needed."""
    return call.status == "failed" or (call.status == "answered" and call.vote is None)


def _listed(values: set[Any]) -> list[Any] | dict[str, Any]:
    ordered = sorted(values)
    if len(ordered) <= _MAX_VALUES:
        return ordered
    return {"values": len(ordered), "least": ordered[0], "greatest": ordered[-1]}
