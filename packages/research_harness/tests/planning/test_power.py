"""What a design finds comes from simulated runs, each analysed as a run is analysed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bench
from dataset_manager import Item
from ensemble import SimulatedModel, ask
from research_harness import Between, Experiment, condition, estimate_sync, run_sync
from research_harness.__main__ import main
from research_harness._definition.metrics import resolve_metrics
from research_harness._outcome.row import Row
from research_harness._planning import power as power_module
from research_harness._planning.answers import answered, draws, logits_of
from research_harness._planning.assumptions import DesignAssumptions, assumptions_of
from research_harness._planning.finding import Design, mcnemar_p, t_quantile
from research_harness._planning.power import Simulator, items_for, resized

ACCURACY = resolve_metrics(["accuracy"])[0]


@pytest.fixture
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that look at what is asked of the simulation, not at how often it finds it."""
    for name in ("_RUNS", "_SLOW_RUNS", "_LEAST_RUNS"):
        monkeypatch.setattr(power_module, name, 10)


def design(items: int, repeats: int = 1, *, paired: bool = True, clusters: Any = None) -> Design:
    there = np.ones((2, items), bool)
    if not paired:
        there[0, ::2] = there[1, 1::2] = False
    return Design(ACCURACY, there, repeats, paired, clusters, 0.95)


@pytest.mark.parametrize(("rate", "share"), [(0.5, 0.5), (0.9, 0.2), (0.05, 0.7)])
def test_drawn_answers_have_the_assumed_rate_and_share_of_variance(
    rate: float, share: float
) -> None:
    random = np.random.default_rng(3)
    drawn = draws(random, (2, 40_000, 2), agreement=0.8)

    marks = answered(drawn, (rate, rate), share)

    assert marks.mean() == pytest.approx(rate, abs=0.01)
    within = np.cov(marks[0].T)[0, 1] / (rate * (1 - rate))
    assert within == pytest.approx(share, abs=0.04)
    assert logits_of(rate, share).sd > 0


@pytest.mark.parametrize(("better", "differing"), [(3, 10), (0, 7), (20, 64), (5, 10), (0, 0)])
def test_mcnemars_p_value_is_that_of_bench(better: int, differing: int) -> None:
    control = [0] * better + [1] * (differing - better) + [1, 0, 1]
    treatment = [1] * better + [0] * (differing - better) + [1, 0, 1]

    found = bench.compare_paired(control, treatment, scale="binary").p_value

    assert mcnemar_p(better, differing) == pytest.approx(found)


@pytest.mark.parametrize(("freedom", "known"), [(8, 2.306004), (30, 2.042272), (200, 1.971896)])
def test_the_quantile_of_students_t_is_near_the_tables(freedom: float, known: float) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(known, rel=1e-3)


def test_without_an_effect_a_difference_is_found_as_often_as_alpha_says() -> None:
    assumed = DesignAssumptions(rate=0.7)

    for each in (design(100), design(100, 3), design(100, paired=False)):
        # Of 400 runs a true 5 % gives at most 8.5 % in all but one of a thousand.
        assert Simulator(each, assumed, 1).power(0.0) <= 0.085


def test_power_agrees_with_the_exact_power_of_mcnemars_test() -> None:
    assumed = DesignAssumptions(rate=0.7, item_share=0.5, agreement=0.8)
    random = np.random.default_rng(5)
    marks = answered(draws(random, (2, 100_000, 1), agreement=0.8), (0.7, 0.8), 0.5)[:, :, 0]
    discordance = float((marks[0] != marks[1]).mean())

    exact = bench.power("mcnemar", n=150, effect=0.1, discordance=discordance).power

    assert Simulator(design(150), assumed, 1).power(0.1) == pytest.approx(exact, abs=0.08)


def test_the_detectable_difference_is_found_with_the_wanted_power() -> None:
    assumed = DesignAssumptions(rate=0.6)
    simulator = Simulator(design(200), assumed, 2)

    found = simulator.detectable(0.8)

    assert found is not None
    assert Simulator(design(200), assumed, 2).power(-found) == pytest.approx(0.8, abs=0.06)
    assert Simulator(design(4), assumed, 2).detectable(0.8) is None


def test_items_for_a_difference_find_it_and_repeats_need_fewer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assumed = DesignAssumptions(rate=0.6)

    monkeypatch.setattr(power_module, "_RUNS", 200)
    once = items_for(design(50), assumed, difference=0.1, power=0.8, seed=0)
    thrice = items_for(design(50, 3), assumed, difference=0.1, power=0.8, seed=0)
    monkeypatch.undo()

    assert once is not None
    assert thrice is not None
    found = Simulator(resized(design(50), items=once / 50), assumed, 9).power(0.1)
    assert found == pytest.approx(0.8, abs=0.08)
    assert thrice < once < 3 * thrice  # for as many calls, items find more than repeats
    assert items_for(design(50), assumed, difference=0.0001, power=0.8, seed=0) is None


def test_a_design_of_groups_and_one_with_clusters_need_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_SLOW_RUNS", "_LEAST_RUNS"):  # of 30 runs, 0.5 +- 0.09 find what 0.77 find
        monkeypatch.setattr(power_module, name, 30)
    assumed = DesignAssumptions(rate=0.6, agreement=0.9)
    clusters = np.arange(50) // 10

    paired = Simulator(design(50), assumed, 0).power(0.2)
    groups = Simulator(design(50, paired=False), assumed, 0).power(0.2)
    clustered = Simulator(design(50, clusters=clusters), assumed, 0).power(0.2)

    assert groups < paired
    assert 0 < clustered < paired


