"""The matrix of a linear model: factors coded, interactions multiplied, covariates centred.

Column names come from data, so there is no formula language here: nothing in a name is evaluated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

from .._core.errors import InvalidDataError, NotEnoughDataError
from .._core.lazy import FloatArray, np

Labels = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One effect: its columns in the matrix, and the variables it is made of."""

    name: str
    variables: frozenset[str]
    columns: FloatArray
    column_names: tuple[str, ...]

    @property
    def df(self) -> int:
        return int(self.columns.shape[1])


def levels_of(labels: Sequence[str], first: str | None = None) -> tuple[str, ...]:
    """The levels of a factor in order of appearance, ``first`` before all others."""
    return tuple(dict.fromkeys(labels if first is None else [first, *labels]))


def contrasts(levels: int, coding: str) -> FloatArray:
    """A row per level: ``sum`` compares with the grand mean, ``treatment`` with level one."""
    rest = np.eye(levels - 1)
    if coding == "sum":
        return np.asarray(np.vstack([rest, -np.ones(levels - 1)]))
    return np.asarray(np.vstack([np.zeros(levels - 1), rest]))


def terms_of(
    labels: Labels,
    covariates: Mapping[str, FloatArray],
    *,
    interactions: bool,
    coding: str = "sum",
    reference: Mapping[str, str] | None = None,
) -> list[Term]:
    """Every effect of a model: covariates first, then factors, then their interactions.

    Raises:
        NotEnoughDataError: A factor has one level only.
    """
    found = [
        Term(
            name=name,
            variables=frozenset([name]),
            columns=(x - float(np.mean(x)))[:, None],
            column_names=(name,),
        )
        for name, x in covariates.items()
    ]
    factors = [
        _factor(name, column, coding, (reference or {}).get(name))
        for name, column in labels.items()
    ]
    for order in range(1, len(factors) + 1 if interactions else 2):
        found += [reduce(_crossed, chosen) for chosen in combinations(factors, order)]
    return found


def _factor(name: str, labels: Sequence[str], coding: str, first: str | None) -> Term:
    levels = levels_of(labels, first)
    if len(levels) < 2:
        raise NotEnoughDataError(f"{name}, number of levels", needed=2, got=len(levels))
    indices = np.asarray([levels.index(label) for label in labels])
    return Term(
        name=name,
        variables=frozenset([name]),
        columns=contrasts(len(levels), coding)[indices],
        column_names=tuple(f"{name}: {level} - {levels[0]}" for level in levels[1:]),
    )


def _crossed(first: Term, second: Term) -> Term:
    return Term(
        name=f"{first.name}:{second.name}",
        variables=first.variables | second.variables,
        columns=product(first.columns, second.columns),
        column_names=tuple(f"{a} x {b}" for a in first.column_names for b in second.column_names),
    )


def product(first: FloatArray, second: FloatArray) -> FloatArray:
    """Every column of one times every column of the other."""
    return np.asarray((first[:, :, None] * second[:, None, :]).reshape(len(first), -1))


def stacked(terms: Sequence[Term], size: int) -> FloatArray:
    """The whole matrix, with its column of ones first."""
    return np.hstack([np.ones((size, 1)), *(term.columns for term in terms)])


def units_of(matrix: FloatArray) -> FloatArray:
    """A power of two per column near its largest value: the unit of a covariate is no rank."""
    found: FloatArray = np.ldexp(1.0, np.frexp(np.abs(matrix).max(axis=0))[1])
    return found


def check_estimable(matrix: FloatArray, labels: Labels) -> None:
    """Refuse a model that has more than one solution, and name the cells that are empty.

    Raises:
        NotEnoughDataError: There are no more rows than coefficients.
        InvalidDataError: Cells are empty, or effects repeat each other.
    """
    rows, columns = matrix.shape
    if rows <= columns:
        raise NotEnoughDataError("rows", needed=columns + 1, got=rows)
    if int(np.linalg.matrix_rank(matrix / units_of(matrix))) == columns:
        return
    seen = set(zip(*labels.values(), strict=True))
    all_cells = math.prod(len(levels_of(column)) for column in labels.values())
    if len(seen) < all_cells:
        raise InvalidDataError(
            "rows",
            f"{all_cells - len(seen)} of {all_cells} combinations of {' x '.join(labels)} have no"
            " values; pass interactions=False or leave a level out",
        )
    raise InvalidDataError("rows", "two effects are linearly dependent; leave one of them out")
