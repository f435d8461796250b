"""A misspelt attribute of an experiment is noticed before anything is paid for."""

import types
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from dataset_manager import Item
from research_harness import (
    Between,
    Criterion,
    DatasetSpec,
    Experiment,
    ExperimentError,
    Metric,
    UnknownDatasetOptionError,
    condition,
    estimate_sync,
    run_sync,
)
from research_harness._definition.experiment import attributes

if TYPE_CHECKING:
    import ssl

REMOVED = object()
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
    body = {name: value for name, value in body.items() if value is not REMOVED}
    bases = (Experiment,) if base is object else (base, Experiment)
    made: type[Experiment] = types.new_class("Sums", bases, exec_body=lambda it: it.update(body))
    return made


@pytest.mark.parametrize(
    ("written", "value", "meant"),
    [
        ("sample_sise", 3, "sample_size"),
        ("samplesize", "3", "sample_size"),
        ("SAMPLE_SIZE", np.int64(3), "sample_size"),
        ("concurency", 3, "concurrency"),
        ("max_concurrency", 3.0, "concurrency"),
        ("repeats", 3, "repeat"),
        ("repetitions", 3, "repeat"),
        ("seeds", 3, "seed"),
        ("random_seed", 3, "seed"),
        ("timeout", 3, "timeout_ms"),
        ("timeout", None, "timeout_ms"),
        ("timeout", "30 s", "timeout_ms"),
        ("timeout_seconds", 0.5, "timeout_ms"),
        ("metric", "accuracy", "metrics"),
        ("metric", Metric(name="letters", column=len), "metrics"),
        ("criterion", (Criterion(claim="more", metric="accuracy", condition="one"),), "criteria"),
        ("data_sett", "sums.csv", "dataset"),
        ("baseline", "one", "control"),
        ("virtualtime", True, "virtual_time"),
        ("trace", True, "traces"),
        ("randomise", False, "randomize"),
        ("descripton", "Sums", "description"),
        ("desing", Between, "design"),
        ("desing", Between(), "design"),
    ],
)
def test_a_misspelt_attribute_is_refused_with_the_nearest_name(
    written: str, value: object, meant: str
) -> None:
    body = {written: value}
    if meant in {"dataset", "metrics", "virtual_time"}:
        body = {written: value, meant: REMOVED}

    with pytest.raises(ExperimentError, match=rf"{written}: .* did you mean '{meant}'"):
        experiment(object, **body)


def test_every_attribute_of_an_experiment_is_found_again_with_a_letter_missing() -> None:
    known = attributes().keys()
    for name in sorted(known - {"all_conditions", "setup", "teardown"}):
        for at in range(len(name)):
            written = name[:at] + name[at + 1 :]
            if len(name) > 4 and not written.startswith("_") and written not in known:
                body = {name: REMOVED, written: getattr(Experiment, name)}
                with pytest.raises(ExperimentError, match=rf"{written}: .* did you mean '{name}'"):
                    experiment(object, **body)


@pytest.mark.parametrize(
    "own",
    [
        {"trace": []},
        {"trace": "trace.jsonl"},
        {"trace": None},
        {"trace": type("trace", (), {})},
        {"baseline": 0.7},
        {"seeds": [1, 2, 3]},
        {"timeout": {"connect": 5.0}},
        {"tag": 7},
        {"format": str.format},
        {"budget": object()},
        {"Dataset": type("Dataset", (), {})},
        {"data_set": {"q1": "1 + 1"}},
        {"trace": property(lambda _: True)},
        {"names": ["one", "two"]},
    ],
)
def test_a_value_that_the_attribute_would_not_take_is_the_users_own(own: dict[str, Any]) -> None:
    experiment(object, **own)


def test_a_name_beside_the_attribute_that_it_resembles_is_the_users_own() -> None:
    experiment(object, title="A subtitle", repeats=3, repeat=2, metric="accuracy")


def test_an_annotation_of_another_type_makes_a_name_the_users_own() -> None:
    class Own(Experiment):
        name = "Own"
        trace: Path | None = None
        timeout: "ssl.SSLContext | None" = None
        tag: Final = 7

    with pytest.raises(ExperimentError, match=r"timeout: .* did you mean 'timeout_ms'"):

        class Wrong(Experiment):
            name = "Wrong"
            timeout: float | None = None

    with pytest.raises(ExperimentError, match=r"repeats: .* did you mean 'repeat'"):

        class Constant(Experiment):
            name = "Constant"
            repeats: Final = 7

    assert (Own.trace, Own.timeout) == (None, None)


def test_a_method_with_arguments_or_beside_the_hook_is_the_users_own() -> None:
    def datasets(self: Experiment, split: str) -> list[str]:
        return [split]

    def set_up(self: Experiment) -> None:
        """Called by the hook."""

    async def setup(self: Experiment) -> None:
        set_up(self)

    experiment(object, datasets=datasets, set_up=set_up, setup=setup)
    experiment(object, set_ups=staticmethod(lambda text: text))


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
