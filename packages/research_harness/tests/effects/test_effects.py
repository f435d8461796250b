"""Effects of a design: contrasts of each item's values, by hand and by simulation."""

from dataclasses import replace

import numpy as np
import pytest

from research_harness import Metric, Row
from research_harness._analysis.independent import change_of_independent_means
from research_harness._analysis.pairing import Pairing
from research_harness._analysis.schema import DesignFinding
from research_harness._analysis.vectors import MetricData, item_means
from research_harness._design.assignments import williams
from research_harness._effects.carry_over import carry_over_findings
from research_harness._effects.contrasts import dose_findings, factor_findings, strata_findings
from research_harness._effects.effects import effect
from research_harness._effects.trends import block_findings, slope_weights, trend_findings

ACCURACY = Metric(name="accuracy", column="correct", unit="share")
LATENCY = Metric(name="latency", column="latency_ms", unit="ms")
CELLS: dict[str, dict[str, object]] = {
    "00": {"a": 0, "b": 0},
    "01": {"a": 0, "b": 1},
    "10": {"a": 1, "b": 0},
    "11": {"a": 1, "b": 1},
}


def data_of(
    values: dict[str, list[list[float]]], *, metric: Metric = LATENCY, paired: bool = True
) -> MetricData:
    """Values by condition, item and repeat."""
    return MetricData(
        metric=metric,
        values={
            name: {
                (f"i{n}" if paired else f"{name}{n}"): dict(enumerate(map(float, row)))
                for n, row in enumerate(rows)
            }
            for name, rows in values.items()
        },
        paired=paired,
    )


def p_of(found: DesignFinding) -> float:
    p_value = found["p_value"]
    assert p_value is not None
    return p_value


def test_main_effects_and_the_interaction_are_those_of_the_cells() -> None:
    noise = np.random.default_rng(1).normal(size=(4, 30))
    means = {"00": 10.0, "01": 12.0, "10": 15.0, "11": 21.0}
    values = {
        name: [[mean + noise[k][n]] for n in range(30)]
        for k, (name, mean) in enumerate(means.items())
    }
    cells = {name: float(np.mean(rows)) for name, rows in values.items()}

    found = {each["about"]: each for each in factor_findings(data_of(values), CELLS, level=0.95)}

    assert [each["estimate"] for each in found.values()] == pytest.approx(
        [
            (cells["10"] + cells["11"] - cells["00"] - cells["01"]) / 2,
            (cells["01"] + cells["11"] - cells["00"] - cells["10"]) / 2,
            cells["11"] - cells["10"] - cells["01"] + cells["00"],
        ]
    )
    assert all(each["p_adjusted"] >= (each["p_value"] or 0) for each in found.values())


def test_factors_between_items_get_the_analysis_of_variance() -> None:
    random = np.random.default_rng(2)
    values = {name: [[random.normal() + 5 * (name[0] == "1")] for _ in range(12)] for name in CELLS}

    found = factor_findings(data_of(values, paired=False), CELLS, level=0.95)

    assert [each["about"] for each in found] == ["a", "b", "a and b"]
    assert p_of(found[0]) < 0.001 < p_of(found[1])


def test_weights_of_a_slope_give_the_least_squares_slope() -> None:
    at, values = [1.0, 3.0, 4.0, 9.0], [2.0, 1.0, 5.0, 8.0]

    found = sum(w * v for w, v in zip(slope_weights(at), values, strict=True))

    assert found == pytest.approx(np.polyfit(at, values, 1)[0])


def test_the_slope_over_doses_is_that_of_the_means() -> None:
    random = np.random.default_rng(3)
    doses: dict[str, dict[str, object]] = {"x1": {"x": 1}, "x2": {"x": 2}, "x5": {"x": 5}}
    values = {name: [[random.normal() + 3 * int(name[1])] for _ in range(20)] for name in doses}

    found = dose_findings(data_of(values), doses, level=0.95)[0]

    slope = np.polyfit([1, 2, 5], [np.mean(rows) for rows in values.values()], 1)[0]
    assert found["estimate"] == pytest.approx(slope)


def test_a_drift_that_conditions_share_is_no_difference_of_trends() -> None:
    random = np.random.default_rng(4)
    values = {
        name: [[10 + 2 * period + random.normal() for period in range(4)] for _ in range(25)]
        for name in ("a", "b")
    }

    own_a, own_b, between = trend_findings(data_of(values), "a", level=0.95)

    for own in (own_a, own_b):
        assert own["estimate"] == pytest.approx(2, abs=0.3)
        assert p_of(own) < 0.001
    assert p_of(between) > 0.05


def test_a_difference_that_varies_over_blocks_is_found() -> None:
    random = np.random.default_rng(5)
    blocks = {f"i{n}": f"block {n % 3}" for n in range(30)}
    values = {
        "a": [[random.normal()] for _ in range(30)],
        "b": [[random.normal() + 4 * (n % 3)] for n in range(30)],
    }

    found = block_findings(data_of(values), "a", blocks)

    assert p_of(found[0]) < 0.001
    assert "ANOVA" in found[0]["sentence"]


