"""What makes a comparison less than it seems: other scorers, prompts or data; copies."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from .._logs.answers import Answers
from .._logs.exposed import EXPOSED_SEPARATOR
from .align import Alignment
from .statistics import TaskItems

# Error correlations of different models on recorded MMLU answers stay below .61.
_COPY = 0.95
_MIN_ITEMS = 30
_SHOWN = 5
# Beginnings of this length are seldom equal by chance; those of letters and numbers are.
_LONG = 40
_SAME = 0.9
_LOOKED_AT = 2_000
_FACTS = {
    "scorer": "scorers",
    "scored by": "versions of the library of scorers",
    "data": "versions of the data",
}

_COUNTED = {
    "cut": "were cut at the limit of tokens",
    "limited": "ended at a limit of the run",
    "edited": "have scores that were changed by hand",
}


def notes_on(task: str, alignment: Alignment, items: TaskItems) -> Iterator[str]:
    """What a reader must know about one task before the numbers.

    Args:
        task: The name of the task.
        alignment: Who answered what.
        items: The common items.
    """
    first = alignment.answers[0]
    for number, each in enumerate(alignment.answers):
        if alignment.matched_by[number] == "text":
            yield (
                f"{task}: {each.system} was matched with {first.system} by the text of the"
                " questions, because their ids differ"
            )
        if alignment.other_text[number]:
            yield (
                f"{task}: {alignment.other_text[number]:,} of {len(alignment):,} questions of"
                f" {each.system} have another text than those of {first.system} (prompts,"
                " few-shot examples or versions differ)"
            )
        if alignment.other_prompt[number]:
            yield (
                f"{task}: {alignment.other_prompt[number]:,} of {len(alignment):,} questions were"
                f" sent to {each.system} in another prompt than to {first.system} (few-shot"
                " examples, instructions or templates differ)"
            )
        if alignment.unscored[number]:
            yield (
                f"{task}: {alignment.unscored[number]:,} common items have no score from"
                f" {each.system} and are left out for all systems"
            )
        if alignment.unmatched[number]:
            yield (
                f"{task}: {len(alignment.unmatched[number]):,} items of {each.system} are not in"
                " every log and are left out"
            )
    yield from _facts(task, alignment.answers)
    yield from _runs(task, alignment.answers)
    yield from _other_tasks(task, alignment.answers)
    yield from _exposed(task, alignment)
    yield from _repeated_questions(task, alignment)
    yield from _copies(items)
    yield from _same_texts(items)


def _facts(task: str, answers: Sequence[Answers]) -> Iterator[str]:
    for name, plural in _FACTS.items():
        values = {each.system: each.facts.get(name, "") for each in answers}
        if len(set(filter(None, values.values()))) > 1:
            listed = ", ".join(f"{system}: {value[:16]}" for system, value in values.items())
            yield f"{task}: the {plural} differ ({listed})"
    repeats = {each.system: each.repeats for each in answers}
    if len(set(repeats.values())) > 1:
        listed = ", ".join(f"{system}: {count}" for system, count in repeats.items())
        yield f"{task}: the numbers of repeats differ ({listed})"


def _runs(task: str, answers: Sequence[Answers]) -> Iterator[str]:
    """What happened in the runs that wrote the logs."""
    for each in answers:
        if each.facts.get("incomplete"):
            yield f"{task}: the run of {each.system} {each.facts['incomplete']}"
        for name, said in _COUNTED.items():
            if each.facts.get(name):
                yield f"{task}: {each.facts[name]} answers of {each.system} {said}"


def _other_tasks(task: str, answers: Sequence[Answers]) -> Iterator[str]:
    names = dict.fromkeys(each.task for each in answers)
    if len(names) > 1:
        yield f"{task}: the logs call the task {', '.join(names)}"


def _exposed(task: str, alignment: Alignment) -> Iterator[str]:
    """Items that were shown in the prompts of others, as few-shot examples."""
    for each, order in zip(alignment.answers, alignment.orders, strict=True):
        known = {each.ids[index] for index in order.tolist()}
        listed = each.facts.get("exposed", "").split(EXPOSED_SEPARATOR)
        found = [name for name in listed if name in known]
        if found:
            more = ", ..." if len(found) > _SHOWN else ""
            yield (
                f"{task}: {len(found):,} items stand in prompts of {each.system} for other items,"
                f" as few-shot examples do: {', '.join(found[:_SHOWN])}{more}; their answers may"
                " have been given away"
            )


def _repeated_questions(task: str, alignment: Alignment) -> Iterator[str]:
    """Questions that several items ask, which are no independent evidence."""
    digests = alignment.answers[0].digests[alignment.orders[0]]
    known = digests[digests != 0]
    again = len(known) - len(np.unique(known))
    if again:
        yield (
            f"{task}: {again:,} of {len(alignment):,} items ask a question that another item asks"
            " too; such items are not independent (group them with --cluster-by)"
        )


def _same_texts(items: TaskItems) -> Iterator[str]:
    """Pairs that give the same longer texts, as copies and caches do."""
    alignment = items.alignment
    step = max(1, len(alignment) // _LOOKED_AT)
    begun = [
        [each.answers[index] for index in order[::step].tolist()]
        for each, order in zip(alignment.answers, alignment.orders, strict=True)
    ]
    for first, second in combinations(range(len(begun)), 2):
        longer = [
            one == two
            for one, two in zip(begun[first], begun[second], strict=True)
            if min(len(one), len(two)) >= _LONG
        ]
        if len(longer) >= _MIN_ITEMS and sum(longer) > _SAME * len(longer):
            names = f"{alignment.answers[first].system} and {alignment.answers[second].system}"
            yield (
                f"{items.task}: {names} begin {sum(longer):,} of {len(longer):,} longer answers"
                " that were looked at with the same text: one may be a copy of the other, or both"
                " come from one cache"
            )


def _copies(items: TaskItems) -> Iterator[str]:
    """Pairs whose right and wrong answers, or whose texts, are nearly the same."""
    if len(items.keep) < _MIN_ITEMS:
        return
    alignment = items.alignment
    for first, second in combinations(range(len(alignment.answers)), 2):
        one, two = items.means[first], items.means[second]
        names = f"{alignment.answers[first].system} and {alignment.answers[second].system}"
        if one.std() > 0 and two.std() > 0:
            correlation = float(np.corrcoef(one, two)[0, 1])
            if correlation > _COPY:
                yield (
                    f"{items.task}: {names} may be one system: the correlation of their errors is"
                    f" {correlation:.3f}"
                )
                continue
        elif np.array_equal(one, two):
            yield f"{items.task}: {names} have the same score on every item"
