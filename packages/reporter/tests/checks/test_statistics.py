"""A p-value that does not follow from its statistic is found, and one that does is not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import check_text
from reporter._checks.distributions import chi_square_p, f_p, normal_p, r_p, t_p


@given(st.floats(0.001, 60), st.floats(1, 2000), st.floats(1, 500))
def test_tails_agree_with_scipy(value: float, df: float, other: float) -> None:
    stats = pytest.importorskip("scipy.stats")

    assert t_p(value, df) == pytest.approx(2 * stats.t.sf(value, df), rel=1e-8, abs=1e-12)
    assert f_p(value, df, other) == pytest.approx(stats.f.sf(value, df, other), rel=1e-7, abs=1e-11)
    assert chi_square_p(value, df) == pytest.approx(stats.chi2.sf(value, df), rel=1e-7, abs=1e-12)
    assert normal_p(value) == pytest.approx(2 * stats.norm.sf(value), rel=1e-8, abs=1e-300)


def test_tails_have_their_limits() -> None:
    assert f_p(0.0, 1, 10) == chi_square_p(0.0, 1) == t_p(0.0, 5) == normal_p(0.0) == 1.0
    assert r_p(1.0, 10) == 0.0
    assert r_p(0.36, 28) == pytest.approx(t_p(0.36 * math.sqrt(28 / (1 - 0.36**2)), 28))


@pytest.mark.parametrize(
    "text",
    [
        "t(18) = 2.31, p = .033",
        "t(18) = -2.31, d = 1.03, 95 % CI [0.08, 1.96], p = .033",
        "F(2, 45) = 3.20, p = .05",
        "F(1, 20) = 4.35, p < .05",
        "chi2(1) = 3.84, p = .05",
        "χ²(1, N = 1,319) = 10.83, p < .001",
        "z = 1.96, p = .050",
        "r(28) = .36, p = .05",
        "t(18) = 2.31, p = .017 (one-sided)",
        "t(1,318) = 0.10, p > .9",
        "t(18) = 2.31; the next, p = .9",  # not of this statistic
        "set(18) = 2.31, p = .9",
        "p = .9",
    ],
)
def test_what_fits_is_not_reported(text: str) -> None:
    assert check_text(text) == ()


@pytest.mark.parametrize(
    ("text", "computed"),
    [
        ("t(18) = 2.31, p = .003", "0.0326 to 0.0333"),
        ("t(18) = 2.31, p = .017", "0.0326"),
        ("t(20) = 1.00, p < .05", "0.32"),
        ("F(2, 45) = 3.20, p = .5", "0.05"),
        ("χ²(1) = 3.84, p = .01", "0.05"),
        ("z = 1.96, p = .06", "0.05"),
        ("r(28) = .36, p = .5", "0.05"),
        ("t(185) = 8.45, p > .05", "t"),
    ],
)
def test_what_does_not_fit_is_named_with_what_it_is(text: str, computed: str) -> None:
    (found,) = check_text(text)

    assert found.kind == "p-value"
    assert computed in found.message
    assert str(found).endswith(found.context)


@pytest.mark.parametrize(
    ("text", "format"),
    [
        (r"\emph{t}(18) = 2.31, \textit{p} = .003", "latex"),
        (r"$t(18) = 2.31$, $p = .003$", "latex"),
        (r"$\chi^2(1) = 3.84$, $p = .01$", "latex"),
        ("*t*(18) = 2.31, *p* = .003", "markdown"),
        ("<p><em>t</em>(18) = 2.31, <i>p</i> = .003</p>", "html"),
        ("<table><tr><td>t(18) = 2.31, p = .003</td></tr></table>", "html"),
        ('#par({"t(18) = 2.31, "; emph("p"); " = .003"})', "typst"),
    ],
)
def test_emphasis_and_tables_do_not_hide_a_statistic(text: str, format: str) -> None:
    assert [found.kind for found in check_text(text, format)] == ["p-value"]


@given(st.floats(1e4, 1e9), st.floats(1e4, 1e9), st.floats(1e-6, 1 - 1e-6))
def test_tails_of_many_degrees_of_freedom_agree_with_scipy(
    df: float, other: float, p: float
) -> None:
    stats = pytest.importorskip("scipy.stats")

    assert chi_square_p(stats.chi2.isf(p, df), df) == pytest.approx(p, abs=3e-6)
    assert f_p(stats.f.isf(p, df, other), df, other) == pytest.approx(p, abs=3e-6)


@pytest.mark.parametrize(
    "text",
    [
        f"t({'9' * 400}) = 2, p = .5",
        f"Q(5) = {'9' * 400}, p = .5",
    ],
)
def test_numbers_that_give_no_p_value_are_named(text: str) -> None:
    (found,) = check_text(text)

    assert found.message.startswith("no p-value can be computed from this ")


def test_degrees_of_freedom_that_are_no_number_are_no_statistic() -> None:
    for df in ("1.2.3", ".", ",", "1..2"):
        assert check_text(f"t({df}) = 2, p = .5. F({df}, 3) = 2, p = .5") == ()


def test_after_many_statistics_the_others_are_left_out_and_that_is_said() -> None:
    found = check_text("z = 1, p = .317; " * 10_001 + "t(18) = 2.31, p = .003")

    assert [each.message for each in found] == [
        "p = .003 does not follow from t: it is 0.0326 to 0.0333",
        "only the p-values of the first 10,000 statistics z are recomputed",
    ]
