"""Compare systems by the logs of their answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from .._core.errors import ComparisonError
from .._logs.answers import Answers
from .._logs.sources import ReadOptions, read_sources
from .align import Alignment, align
from .checks import notes_on
from .comparison import LogComparison
from .control import named_system
from .options import CompareOptions
from .results import DifferingItem, PairResult, SystemScore
from .statistics import TaskItems, items_of, pair_results, pooled, subgroups, system_scores
from .ties import tied_groups

_MAX_DIFFERING = 50


def compare(
    paths: Sequence[str | Path],
    *,
    against: str | None = None,
    level: float = 0.95,
    equivalence: float | None = None,
    cluster_by: str | None = None,
    group_by: str | None = None,
    score: str | None = None,
    scorer: str | None = None,
    fields: Mapping[str, str] | None = None,
    max_unmatched: float = 0.1,
) -> LogComparison:
    """Compare systems item by item, from runs of Crucible and logs of other tools.

    Scores have an interval by item, with repeats averaged and clusters as such. Pairs are compared
    on the items that all systems answered: McNemar's test for right and wrong answers, a paired t
    test for other scores, a clustered one with ``cluster_by``; p-values are adjusted by Holm over
    all pairs and tasks.

    Args:
        paths: Run folders, logs (Inspect, lm-eval, promptfoo, CSV, JSON Lines, Parquet), folders of
            logs, and patterns. A run has a system for each condition, a log one for each model.
        against: The system that all others are compared with, by its name, the last part of it,
            or the path of its run or log; every pair when None.
        level: The confidence level, in (0, 1).
        equivalence: The margin within which two systems count as equal, in the unit of the score.
        cluster_by: The field of the items whose values are clusters, such as a document.
        group_by: The field of the items whose values are subgroups, such as a subject.
        score: Which of several scores of the logs to take; the first one when None.
        scorer: Score all answers again with this scorer of dataset_manager. Neither is for runs,
            which ``reanalyze`` scores again.
        fields: What the columns of plain files mean, as ``dataset_manager.read_log`` takes them.
        max_unmatched: The largest share of items that may be missing from a system, in [0, 1].

    Returns:
        The scores, the pairs and what makes the logs less comparable.

    Raises:
        MismatchError: The logs hold different items.
        ComparisonError: They cannot be compared for another reason, such as answers without score.

    Example:
        >>> found = compare(["mine.eval", "theirs.eval"], against="mine")  # doctest: +SKIP
        >>> print(found.verdicts[0])  # doctest: +SKIP
    """
    options = CompareOptions(
        against=against,
        level=level,
        equivalence=equivalence,
        cluster_by=cluster_by,
        group_by=group_by,
        max_unmatched=max_unmatched,
    )
    labels = tuple(name for name in (cluster_by, group_by) if name)
    reading = ReadOptions(score=score, scorer=scorer, fields=fields or {}, labels=labels)
    answers, left_out = read_sources(paths, reading)
    if against is not None:
        options = replace(options, against=named_system(against, answers))
    found = compare_answers(answers, options)
    return replace(found, notes=(*left_out, *found.notes)) if left_out else found


def compare_answers(answers: Sequence[Answers], options: CompareOptions) -> LogComparison:
    """Compare systems whose answers are read.

    Raises:
        MismatchError: They answered different items.
        ComparisonError: There are fewer than two systems, or no common task.
    """
    tasks, notes = _by_task(answers)
    parts: list[TaskItems] = []
    for task, group in tasks.items():
        alignment = align(task, group, max_unmatched=options.max_unmatched)
        part = items_of(task, alignment, options)
        parts.append(part)
        notes += notes_on(task, alignment, part)
    scores = [score for part in parts for score in system_scores(part, options)]
    pairs = pair_results(parts, options)
    groups = [
        inner for part in parts if options.group_by for inner in subgroups(part, options.group_by)
    ]
    return LogComparison(
        systems=tuple(dict.fromkeys(each.system for each in answers)),
        tasks=tuple(tasks),
        level=options.level,
        equivalence=options.equivalence,
        scores=tuple(scores),
        pairs=tuple(pairs),
        subgroups=tuple(score for part in groups for score in system_scores(part, options)),
        subgroup_pairs=tuple(pair_results(groups, options)),
        pooled=tuple(pooled(parts, options)),
        tied=_tied(parts, scores, pairs, options),
        differing=_differing(parts),
        notes=tuple(dict.fromkeys(notes)),
        simulated=any(each.facts.get("source") == "simulated" for each in answers),
    )


def _by_task(answers: Sequence[Answers]) -> tuple[dict[str, list[Answers]], list[str]]:
    """The answers by task; one task of each system meets whatever the logs call it."""
    systems = list(dict.fromkeys(each.system for each in answers))
    if len(systems) < 2:
        raise ComparisonError(
            f"one system ({', '.join(systems)}) is no comparison; name two logs or more"
        )
    by_system = {
        name: {each.task: each for each in answers if each.system == name} for name in systems
    }
    if all(len(tasks) == 1 for tasks in by_system.values()):
        every = [next(iter(tasks.values())) for tasks in by_system.values()]
        return {every[0].task: every}, []
    common = [task for task in by_system[systems[0]] if all(task in by_system[s] for s in systems)]
    if not common:
        listed = "; ".join(f"{name}: {', '.join(tasks)}" for name, tasks in by_system.items())
        raise ComparisonError(f"no task is in all logs ({listed})")
    left = sorted({each.task for each in answers} - {*common})
    notes = [f"tasks that are not in every log are left out: {', '.join(left)}"] if left else []
    return {task: [by_system[name][task] for name in systems] for task in common}, notes


def _tied(
    parts: Sequence[TaskItems],
    scores: Sequence[SystemScore],
    pairs: Sequence[PairResult],
    options: CompareOptions,
) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The groups of each task; not given where only pairs with one control were compared."""
    if options.against is not None:
        return {}
    found = {}
    for part in parts:
        ranked = sorted(
            (each for each in scores if each.task == part.task), key=lambda each: -each.score
        )
        inside = [pair for pair in pairs if pair.task == part.task]
        found[part.task] = tuple(tied_groups([each.system for each in ranked], inside))
    return found


def _differing(parts: Sequence[TaskItems]) -> tuple[DifferingItem, ...]:
    """The items with the largest spread of scores."""
    found: list[tuple[float, DifferingItem]] = []
    for part in parts:
        found += _spread_items(part.task, part.alignment, part)
    found.sort(key=lambda each: -each[0])
    return tuple(item for _, item in found[:_MAX_DIFFERING])


def _spread_items(
    task: str, alignment: Alignment, part: TaskItems
) -> list[tuple[float, DifferingItem]]:
    import numpy as np

    means = np.stack(part.means)
    spread = means.max(axis=0) - means.min(axis=0)
    chosen = np.argsort(-spread, kind="stable")[:_MAX_DIFFERING]
    first, order = alignment.answers[0], alignment.orders
    return [
        (
            float(spread[index]),
            DifferingItem(
                task=task,
                id=first.ids[order[0][index]],
                question=first.questions[order[0][index]],
                scores=tuple(float(value) for value in means[:, index]),
                answers=tuple(
                    each.answers[positions[index]]
                    for each, positions in zip(alignment.answers, order, strict=True)
                ),
            ),
        )
        for index in chosen.tolist()
        if spread[index] > 0
    ]
