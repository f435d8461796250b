"""What stands out in one chain: decision points, ambiguities, contradictions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .._core.json_values import Value
from .._model.chain import Chain
from .._model.checks import check_share
from .._model.event import TraceEvent
from .._model.relations import relations

IssueKind = Literal["low_confidence", "unresolved_ambiguity", "contradiction", "broken_relation"]

_WORD = re.compile(r"\w+")
_NEGATIONS = frozenset(
    ("not", "no", "never", "without", "avoid", "avoids", "reject", "rejects", "rejected", "instead")
)
_FILLERS = frozenset({
    "a", "an", "the", "to", "of", "in", "on", "for", "with", "and", "or", "is", "are", "be", "use",
    "uses", "using", "it", "this", "that", "as", "at", "by", "we", "will",
})  # fmt: skip
# Two decisions are about the same thing where this share of the shorter one's words is shared.
_SAME_SUBJECT = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction(Value):
    """Two stated decisions that cannot both hold, by the rule of ``contradictions``.

    Attributes:
        first: The earlier event.
        second: The later event.
        rule: ``takes_rejected`` (the later takes what the earlier rejected), ``rejects_taken`` (the
            later rejects what the earlier took) or ``negates`` (the same words, one negated).
        shared: The words on which they meet.
    """

    first: TraceEvent
    second: TraceEvent
    rule: Literal["takes_rejected", "rejects_taken", "negates"]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue(Value):
    """Something in a chain that a person should look at.

    Attributes:
        kind: What it is.
        message: What was found.
        event_ids: The events it is about.
        remedy: What can be done.
    """

    kind: IssueKind
    message: str
    event_ids: tuple[str, ...]
    remedy: str


def decision_points(chain: Chain) -> tuple[TraceEvent, ...]:
    """Return the self-reported events in which the model chose among alternatives.

    Args:
        chain: The chain.
    """
    return tuple(event for event in chain.self_reported() if event.alternatives)


def ambiguities(chain: Chain) -> tuple[TraceEvent, ...]:
    """Return the self-reported events of the category uncertainty flagging.

    Args:
        chain: The chain.
    """
    return tuple(each for each in chain.self_reported() if each.category == "uncertainty flagging")


def contradictions(chain: Chain) -> tuple[Contradiction, ...]:
    """Return pairs of stated decisions that cannot both hold.

    The rule is by words only: a later decision takes an alternative that an earlier one rejected,
    rejects what an earlier one took, or has the words of an earlier one with a negation on one
    side. A later decision that follows from the earlier one (as its child or dependent, or of the
    type ``confidence_updated``) is a revision and not a contradiction. Meaning beyond words is not
    seen: synonyms, units and numbers are missed, and two decisions about different parts that share
    their words are wrong hits.

    Args:
        chain: The chain.

    Returns:
        The pairs, by the later event. Every pair of events is compared.
    """
    events = [(each, _Words(each)) for each in chain.self_reported() if each.decision.strip()]
    found: list[Contradiction] = []
    for number, (later, words) in enumerate(events):
        if later.type == "confidence_updated":
            continue
        for earlier, before in events[:number]:
            if earlier.id == later.parent_id or earlier.id in later.depends_on:
                continue
            if earlier.branch != later.branch:
                continue
            rule, shared = _compare(before, words)
            if rule is not None:
                found.append(
                    Contradiction(
                        first=earlier, second=later, rule=rule, shared=tuple(sorted(shared))
                    )
                )
    return tuple(found)


def chain_issues(chain: Chain, *, min_confidence: float = 0.5) -> tuple[Issue, ...]:
    """Return what a person should look at in a chain.

    Args:
        chain: The chain.
        min_confidence: Stated confidences below it are issues, in [0, 1].

    Raises:
        InvalidTraceError: ``min_confidence`` is outside of 0 to 1.
    """
    check_share("min_confidence", min_confidence)
    return tuple(_issues(chain, min_confidence))


def _issues(chain: Chain, min_confidence: float) -> Iterator[Issue]:

    for event in chain.low_confidence(min_confidence):
        options = "; ".join(event.alternatives) or "another approach"
        yield Issue(
            kind="low_confidence",
            message=f"{event.decision!r:.80} was stated with confidence {event.confidence:.2f}",
            event_ids=(event.id,),
            remedy=f"check it, or try {options:.80}",
        )
    found = relations(chain)
    for event in ambiguities(chain):
        if not found.children[event.id]:
            yield Issue(
                kind="unresolved_ambiguity",
                message=f"{event.decision or event.reasoning!r:.80} was flagged and left open",
                event_ids=(event.id,),
                remedy="answer it in the specification",
            )
    for each in contradictions(chain):
        yield Issue(
            kind="contradiction",
            message=f"{each.rule}: {each.first.decision!r:.80}, then {each.second.decision!r:.80}",
            event_ids=(each.first.id, each.second.id),
            remedy="ask which of the two holds",
        )
    for problem in found.problems:
        yield Issue(kind="broken_relation", message=problem, event_ids=(), remedy="check the ids")


class _Words:
    def __init__(self, event: TraceEvent) -> None:
        every = [word.casefold() for word in _WORD.findall(event.decision.replace("n't", " not"))]
        self.negated = (
            any(word in _NEGATIONS for word in every) or event.type == "alternative_rejected"
        )
        self.taken = frozenset(every) - _NEGATIONS - _FILLERS
        self.rejected = [_content(each) for each in event.alternatives]
        if event.type == "alternative_rejected":
            self.rejected.append(self.taken)


Rule = Literal["takes_rejected", "rejects_taken", "negates"]


def _compare(before: _Words, after: _Words) -> tuple[Rule | None, frozenset[str]]:
    if not after.negated:
        for rejected in before.rejected:
            if rejected and rejected <= after.taken and not rejected <= _own(before):
                return "takes_rejected", rejected
    if not before.negated:
        for rejected in after.rejected:
            if rejected and rejected <= before.taken and not rejected <= _own(after):
                return "rejects_taken", rejected
    shared = before.taken & after.taken
    smaller = min(len(before.taken), len(after.taken))
    if before.negated != after.negated and smaller and len(shared) / smaller >= _SAME_SUBJECT:
        return "negates", shared
    return None, frozenset()


def _own(words: _Words) -> frozenset[str]:
    return frozenset() if words.negated else words.taken


def _content(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text)) - _FILLERS
