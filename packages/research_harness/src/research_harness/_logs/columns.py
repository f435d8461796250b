"""Large plain files as the answers of systems, column by column."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np

from .answers import Answers, FloatArray, shown
from .questions import text_digest


class ShownTexts(Sequence[str]):
    """The beginnings of texts that stay in a column of Arrow until one is asked for.

    Args:
        column: The texts.
        limit: The largest number of characters.
    """

    def __init__(self, column: Any, limit: int) -> None:
        self._column, self._limit = column, limit

    def __len__(self) -> int:
        return len(self._column)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        """The beginning of one text, or of several."""
        if isinstance(index, slice):
            return ShownTexts(self._column[index], self._limit)
        return shown(self._column[int(index)].as_py(), self._limit)


def column_answers(
    columns: Any,
    path: Path,
    *,
    name_of: Any,
    labels: Sequence[str],
    facts: Mapping[str, str],
    limits: tuple[int, int],
) -> Iterator[Answers] | None:
    """The answers of each system of a file.

    Args:
        columns: A ``dataset_manager.LogColumns``.
        path: The file.
        name_of: Gives the name of a system for its model and variant.
        labels: The fields of the items to keep.
        facts: What is known of how the file was made.
        limits: The largest numbers of characters of a question and of an answer.

    Returns:
        A value for each system; None where items come again, whose repeats must be gathered, or
        where no answer has a score.
    """
    parts = [(model, variant, _part(columns, rows)) for model, variant, rows in _systems(columns)]
    if any(len(part["id"]) != len(set(part["id"].to_pylist())) for _, _, part in parts):
        return None
    if any(
        "score" not in part or part["score"].null_count == len(part["score"]) for *_, part in parts
    ):
        return None
    return (
        _answers(
            part,
            system=name_of(model, variant),
            task=columns.name,
            path=path,
            labels=labels,
            facts=facts,
            limits=limits,
        )
        for model, variant, part in parts
    )


def _systems(columns: Any) -> Iterator[tuple[str, str, Any]]:
    """Each model and variant with its rows; None for all rows."""
    known = [columns.columns.get(name) for name in ("model", "variant")]
    values = [[""] if each is None else each.unique().to_pylist() for each in known]
    if all(len(each) == 1 for each in values):
        yield values[0][0], values[1][0], None
        return
    texts = [
        np.full(len(columns), "") if each is None else np.array(each.to_pylist()) for each in known
    ]
    for model, variant in dict.fromkeys(zip(*(each.tolist() for each in texts), strict=True)):
        yield model, variant, np.flatnonzero((texts[0] == model) & (texts[1] == variant))


def _part(columns: Any, rows: Any) -> dict[str, Any]:
    every = {**{f"label:{key}": each for key, each in columns.metadata.items()}, **columns.columns}
    if rows is None:
        return every
    return {name: column.take(rows) for name, column in every.items()}


def _answers(
    part: Mapping[str, Any],
    *,
    system: str,
    task: str,
    path: Path,
    labels: Sequence[str],
    facts: Mapping[str, str],
    limits: tuple[int, int],
) -> Answers:
    n = len(part["id"])
    inputs = part.get("input")
    digests = np.zeros(n, dtype=np.int64)
    if inputs is not None:
        digests = np.fromiter(map(text_digest, inputs.to_pylist()), dtype=np.int64, count=n)
    return Answers(
        system=system,
        task=task,
        source=str(path),
        tool="plain",
        ids=tuple(part["id"].to_pylist()),
        digests=digests,
        prompts=np.zeros(n, dtype=np.int64),
        starts=np.arange(n + 1, dtype=np.int64),
        scores=_floats(part["score"], n),
        costs=_floats(part.get("cost_usd"), n),
        latencies=_floats(part.get("latency_ms"), n),
        questions=[""] * n if inputs is None else ShownTexts(inputs, limits[0]),
        answers=ShownTexts(part["prediction"], limits[1]),
        labels={name: _label(part.get(f"label:{name}"), n) for name in labels},
        facts=dict(facts),
    )


def _floats(column: Any, n: int) -> FloatArray:
    if column is None:
        return np.full(n, np.nan)
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _label(column: Any, n: int) -> tuple[Any, ...]:
    return (None,) * n if column is None else tuple(column.to_pylist())
