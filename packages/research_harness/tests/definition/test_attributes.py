"""A misspelt attribute of an experiment is noticed before anything is paid for."""

import types
import warnings
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import Item
from research_harness import (
    DatasetSpec,
    Experiment,
    ExperimentError,
    UnknownDatasetOptionError,
    condition,
    estimate_sync,
    run_sync,
)
from research_harness._definition.experiment import attribute_names

ITEMS = [{"id": str(number), "question": "1+1?", "answer": "2"} for number in range(3)]


def experiment(base: type = object, **attributes: Any) -> type[Experiment]:
    async def one(self: Experiment, item: Item) -> str:
        return "2"

    body = {
        "name": "Sums",
        "dataset": ITEMS,
        "metrics": ("accuracy",),
        "virtual_time": True,
        "one": condition(one),
        **attributes,
    }
    bases = (Experiment,) if base is object else (base, Experiment)
    made: type[Experiment] = types.new_class("Sums", bases, exec_body=lambda it: it.update(body))
    return made


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sample_sise", "sample_size"),
        ("samplesize", "sample_size"),
        ("SAMPLE_SIZE", "sample_size"),
        ("concurency", "concurrency"),
        ("max_concurrency", "concurrency"),
        ("repeats", "repeat"),
        ("repetitions", "repeat"),
        ("seeds", "seed"),
        ("random_seed", "seed"),
        ("timeout", "timeout_ms"),
        ("timeout_seconds", "timeout_ms"),
        ("metric", "metrics"),
        ("criterion", "criteria"),
        ("data_set", "dataset"),
        ("baseline", "control"),
        ("virtualtime", "virtual_time"),
        ("randomise", "randomize"),
        ("descripton", "description"),
    ],
)
def test_a_misspelt_attribute_is_refused_with_the_nearest_name(written: str, meant: str) -> None:
    with pytest.raises(ExperimentError, match=rf"{written}: .* did you mean '{meant}'"):
        experiment(object, **{written: 3})


def test_every_attribute_of_an_experiment_is_found_again_with_a_letter_missing() -> None:
    known = attribute_names()
    for name in sorted(known - {"all_conditions", "setup", "teardown"}):
        for at in range(len(name)):
            written = name[:at] + name[at + 1 :]
            if len(name) > 4 and not written.startswith("_") and written not in known:
                with pytest.raises(ExperimentError, match=rf"{written}: .* did you mean '{name}'"):
                    experiment(object, **{written: 1})


def test_a_misspelt_hook_is_refused() -> None:
    async def set_up(self: Experiment) -> None:
        """Never called under this name."""

    with pytest.raises(ExperimentError, match="did you mean 'setup'"):
        experiment(set_up=set_up)


def test_a_misspelt_attribute_of_a_mixin_or_an_instance_is_refused(tmp_path: Path) -> None:
    class Small:
        sample_sise = 2

    one = experiment()()
    one.repeats = 5  # type: ignore[attr-defined]  # wrong on purpose

    for wrong, word in ((experiment(Small), "sample_sise"), (one, "repeats")):
        with pytest.raises(ExperimentError, match=word):
            run_sync(wrong, output_dir=tmp_path)
        with pytest.raises(ExperimentError, match=word):
            estimate_sync(wrong)


def test_values_of_the_users_own_are_accepted(tmp_path: Path) -> None:
    async def score_of(self: Experiment, text: str) -> float:
        return 1.0

    own = {
        "PANEL": [1],
        "models": [2],
        "seen": [3],
        "prompt": "?",
        "temperature": 0.2,
        "_repeats": 3,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = experiment(object, score_of=score_of, **own)

    assert run_sync(made, output_dir=tmp_path, sample_size=1).rows == 1


def test_a_misspelt_option_of_a_data_set_is_refused_when_it_is_written() -> None:
    with pytest.raises(
        UnknownDatasetOptionError, match=r"unknown option 'spilt' \(did you mean 'split'\?\)"
    ):
        DatasetSpec("gsm8k", spilt="test")  # type: ignore[call-arg]  # wrong on purpose
