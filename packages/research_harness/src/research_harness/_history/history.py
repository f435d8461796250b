"""The history of systems: runs and logs in the order of their dates."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from .._compare.align import align
from .._compare.options import CompareOptions
from .._compare.results import PairResult
from .._compare.statistics import TaskItems, items_of, pair_results, system_scores
from .._core.errors import ComparisonError
from .._logs.answers import Answers
from .._logs.sources import ReadOptions, expanded, read_source, time_of
from .records import HistoryChange, HistoryEntry
from .value import History

_BASELINES = ("previous", "first")
_Dated = tuple[Answers, str]


def history(
    paths: str | Path | Sequence[str | Path],
    *,
    baseline: str = "previous",
    allowed_loss: float | None = None,
    level: float = 0.95,
    cluster_by: str | None = None,
    score: str | None = None,
    scorer: str | None = None,
    fields: Mapping[str, str] | None = None,
    max_unmatched: float = 0.1,
) -> History:
    """The scores of systems over time, and whether the newest is worse than an earlier one.

    A system is known by its name: the condition of a run, the model of a log. Its newest run or log
    is compared with the baseline item by item, as ``compare`` does it; p-values are adjusted by
    Holm over all systems and tasks.

    Args:
        paths: Runs and logs, folders of them, and patterns.
        baseline: What the newest is compared with: ``previous``, ``first``, or the name of a run
            or log.
        allowed_loss: The largest loss that may be, in the unit of the score. The gate then passes
            only where a larger loss is excluded at ``level``, one-sided; without it, where no loss
            is shown.
        level: The confidence level, in (0, 1).
        cluster_by: The field of the items whose values are clusters.
        score: Which of several scores of the logs to take; the first one when None.
        scorer: Score the answers of logs again with this scorer of dataset_manager.
        fields: What the columns of plain files mean.
        max_unmatched: The largest share of items that may be missing from one of the two.

    Returns:
        Every score with its interval, and the change of the newest.

    Raises:
        ComparisonError: A path names nothing, or no run has the name of the baseline.
        MismatchError: The newest and its baseline hold different items.

    Example:
        >>> found = history("results/", allowed_loss=0.02)  # doctest: +SKIP
        >>> found.regressions()  # doctest: +SKIP
        ()
    """
    if allowed_loss is not None and not allowed_loss > 0:
        raise ComparisonError(f"allowed_loss: {allowed_loss!r} is not above 0")
    options = CompareOptions(level=level, cluster_by=cluster_by, max_unmatched=max_unmatched)
    labels = (cluster_by,) if cluster_by else ()
    reading = ReadOptions(score=score, scorer=scorer, fields=fields or {}, labels=labels)
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    series = _series(_dated(given, reading))
    entries = [
        _entry(answers, label, options) for group in series.values() for answers, label in group
    ]
    return History(
        level=level,
        baseline=baseline,
        entries=tuple(entries),
        changes=tuple(_changes(series, baseline, allowed_loss, options)),
        notes=tuple(_notes(series)),
        simulated=any(
            answers.facts.get("source") == "simulated"
            for group in series.values()
            for answers, _ in group
        ),
    )


def _dated(paths: Sequence[str | Path], reading: ReadOptions) -> Iterator[_Dated]:
    found = dict.fromkeys(path for argument in map(str, paths) for path in expanded(argument))
    for path in found:
        name = path.name.removesuffix(".gz")
        label = path.name if path.is_dir() else Path(name).stem
        for answers in read_source(path, reading):
            yield answers, label


def _series(found: Iterator[_Dated]) -> dict[tuple[str, str], list[_Dated]]:
    """The answers of each task and system, the oldest first."""
    series: dict[tuple[str, str], list[_Dated]] = defaultdict(list)
    for answers, label in found:
        series[answers.task, answers.system].append((answers, label))
    for group in series.values():
        group.sort(key=lambda each: (time_of(each[0].facts.get("at", "")), each[1]))
    return dict(series)


def _entry(answers: Answers, label: str, options: CompareOptions) -> HistoryEntry:
    (found,) = system_scores(_items([answers], options, alone=True), options)
    return HistoryEntry(
        task=answers.task,
        system=answers.system,
        label=label,
        at=answers.facts.get("at", ""),
        source=answers.source,
        tool=answers.tool,
        items=found.items,
        score=found.score,
        se=found.se,
        low=found.low,
        high=found.high,
        complete=not answers.facts.get("incomplete"),
    )


def _items(answers: Sequence[Answers], options: CompareOptions, *, alone: bool) -> TaskItems:
    task = answers[0].task
    alignment = align(task, answers, max_unmatched=1.0 if alone else options.max_unmatched)
    return items_of(task, alignment, options)


def _changes(
    series: Mapping[tuple[str, str], Sequence[_Dated]],
    baseline: str,
    allowed: float | None,
    options: CompareOptions,
) -> Iterator[HistoryChange]:
    """The newest of each system against its baseline, adjusted for all of them together."""
    ends = {key: _ends(group, baseline) for key, group in series.items() if len(group) > 1}
    chosen = {key: found for key, found in ends.items() if found is not None}
    if baseline not in _BASELINES and not chosen:
        names = dict.fromkeys(label for group in series.values() for _, label in group)
        raise ComparisonError(f"baseline: {baseline!r} is none of {', '.join(names)}")
    parts = [_items(_named(*each), options, alone=False) for each in chosen.values()]
    pairs = pair_results(parts, options)
    bounds = _lower_bounds(parts, options) if allowed is not None else [0.0] * len(pairs)
    rows = zip(chosen.items(), pairs, bounds, strict=True)
    for ((task, system), (before, after)), pair, bound in rows:
        passed = pair.verdict != "worse" if allowed is None else bound > -allowed
        yield HistoryChange(
            system=system,
            task=task,
            before=before[1],
            after=after[1],
            pair=pair,
            allowed=allowed,
            passed=passed,
        )


def _lower_bounds(parts: Sequence[TaskItems], options: CompareOptions) -> list[float]:
    """The lower ends of the differences, one-sided at the level."""
    one_sided = replace(options, level=1 - 2 * (1 - options.level))
    found: list[PairResult] = [pair for part in parts for pair in pair_results([part], one_sided)]
    return [pair.low for pair in found]


def _ends(group: Sequence[_Dated], baseline: str) -> tuple[_Dated, _Dated] | None:
    """The baseline and the newest; None where the newest is the baseline or there is no such."""
    newest = group[-1]
    if baseline == "previous":
        return group[-2], newest
    if baseline == "first":
        return group[0], newest
    named = [each for each in group[:-1] if each[1] == baseline]
    return (named[-1], newest) if named else None


def _named(before: _Dated, after: _Dated) -> list[Answers]:
    """Both with names of their own."""
    return [
        replace(answers, system=f"{answers.system} [{label}]") for answers, label in (before, after)
    ]


def _notes(series: Mapping[tuple[str, str], Sequence[_Dated]]) -> Iterator[str]:
    for (task, system), group in series.items():
        for name, plural in (("scorer", "scorers"), ("data", "versions of the data")):
            values = [answers.facts.get(name, "") for answers, _ in group]
            if len({*filter(None, values)}) > 1:
                yield f"{task}: the {plural} of {system} differ over time"
        for answers, label in group:
            if answers.facts.get("incomplete"):
                yield f"{task}: {label} of {system} {answers.facts['incomplete']}"
