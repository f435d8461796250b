"""Mixed-effects models, checked against R 4.2.2 (lme4 1.1-31, nlme's data ergoStool)."""

import sys
from typing import Any

import numpy as np
import pytest

import bench

EFFORT = {
    "T1": [12, 10, 7, 7, 8, 9, 8, 7, 9],
    "T2": [15, 14, 14, 11, 11, 11, 12, 11, 13],
    "T3": [12, 13, 13, 10, 8, 11, 12, 8, 10],
    "T4": [10, 12, 9, 9, 7, 10, 11, 7, 8],
}
Row = dict[str, object]


@pytest.fixture
def stools() -> list[Row]:
    """Nine people rate the effort of rising from each of four stools."""
    pytest.importorskip("statsmodels")
    return [
        {"effort": value, "type": kind, "person": f"p{person}"}
        for kind, values in EFFORT.items()
        for person, value in enumerate(values)
    ]


def fitted(rows: object, **options: object) -> bench.MixedModel:
    return bench.mixed_model(rows, outcome="effort", fixed=["type"], random="person", **options)  # type: ignore[arg-type]  # options of the tests


def test_fixed_effects_agree_with_r(stools: list[Row]) -> None:
    """lmer(effort ~ Type + (1 | Subject)) with lmerTest's t tests."""
    found = fitted(stools)

    effect = found.effect("type: T2 - T1")
    assert effect.estimate == pytest.approx(3.888888888889, rel=1e-9)
    assert effect.se == pytest.approx(0.518683834951, rel=1e-4)
    assert effect.df == 24
    assert effect.p_value == pytest.approx(9.75341997311e-08, rel=1e-3)
    assert found.effect("type: T4 - T1").p_value == pytest.approx(0.210951189049, rel=1e-3)


def test_variances_and_likelihood_agree_with_r(stools: list[Row]) -> None:
    found = fitted(stools)

    assert [each.name for each in found.variances] == ["person", "residual"]
    assert found.variances[0].variance == pytest.approx(1.77546299142, rel=1e-3)
    assert found.variances[1].variance == pytest.approx(1.21064814288, rel=1e-3)
    assert found.log_likelihood == pytest.approx(-60.565394351, rel=1e-6)
    assert found.converged


def test_the_reference_is_a_choice(stools: list[Row]) -> None:
    found = fitted(stools, reference={"type": "T2"})

    assert found.effect("type: T1 - T2").estimate == pytest.approx(-3.888888888889, rel=1e-9)


def test_a_reference_that_is_no_level_is_refused(stools: list[Row]) -> None:
    with pytest.raises(bench.InvalidOptionError, match="'T1', 'T2', 'T3', 'T4'"):
        fitted(stools, reference={"type": "T9"})


def test_an_effect_between_the_items_is_judged_by_the_number_of_items(stools: list[Row]) -> None:
    rows = [{**row, "site": "north" if str(row["person"]) < "p4" else "south"} for row in stools]

    found = bench.mixed_model(rows, outcome="effort", fixed=["type", "site"], random="person")

    assert found.effect("site: south - north").df == 9 - 2
    assert found.effect("type: T2 - T1").df == 24


def test_crossed_effects_find_the_variances_that_made_the_data() -> None:
    pytest.importorskip("statsmodels")
    rng = np.random.default_rng(4)
    items, runs = rng.normal(0, 2.0, 40), rng.normal(0, 1.0, 12)
    rows = [
        {"score": 5 + items[item] + runs[run] + rng.normal(0, 0.5), "item": item, "run": run}
        for item in range(40)
        for run in range(12)
    ]

    found = bench.mixed_model(rows, outcome="score", fixed=[], random=["item", "run"])

    item, run, residual = (each.variance for each in found.variances)
    assert item == pytest.approx(float(np.var(items, ddof=1)), rel=0.05)
    assert run == pytest.approx(float(np.var(runs, ddof=1)), rel=0.1)
    assert residual == pytest.approx(0.25, rel=0.15)
    assert found.effects[0].df == 12 - 1


