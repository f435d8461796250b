"""Rows that were asked again against those that were answered at once."""

from typing import TypedDict


class TriesValues(TypedDict):
    """Rows by whether they were asked again: retries may change which answers are there.

    Attributes:
        first_rows: The number of rows that were kept at their first attempt.
        first_right: How many of them are right.
        again_rows: The number of rows that were asked again.
        again_right: How many of them are right.
        p_value: Of Fisher's exact test that both are right equally often.
    """

    first_rows: int
    first_right: int
    again_rows: int
    again_right: int
    p_value: float


def tries_of(rows: int, right: int, again: int, again_right: int) -> TriesValues | None:
    """How often rows are right that were asked again, and the others; None without such rows.

    Args:
        rows: The number of rows of a condition.
        right: How many of them are right.
        again: How many of them were asked again.
        again_right: How many of these are right.
    """
    import bench

    first, first_right = rows - again, right - again_right
    if not again or not first:
        return None
    same = right in (0, rows)  # a table without a second column has no test
    table = [[first_right, first - first_right], [again_right, again - again_right]]
    return {
        "first_rows": first,
        "first_right": first_right,
        "again_rows": again,
        "again_right": again_right,
        "p_value": 1.0 if same else float(bench.fisher_exact(table).p_value),
    }
