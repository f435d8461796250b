"""How alike two events are, by their words."""

import re
from collections import Counter
from collections.abc import Mapping

from .._model.event import TraceEvent

_WORD = re.compile(r"\w+")
_DECISION, _REASONING, _TYPE = 0.7, 0.2, 0.1


class Words:
    """The words of the fields of one event, counted once."""

    def __init__(self, event: TraceEvent) -> None:
        self.type = event.type
        self.evidence = event.evidence
        self.decision = _count(event.decision)
        self.reasoning = _count(event.reasoning)

    def similarity(self, other: "Words") -> float:
        """Return how alike two events are, from 0 to 1: Dice's coefficient over words.

        Decisions weigh 0.7, reasons 0.2 and types 0.1. Where an event has no decision, as native
        reasoning, the reasoning weighs 0.9. Events of other evidence are not alike.
        """
        if self.evidence != other.evidence:
            return 0.0
        same_type = _TYPE * (self.type == other.type)
        reasoning = _dice(self.reasoning, other.reasoning)
        if not self.decision and not other.decision:
            return (_DECISION + _REASONING) * reasoning + same_type
        return _DECISION * _dice(self.decision, other.decision) + _REASONING * reasoning + same_type


def _count(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))


def _dice(first: Mapping[str, int], second: Mapping[str, int]) -> float:
    total = sum(first.values()) + sum(second.values())
    if not total:
        return 1.0
    shared = sum(min(count, second.get(word, 0)) for word, count in first.items())
    return 2 * shared / total