def rows(control: list[list[bool]], treatment: list[list[bool]]) -> list[Row]:
    return [
        Row(index=0, item_id=str(number), condition=name, repeat=repeat, correct=correct)
        for name, items in (("a", control), ("b", treatment))
        for number, repeats in enumerate(items)
        for repeat, correct in enumerate(repeats)
    ]


def test_assumptions_come_from_rows_where_there_are_enough() -> None:
    random = np.random.default_rng(7)
    marks = answered(draws(random, (2, 3_000, 3), agreement=0.6), (0.7, 0.7), 0.4)
    found = assumptions_of(rows(*(side > 0 for side in marks)), "a")

    assert found.rate == pytest.approx(0.7, abs=0.03)
    assert found.item_share == pytest.approx(0.4, abs=0.05)
    assert found.agreement == pytest.approx(0.6, abs=0.1)
    few = assumptions_of(rows([[True]] * 5, [[False]] * 5), "a")
    assert few == DesignAssumptions()
    assert "(assumed)" in str(few)


class Two(Experiment):
    """Two models on 30 items."""

    name = "Two"
    dataset = [  # noqa: RUF012
        {"id": str(n), "question": f"{n}+1?", "answer": str(n + 1)} for n in range(30)
    ]
    scorer = "number"
    metrics = ("accuracy", "cost_per_query")
    formats = ()
    virtual_time = True

    @condition
    async def small(self, item: Item) -> Any:
        return await ask(
            item, model=SimulatedModel("small", accuracy=0.5, input_price=1.0, output_price=1.0)
        )

    @condition
    async def large(self, item: Item) -> Any:
        return await ask(
            item, model=SimulatedModel("large", accuracy=0.9, input_price=9.0, output_price=9.0)
        )


@pytest.mark.slow
@pytest.mark.usefixtures("few_runs")
def test_an_estimate_says_what_the_design_finds_before_a_run() -> None:
    found = estimate_sync(Two, pilot=3, difference=0.1)

    power = found.power
    assert power is not None
    assert [(each.items, each.repeats, each.rows) for each in power.options] == [
        (30, 1, 60),
        (60, 1, 120),
        (30, 2, 120),
    ]
    assert power.options[1].power is not None
    assert set(power.needed) == {1, 3}
    text = str(found)
    assert "30 items x 1" in text
    assert "10.0 points need" in text
    assert power.advice in text
    assert power.advice in found.to_markdown()
    values = json.loads(json.dumps(found.to_dict()))
    assert values["power"]["advice"] == power.advice
    assert values["cost_interval"]["low"] <= values["cost_usd"] <= values["cost_interval"]["high"]
    assert values["duration_interval"]["low"] <= values["duration_ms"]


def test_an_estimate_from_a_recorded_run_asks_nothing(tmp_path: Path) -> None:
    asked: list[str] = []

    class Counted(Two):
        @condition
        async def small(self, item: Item) -> Any:
            asked.append(item.id)
            return {"prediction": "1", "cost": 0.5, "latency": 100.0}

        large = None  # type: ignore[assignment]  # takes the condition away

    run_sync(Counted, output_dir=tmp_path, run_id="before")
    asked.clear()

    found = estimate_sync(
        Counted, recorded="before", output_dir=tmp_path, settings={"sample_size": 10}
    )

    assert not asked
    assert (found.recorded, found.pilot_rows) == ("before", 30)
    assert found.cost_usd == pytest.approx(5.0)
    assert "recorded in before: 30 rows" in str(found)
    assert found.power is None  # one condition
    with pytest.raises(ValueError, match=r"no row of the condition 'large'.*small"):
        estimate_sync(Two, recorded="before", output_dir=tmp_path)


@pytest.mark.usefixtures("few_runs")
def test_groups_are_simulated_with_their_own_items() -> None:
    grouped = type("Two", (Two,), {"design": Between()})

    power = estimate_sync(grouped, pilot=2).power

    assert power is not None
    assert power.options[0].rows == 30


@pytest.mark.parametrize(
    "options", [{"difference": 0.0}, {"difference": 1.5}, {"power": 1.0}], ids=str
)
def test_options_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        estimate_sync(Two, **options)


@pytest.mark.slow
@pytest.mark.usefixtures("few_runs")
def test_the_command_takes_a_difference_and_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("yaml", reason="the extra yaml is not installed")
    monkeypatch.chdir(tmp_path)
    Path("study.yaml").write_text(
        "name: Two\ndataset: {name: arithmetic}\nsample_size: 40\nscorer: number\n"
        "virtual_time: true\nformats: []\nconditions:\n"
        "  one: {model: {simulated: a, accuracy: 0.6}}\n"
        "  two: {model: {simulated: b, accuracy: 0.9}}\n"
    )
    run_arguments = ["run", "study.yaml", "--id", "before", "--quiet"]
    with pytest.raises(SystemExit) as ended:
        main(run_arguments)
    assert ended.value.code == 0
    capsys.readouterr()

    arguments = ["estimate", "study.yaml", "--from", "before", "--difference", "0.1", "--json"]
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 0
    values = json.loads(capsys.readouterr().out)
    assert values["recorded"] == "before"
    assert values["power"]["assumed"]["rate_from"] == "rows"
    assert values["power"]["difference"] == pytest.approx(0.1)