def test_a_random_effect_that_explains_nothing_is_pointed_out() -> None:
    pytest.importorskip("statsmodels")
    noise = [1.0, -1.0, 2.0, -2.0, 0.5, -0.5]
    rows = [{"y": value, "g": group} for group in "abcd" for value in noise]

    found = bench.mixed_model(rows, outcome="y", fixed=[], random="g")

    assert "NO_GROUP_VARIANCE" in [each.id for each in found.warnings]


def test_one_row_per_item_is_refused(stools: list[Row]) -> None:
    rows = [row for row in stools if row["type"] == "T1"]

    with pytest.raises(bench.InvalidDataError, match="a level of its own"):
        bench.mixed_model(rows, outcome="effort", fixed=[], random="person")


def test_without_statsmodels_the_error_names_the_extra(
    stools: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.regression.mixed_linear_model", None)

    with pytest.raises(bench.MissingExtraError, match=r"crucible-framework-bench\[models\]"):
        fitted(stools)


def test_the_table_names_every_effect_and_escapes_them(stools: list[Row]) -> None:
    rows = [{**row, "type": f"<{row['type']}>"} for row in stools]

    html = fitted(rows).to_html()

    assert "<T2>" not in html
    assert "type: &lt;T2&gt; - &lt;T1&gt;" in html


@pytest.mark.parametrize("random", ["item", ["item", "run"]])
def test_values_that_the_fixed_effects_explain_exactly_are_refused(random: Any) -> None:
    rows = [
        {"item": f"i{item}", "run": str(run), "system": system, "score": float(system == "b")}
        for item in range(10)
        for run in range(2)
        for system in "ab"
    ]

    with pytest.raises(bench.InvalidDataError, match="explain every value exactly"):
        bench.mixed_model(rows, outcome="score", fixed=["system"], random=random)


def shifted(rows: list[Row], offset: float = 0.0, *, unit: float = 1.0) -> list[Row]:
    """The stools with an offset on the effort, and the weight of each person in some unit."""
    return [
        {
            **row,
            "effort": float(str(row["effort"])) + offset,
            "weight": unit * (7 * place % 11),
        }
        for place, row in enumerate(rows)
    ]


@pytest.mark.parametrize("offset", [1e12, 2.0**50])
def test_an_offset_costs_no_digits(stools: list[Row], offset: float) -> None:
    plain, found = fitted(shifted(stools)), fitted(shifted(stools, offset))

    for effect, other in zip(plain.effects[1:], found.effects[1:], strict=True):
        assert other.estimate == pytest.approx(effect.estimate, rel=1e-12)
        assert other.se == pytest.approx(effect.se, rel=1e-6)
    assert found.effects[0].estimate == pytest.approx(plain.effects[0].estimate + offset)
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-9)


def test_small_differences_at_a_large_offset_are_fitted(stools: list[Row]) -> None:
    small = [{**row, "effort": float(str(row["effort"])) / 64} for row in stools]

    found = fitted(shifted(small, 1e12))

    assert found.effect("type: T2 - T1").estimate * 64 == pytest.approx(3.888888888889, rel=1e-12)
    assert found.effect("type: T2 - T1").se * 64 == pytest.approx(0.518683834951, rel=1e-4)


def test_what_only_the_last_digits_keep_from_a_perfect_fit_is_named(stools: list[Row]) -> None:
    rows = [{**row, "effort": 1e15 + 100 * (row["type"] == "T1")} for row in stools]
    rows[0]["effort"] = 1e15 + 100.25

    with pytest.raises(bench.InvalidDataError, match="but for their last digits"):
        fitted(rows)


@pytest.mark.parametrize("unit", [2.0**-60, 2.0**60])
def test_the_unit_of_a_covariate_is_no_dependence(stools: list[Row], unit: float) -> None:
    plain = fitted(shifted(stools), covariates=["weight"])
    found = fitted(shifted(stools, unit=unit), covariates=["weight"])

    assert found.effect("weight").statistic == pytest.approx(
        plain.effect("weight").statistic, rel=1e-9
    )
    assert found.log_likelihood + np.log(unit) == pytest.approx(plain.log_likelihood, rel=1e-9)
