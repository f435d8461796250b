"""Two small proportions without conditioning on how many succeeded in all: Barnard and Boschloo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, get_args

from ..._core.deprecated import renamed_arguments
from ..._core.lazy import stats
from ..._core.notes import note
from ..._core.options import Alternative, MissingPolicy, check_choice, checked_options
from ..._core.results import Comparison
from ..._core.tails import tail_of
from ..._data.values import Values
from .two_proportions import two_proportions

UnconditionalMethod = Literal["boschloo", "barnard"]
METHODS: tuple[UnconditionalMethod, ...] = get_args(UnconditionalMethod)

_OF_THE_SCORE_TEST = ("SMALL_EXPECTED", "SCORE_APPROXIMATE")


@renamed_arguments(nan="missing")
@checked_options
def unconditional_test(
    control: Values,
    treatment: Values,
    *,
    method: UnconditionalMethod = "boschloo",
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether two independent success rates differ, exactly, for small groups.

    Both tests take the worst case over the unknown common rate instead of fixing the number of
    successes as Fisher's test does. Boschloo's (1970) is never less powerful than Fisher's.
    Barnard's (1945) orders tables by the pooled score statistic. By scipy.

    Args:
        control: 1 where the control succeeded, else 0.
        treatment: 1 where the treatment succeeded, else 0; other items.
        method: ``boschloo`` or ``barnard``.
        level: The level of the intervals (Newcombe 1998).
        alternative: ``greater``: the treatment succeeds more often.
        missing: ``omit`` leaves missing values out and says how many.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        InvalidDataError: Values other than 0 and 1.
        NotEnoughDataError: An empty group.
    """
    check_choice("method", method, METHODS)
    score = two_proportions(
        control, treatment, level=level, alternative=alternative, missing=missing
    )
    warnings = tuple(each for each in score.warnings if each.id not in _OF_THE_SCORE_TEST)
    title = f"{method.capitalize()}'s test"
    if any(each.id == "BOUNDARY" for each in warnings):
        return replace(score, test=method, title=title, method="exact", p_value=1.0, log_p=0.0)
    found = _by_scipy(score, method, alternative)
    p_value, log_p = tail_of(float(found.pvalue))
    if p_value == 0.0:
        warnings = (*warnings, note("P_UNDERFLOW"))
    return replace(
        score,
        test=method,
        title=title,
        method="exact, unconditional",
        statistic=float(found.statistic),
        statistic_name="Fisher's p" if method == "boschloo" else "z",
        p_value=p_value,
        log_p=log_p,
        warnings=warnings,
    )


def _by_scipy(score: Comparison, method: UnconditionalMethod, alternative: Alternative) -> Any:
    wins = {group.name: int(group.successes or 0) for group in score.groups}
    rest = {group.name: group.n - wins[group.name] for group in score.groups}
    # scipy compares the columns of the table, the first with the second.
    table = [[wins["treatment"], wins["control"]], [rest["treatment"], rest["control"]]]
    test = stats.boschloo_exact if method == "boschloo" else stats.barnard_exact
    return test(table, alternative=alternative)