def test_strata_of_right_and_wrong_answers_get_mantel_and_haenszel() -> None:
    values = {
        "a": [[float(n % 4 == 0)] for n in range(40)],
        "b": [[float(n % 4 != 0)] for n in range(40)],
    }
    data = data_of(values, metric=ACCURACY, paired=False)
    strata = {
        item: ("x" if int(item[1:]) % 2 else "y") for side in data.values.values() for item in side
    }

    found = strata_findings(data, "a", strata, level=0.95)

    assert "Mantel-Haenszel" in found[0]["sentence"]


def test_values_that_are_all_alike_have_no_interval() -> None:
    data = data_of({"a": [[1.0]] * 5, "b": [[2.0]] * 5})
    measured = {name: item_means(values) for name, values in data.values.items()}

    found = effect("b minus a", data, measured, {"a": -1.0, "b": 1.0}, 0.95)

    assert found[0]["estimate"] == 1.0
    assert found[0]["interval"] is None


@pytest.mark.slow
@pytest.mark.parametrize(("p", "q", "repeats"), [(0.5, 0.5, 1), (0.95, 0.9, 1), (0.9, 0.8, 3)])
def test_the_interval_between_independent_groups_holds_its_level(
    p: float, q: float, repeats: int
) -> None:
    random = np.random.default_rng(6)
    draws, held = 150, 0

    for _ in range(draws):
        sides = {
            name: random.binomial(1, rate, size=(60, repeats)).tolist()
            for name, rate in (("a", p), ("b", q))
        }
        data = data_of(sides, metric=ACCURACY, paired=False)
        pair = Pairing(data=data, control="a", treatment="b", seed=0)
        interval = change_of_independent_means(
            pair, data.values["a"], data.values["b"], level=0.95
        ).interval
        held += interval is not None and interval.low <= q - p <= interval.high

    assert held / draws > 0.90  # 95 % with 2.8 standard errors of 150 draws


def _crossover(
    conditions: int, items: int, *, after: float, seed: int, carried: str = "c0"
) -> tuple[MetricData, list[Row]]:
    """Rows of a Latin square in which one condition changes the value that comes after it."""
    random = np.random.default_rng(seed)
    sequences = williams(conditions)
    rows: list[Row] = []
    for item in range(items):
        base = random.normal(0, 3)
        order = [f"c{number}" for number in sequences[item % len(sequences)]]
        for period, name in enumerate(order):
            carry = after * (period > 0 and order[period - 1] == carried)
            value = base + int(name[1]) + 0.5 * period + carry + random.normal()
            rows.append(
                Row(
                    index=len(rows),
                    item_id=f"i{item}",
                    condition=name,
                    repeat=0,
                    period=period,
                    latency_ms=100 + value,
                )
            )
    return MetricData(metric=LATENCY, values={}), rows


@pytest.mark.parametrize(("conditions", "after"), [(2, 5.0), (3, 3.0), (4, 3.0)])
def test_a_condition_that_changes_what_comes_after_it_is_found(
    conditions: int, after: float
) -> None:
    found = carry_over_findings(*_crossover(conditions, 120, after=after, seed=1), level=0.95)

    assert min(map(p_of, found)) < 0.01
    if conditions > 2:
        assert [each["about"] for each in found] == [
            f"carry-over, after c{number}" for number in range(conditions - 1)
        ]
        assert p_of(found[0]) == min(map(p_of, found))


@pytest.mark.slow
@pytest.mark.parametrize("conditions", [2, 3])
def test_carry_over_that_is_not_there_is_rarely_found(conditions: int) -> None:
    smallest = [
        min(
            each.get("p_adjusted", p_of(each))
            for each in carry_over_findings(
                *_crossover(conditions, 30, after=0.0, seed=seed), level=0.95
            )
        )
        for seed in range(60)
    ]

    assert sum(p < 0.05 for p in smallest) <= 9  # 5 % of 60, and three standard errors


def test_many_items_of_a_sequence_are_put_together_and_give_the_same_answer() -> None:
    found = carry_over_findings(*_crossover(3, 1_000, after=0.6, seed=3), level=0.95)

    assert p_of(found[0]) < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("binary", [True, False], ids=["shares", "numbers"])
def test_the_interval_of_a_stratified_design_takes_the_spread_within_strata_only(
    binary: bool,
) -> None:
    random, held, narrower, runs = np.random.default_rng(4), 0, 0, 200
    metric = ACCURACY if binary else LATENCY
    for _ in range(runs):
        values: dict[str, dict[str, dict[int, float]]] = {"old": {}, "new": {}}
        strata = {}
        for stratum, level in (("easy", 0.95), ("hard", 0.2)):
            for n in range(40):
                side = ("old", "new")[n % 2]
                item = f"{stratum}{n}"
                strata[item] = stratum
                drawn = float(random.random() < level) if binary else random.normal(40 * level)
                values[side][item] = {0: drawn}
        data = MetricData(metric=metric, values=values, paired=False, strata=strata)
        pair = Pairing(data=data, control="old", treatment="new", seed=1)
        within = change_of_independent_means(pair, values["old"], values["new"], level=0.95)
        plain = change_of_independent_means(
            replace(pair, data=replace(data, strata={})), values["old"], values["new"], level=0.95
        )
        assert within.interval is not None
        assert plain.interval is not None
        assert within.test is not None
        held += within.interval.low <= 0 <= within.interval.high
        narrower += (
            within.interval.high - within.interval.low < plain.interval.high - plain.interval.low
        )

    assert held / runs >= 0.90  # 95 % less three standard errors of 200 runs
    assert narrower == runs
