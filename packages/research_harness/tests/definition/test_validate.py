"""Everything that is wrong with an experiment is listed at once, before anything runs."""

import sys
from pathlib import Path

import pytest

from dataset_manager import Dataset, Item
from research_harness import Criterion, Experiment, ExperimentError, condition, run_sync

ITEMS = Dataset([Item(f"i{number}", "1+1?", "2") for number in range(2)], name="sums")


class Empty(Experiment):
    """Nothing is right here."""

    repeat = 0
    seed = -1
    metrics = ("acuracy", 7)  # type: ignore[assignment]  # wrong on purpose
    scorer = "psychic"
    formats = ("word",)
    dataset = 5
    control = "absent"
    alpha = 5.0
    criteria = (Criterion(claim="c", metric="x", condition="y"),)


def test_one_error_lists_everything_that_is_wrong() -> None:
    with pytest.raises(ExperimentError) as caught:
        run_sync(Empty)

    text = str(caught.value)
    assert text.splitlines()[1:] == [f"  - {each}" for each in caught.value.problems]
    for part in (
        "name: set a title",
        "repeat: 0 is not a whole number of at least 1",
        "seed: -1",
        "alpha: 5.0",
        "unknown scorer 'psychic'; known: ",
        "unknown format 'word'; known: csv, html",
        "dataset: int is not a name",
        "mark at least one method with @condition",
        "control: no condition is called 'absent'",
        "unknown metric 'acuracy' (did you mean 'accuracy'?); known: accuracy",
        "7 is neither a name nor a Metric",
        "metric 'x' is not among",
        "no condition is called 'y'",
        "give a bound",
    ):
        assert part in text, part
    assert len(caught.value.problems) == 14


def test_conditions_with_one_name_or_one_method_are_refused() -> None:
    class Twice(Experiment):
        name = "Twice"
        dataset = ITEMS
        metrics = ("accuracy",)

        @condition("same")
        async def one(self, item: Item) -> str:
            return ""

        @condition("same")
        async def two(self, item: Item) -> str:
            return ""

        @condition
        async def three(self) -> str:
            return ""

        @condition  # type: ignore[no-redef]  # wrong on purpose
        async def three(self, item: Item) -> str:  # noqa: F811  # wrong on purpose
            return ""

    with pytest.raises(ExperimentError) as caught:
        run_sync(Twice)

    assert "the name 'same' is used 2 times" in str(caught.value)
    assert "the method 'three' is defined twice" in str(caught.value)


def test_a_format_without_its_extra_is_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Default(Experiment):
        name = "Default"
        dataset = ITEMS
        metrics = ("accuracy",)

        @condition
        async def one(self, item: Item) -> str:
            return "2"

    class Notebook(Default):
        formats = ("markdown", "jupyter")

    monkeypatch.setitem(sys.modules, "nbformat", None)

    with pytest.raises(ExperimentError, match=r"pip install 'crucible.*reporter\[jupyter\]'"):
        run_sync(Notebook, output_dir=tmp_path / "a")
    result = run_sync(Default, output_dir=tmp_path / "b")

    assert not (tmp_path / "a").exists()
    assert sorted(result.reports) == ["html", "markdown"]
