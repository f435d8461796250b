"""Several factors at once, checked against R 4.2.2 (car 3.1, emmeans 1.8.4)."""

import math

import numpy as np
import pytest

import bench

LENGTHS = {
    ("VC", "0.5"): [4.2, 11.5, 7.3, 5.8, 6.4, 10, 11.2, 11.2, 5.2, 7],
    ("VC", "1"): [16.5, 16.5, 15.2, 17.3, 22.5, 17.3, 13.6, 14.5, 18.8, 15.5],
    ("VC", "2"): [23.6, 18.5, 33.9, 25.5, 26.4, 32.5, 26.7, 21.5, 23.3, 29.5],
    ("OJ", "0.5"): [15.2, 21.5, 17.6, 9.7, 14.5, 10, 8.2, 9.4, 16.5, 9.7],
    ("OJ", "1"): [19.7, 23.3, 23.6, 26.4, 20, 25.2, 25.8, 21.2, 14.5, 27.3],
    ("OJ", "2"): [25.5, 26.4, 22.4, 24.5, 24.8, 30.9, 26.4, 27.3, 29.4, 23],
}
LEFT_OUT = (1, 2, 3, 14, 35, 36, 51)
Row = dict[str, object]


@pytest.fixture
def teeth() -> list[Row]:
    """R's ToothGrowth: 60 guinea pigs, two supplements, three doses."""
    return [
        {"len": value, "supp": supp, "dose": dose}
        for (supp, dose), values in LENGTHS.items()
        for value in values
    ]


@pytest.fixture
def unbalanced(teeth: list[Row]) -> list[Row]:
    """The same without seven rows, so that the types of sums of squares differ."""
    return [row for number, row in enumerate(teeth, start=1) if number not in LEFT_OUT]


def fitted(rows: object, **options: object) -> bench.AnovaTable:
    return bench.factorial_anova(rows, outcome="len", factors=["supp", "dose"], **options)  # type: ignore[arg-type]  # options of the tests


def test_a_balanced_design_agrees_with_r(teeth: list[Row]) -> None:
    """car::Anova(lm(len ~ supp * dose), type = 3) with sum-to-zero contrasts."""
    found = fitted(teeth)

    assert [term.name for term in found.terms] == ["supp", "dose", "supp:dose"]
    assert [term.statistic for term in found.terms] == pytest.approx(
        [15.57197945249725, 91.99996489286703, 4.10699109402252], rel=1e-12
    )
    assert found.term("dose:supp").p_value == pytest.approx(2.18602689647910e-02, rel=1e-12)
    assert found.residual_square == pytest.approx(712.106)
    assert found.residual_df == 54


@pytest.mark.parametrize(
    ("kind", "squares"),
    [
        (3, [186.080432660624, 1965.639712970879, 100.560361776741]),
        (2, [176.622218841471, 1978.792294714915, 100.560361776741]),
    ],
)
def test_both_types_of_sums_of_squares_agree_with_r(
    unbalanced: list[Row], kind: int, squares: list[float]
) -> None:
    """car::Anova, type = 3 and type = 2."""
    found = fitted(unbalanced, sum_of_squares=kind)

    assert [term.sum_of_squares for term in found.terms] == pytest.approx(squares, rel=1e-12)


def test_adjusted_means_weigh_the_cells_of_an_unbalanced_design_equally(
    unbalanced: list[Row],
) -> None:
    """emmeans(fit, ~supp)."""
    means = {each.level: each for each in fitted(unbalanced).means}

    assert means["OJ"].estimate == pytest.approx(20.7657407407, rel=1e-10)
    assert means["OJ"].se == pytest.approx(0.730539011043, rel=1e-10)
    assert means["VC"].interval.low == pytest.approx(15.4802754709, rel=1e-10)
    assert means["VC"].interval.high == pytest.approx(18.4966557460, rel=1e-10)


