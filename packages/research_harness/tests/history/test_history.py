"""Scores over time, and a gate for the newest."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness import ComparisonError, Experiment, condition, history, run_sync
from research_harness.__main__ import main


def log(folder: Path, day: int, scores: Mapping[str, int], model: str = "m") -> Path:
    """Write a log as Inspect does, begun on a day."""
    folder.mkdir(exist_ok=True)
    samples = [
        {
            "id": name,
            "epoch": 1,
            "input": f"What is {name}?",
            "target": "yes",
            "output": {"choices": [{"message": {"role": "assistant", "content": "yes"}}]},
            "scores": {"match": {"value": score}},
        }
        for name, score in scores.items()
    ]
    about = {
        "task": "sums",
        "model": model,
        "dataset": {"samples": len(samples)},
        "created": f"2026-03-{day:02d}T10:00:00+00:00",
    }
    whole = {"version": 2, "status": "success", "eval": about, "samples": samples}
    path = folder / f"{model}-{day}.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def right(share: float, n: int = 200) -> dict[str, int]:
    return {f"q{k}": int(k < share * n) for k in range(n)}


def crucible(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_scores_stand_in_the_order_of_their_dates(tmp_path: Path) -> None:
    for day, share in ((3, 0.7), (1, 0.6), (2, 0.65)):
        log(tmp_path / "logs", day, right(share))

    found = history(tmp_path / "logs")

    assert [each.score for each in found.entries] == pytest.approx([0.6, 0.65, 0.7])
    assert [each.label for each in found.entries] == ["m-1", "m-2", "m-3"]
    assert all(each.low < each.score < each.high for each in found.entries)


def test_the_newest_is_compared_with_the_one_before_item_by_item(tmp_path: Path) -> None:
    for day, share in ((1, 0.5), (2, 0.7), (3, 0.6)):
        log(tmp_path / "logs", day, right(share))

    (change,) = history(tmp_path / "logs").changes
    (first,) = history(tmp_path / "logs", baseline="first").changes
    (named,) = history(tmp_path / "logs", baseline="m-1").changes

    assert (change.before, change.after) == ("m-2", "m-3")
    assert change.pair.difference == pytest.approx(-0.1)
    assert change.pair.verdict == "worse"
    assert first.pair.difference == named.pair.difference == pytest.approx(0.1)


def test_the_gate_fails_where_a_loss_is_shown(tmp_path: Path) -> None:
    log(tmp_path / "logs", 1, right(0.7))
    log(tmp_path / "logs", 2, right(0.6))

    failed = crucible("history", tmp_path / "logs", "--gate")
    shown = crucible("history", tmp_path / "logs")
    log(tmp_path / "logs", 3, right(0.6))
    passed = crucible("history", tmp_path / "logs", "--gate")

    assert (failed.exit_code, shown.exit_code, passed.exit_code) == (1, 0, 0)
    assert "is worse than" in failed.output


def test_with_an_allowed_loss_the_gate_fails_until_a_larger_loss_is_excluded(
    tmp_path: Path,
) -> None:
    log(tmp_path / "few", 1, right(0.5, n=20))
    log(tmp_path / "few", 2, {**right(0.5, n=20), "q0": 0, "q19": 1})
    log(tmp_path / "many", 1, right(0.5, n=400))
    log(tmp_path / "many", 2, {**right(0.5, n=400), "q0": 0, "q399": 1})

    few, many = (
        crucible("history", tmp_path / name, "--gate", "--allowed-loss", "0.05")
        for name in ("few", "many")
    )

    assert "A loss of 0.05 is not excluded." in few.output
    assert "A loss of 0.05 is excluded." in many.output
    assert (few.exit_code, many.exit_code) == (1, 0)


def test_what_cannot_be_compared_ends_with_2(tmp_path: Path) -> None:
    log(tmp_path / "logs", 1, right(0.7))
    log(tmp_path / "logs", 2, {f"other{k}": 1 for k in range(200)})

    found = crucible("history", tmp_path / "logs", "--gate")
    unknown = crucible("history", tmp_path / "logs", "--gate", "--baseline", "missing")

    assert (found.exit_code, unknown.exit_code) == (2, 2)
    assert "other0" in found.output
    with pytest.raises(ComparisonError, match="m-1"):
        history(tmp_path / "logs", baseline="missing")


def test_p_values_are_adjusted_over_all_systems(tmp_path: Path) -> None:
    for model in ("a", "b", "c"):
        log(tmp_path / "logs", 1, right(0.5), model)
        log(tmp_path / "logs", 2, {**right(0.5), **{f"q{k}": 0 for k in range(6)}}, model)

    found = history(tmp_path / "logs")

    assert [each.system for each in found.changes] == ["a", "b", "c"]
    for each in found.changes:
        assert each.pair.p_adjusted == pytest.approx(min(1, 3 * each.pair.p_value))


@pytest.mark.parametrize("name", ["h.md", "h.html", "h.tex", "h.ipynb", "h.json"])
def test_every_format_has_the_intervals_over_time(tmp_path: Path, name: str) -> None:
    if name == "h.ipynb":
        pytest.importorskip("nbformat", reason="notebooks are an extra of reporter")
    for day, share in ((1, 0.5), (2, 0.7)):
        log(tmp_path / "logs", day, right(share))

    found = crucible("history", tmp_path / "logs", "--output", tmp_path / name)

    text = (tmp_path / name).read_text(encoding="utf-8")
    assert found.exit_code == 0, found.output
    assert "0.633" in text  # the lower end of the newest score
    assert name != "h.html" or 'class="band' in text


class Nightly(Experiment):
    name = "Nightly"
    dataset = [{"id": f"q{k}", "question": f"{k}?", "answer": "yes"} for k in range(40)]  # noqa: RUF012  # read only
    metrics = ("accuracy",)
    formats = ()
    virtual_time = True

    @condition
    async def asked(self, item: object) -> str:
        return "yes"


@pytest.mark.slow
def test_runs_of_one_experiment_are_a_history(tmp_path: Path) -> None:
    for name in ("monday", "tuesday"):
        run_sync(Nightly, output_dir=tmp_path, run_id=name)

    found = history(tmp_path)

    assert {each.label for each in found.entries} == {"monday", "tuesday"}
    assert [each.pair.difference for each in found.changes] == [0.0]