def test_an_ancova_agrees_with_r() -> None:
    """R's mtcars: mpg ~ wt + cyl by car::Anova(type = 3) and pairs(emmeans(fit, ~cyl), "holm")."""
    mpg = [21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4]
    mpg += [10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8]
    mpg += [19.7, 15, 21.4]
    wt = [2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78]
    wt += [5.25, 5.424, 5.345, 2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14]
    wt += [1.513, 3.17, 2.77, 3.57, 2.78]
    cyl = list("66468684466888888444488884448684")

    found = bench.ancova(
        {"mpg": mpg, "wt": wt, "cyl": cyl}, outcome="mpg", group="cyl", covariates=["wt"]
    )

    assert found.term("wt").p_value == pytest.approx(2.13043460268461e-04, rel=1e-10)
    assert found.term("cyl").statistic == pytest.approx(7.28556708594056, rel=1e-10)
    pair = found.pairs["cyl"].pair("4", "8")
    assert abs(pair.estimate) == pytest.approx(6.07085968049, rel=1e-10)
    assert pair.se == pytest.approx(1.65228783154, rel=1e-10)
    assert pair.p_adjusted == pytest.approx(0.0030, abs=5e-5)
    slopes = next(check for check in found.assumptions if "slopes" in check.name)
    assert slopes.statistic == pytest.approx(2.26576902414669, rel=1e-10)
    assert slopes.p_value == pytest.approx(1.23857026052179e-01, rel=1e-10)


def test_one_factor_is_a_one_way_anova() -> None:
    groups = {name: values for (name, dose), values in LENGTHS.items() if dose == "1"}
    rows = [{"y": value, "g": name} for name, values in groups.items() for value in values]

    found = bench.factorial_anova(rows, outcome="y", factors=["g"])

    assert found.term("g").statistic == pytest.approx(bench.anova(groups).statistic)


def test_a_level_far_from_zero_costs_no_digits(teeth: list[Row]) -> None:
    far = [{**row, "len": float(str(row["len"])) + 1e7} for row in teeth]

    assert fitted(far).term("supp").statistic == pytest.approx(15.57197945, rel=1e-7)


def test_columns_frames_and_mappings_say_the_same(teeth: list[Row]) -> None:
    columns = {name: [row[name] for row in teeth] for name in ("len", "supp", "dose")}

    assert fitted(columns) == fitted(teeth)


def test_an_empty_cell_is_named_with_its_remedy(teeth: list[Row]) -> None:
    rows = [row for row in teeth if (row["supp"], row["dose"]) != ("VC", "2")]

    with pytest.raises(bench.InvalidDataError, match="1 of 6 combinations of supp x dose"):
        fitted(rows)
    assert len(fitted(rows, interactions=False).terms) == 2


def test_a_perfect_fit_is_no_evidence() -> None:
    rows = [{"y": float(index % 2), "g": "ab"[index % 2]} for index in range(10)]

    found = bench.factorial_anova(rows, outcome="y", factors=["g"])

    assert math.isnan(found.term("g").p_value)
    assert [each.id for each in found.warnings] == ["ZERO_VARIANCE"]


def test_incomplete_rows_are_refused_or_counted(teeth: list[Row]) -> None:
    rows = [*teeth, {"len": None, "supp": "VC", "dose": "1"}, {"len": 3.0, "dose": "1"}]

    with pytest.raises(bench.MissingValuesError, match="len has 1"):
        fitted(rows)
    assert fitted(rows, missing="omit").n_dropped == 2


def test_an_unknown_column_is_named_with_those_there_are(teeth: list[Row]) -> None:
    with pytest.raises(bench.InvalidDataError, match="no column 'size'; there are 'len'"):
        bench.factorial_anova(teeth, outcome="size", factors=["supp"])


def test_hostile_names_are_text_and_nothing_else(teeth: list[Row]) -> None:
    name = "__import__('os').system('true') <b> & %"
    rows = [{"y": row["len"], name: row["supp"]} for row in teeth]

    found = bench.factorial_anova(rows, outcome="y", factors=[name])

    assert "<b>" not in found.to_html()
    assert r"\&" in found.to_latex()


def test_tests_keep_their_level() -> None:
    """Size of the interaction test of a 2 x 3 design with normal noise, nominal 5 %."""
    rng = np.random.default_rng(20)
    supp = [name for name in "ab" for _ in range(15)]
    dose = list("xyz" * 10)
    hits = 0
    for _ in range(400):
        columns = {"y": rng.normal(size=30), "a": supp, "b": dose}
        found = bench.factorial_anova(columns, outcome="y", factors=["a", "b"])
        hits += found.term("a:b").p_value <= 0.05

    assert 8 <= hits <= 33
