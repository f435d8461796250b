"""Experiments are written as people write classes."""

import abc
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from dataset_manager import Dataset, Item
from research_harness import (
    Condition,
    Experiment,
    ExperimentError,
    ResumeRefusedError,
    condition,
    resume_sync,
    run_sync,
)

DATA = Dataset([Item(f"i{n}", "q", "a") for n in range(3)], name="own", scorer="exact_match")


class Answers(Experiment):
    name = "Answers"
    dataset = DATA
    metrics = ("accuracy",)
    formats = ()
    virtual_time = True

    @condition
    async def one(self, item: Item) -> str:
        return self.text()

    def text(self) -> str:
        return "a"


class Writing(Protocol):
    def text(self) -> str: ...


class Tuned:
    level = 0

    def __init_subclass__(cls, *, level: int = 0, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        cls.level = level


def run_of(kind: Any, folder: Path) -> int:
    return run_sync(kind, output_dir=folder).rows


def test_an_abstract_base_and_a_protocol_stand_beside_an_experiment(tmp_path: Path) -> None:
    class Base(Answers, abc.ABC):
        @abc.abstractmethod
        def text(self) -> str: ...

    class Whole(Base, Writing):
        def text(self) -> str:
            return "b"

    assert run_of(Whole, tmp_path) == 3
    with pytest.raises(ExperimentError, match="abstract"):
        run_sync(Base, output_dir=tmp_path)


def test_a_dataclass_gives_an_experiment_parameters(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Hot(Answers):
        temperature: float

    assert run_of(Hot(0.7), tmp_path) == 3
    with pytest.raises(ExperimentError, match="pass an instance"):
        run_sync(Hot, output_dir=tmp_path)


def test_options_apply_to_a_frozen_dataclass(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Cold(Answers):
        temperature: float = 0.0

    assert run_sync(Cold(), output_dir=tmp_path, repeat=2).rows == 6


def test_keywords_of_a_class_set_attributes_and_reach_the_other_bases(tmp_path: Path) -> None:
    class Both(Answers, Tuned, level=4, repeat=2):
        pass

    assert Both.level == 4
    assert run_of(Both, tmp_path) == 6


def test_a_misspelt_keyword_of_a_class_is_refused() -> None:
    with pytest.raises(ExperimentError, match="did you mean 'repeat'"):

        class Wrong(Answers, repaet=2):
            pass


def test_a_pydantic_model_gives_an_experiment_parameters(tmp_path: Path) -> None:
    pydantic = pytest.importorskip("pydantic")

    class Settings(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        model_config = pydantic.ConfigDict(ignored_types=(type(Answers.one),))
        temperature: float = 0.5

    class Typed(Settings, Answers):
        pass

    assert run_of(Typed(temperature=0.2), tmp_path) == 3
    with pytest.raises(pydantic.ValidationError, match="temperature"):
        Typed(temperature="hot")


def _dataclass() -> Any:
    @dataclass
    class Given(Answers):
        temperature: float = 0.5
        api_key: str = "a"

    return Given()


def _model() -> Any:
    pydantic = pytest.importorskip("pydantic")

    class Settings(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        model_config = pydantic.ConfigDict(ignored_types=(Condition,))
        temperature: float = 0.5
        api_key: str = "a"

    class Given(Settings, Answers):
        @condition
        async def two(self, item: Item) -> str:
            return "a"

    return Given()


def _plain() -> Any:
    class Given(Answers):
        def __init__(self, temperature: float = 0.5, api_key: str = "a") -> None:
            self.temperature, self.api_key = temperature, api_key
            self.made_at = object()

    return Given()


def _of_the_class() -> Any:
    class Given(Answers):
        temperature = 0.1
        api_key = "a"

    made = Given()
    made.temperature = 0.5
    return made


@pytest.mark.slow
@pytest.mark.parametrize("make", [_dataclass, _model, _plain, _of_the_class])
def test_a_parameter_that_was_changed_after_the_first_row_is_refused_by_name(
    tmp_path: Path, make: Any
) -> None:
    given = make()
    given.temperature = 0.7

    result = run_sync(given, output_dir=tmp_path, run_id="r")
    recorded = json.loads((result.folder / "config.json").read_text())["parameters"]
    given.api_key = "b"
    again = resume_sync("r", given, output_dir=tmp_path)
    given.temperature = 0.9

    assert recorded == {"temperature": 0.7}
    assert again.complete
    with pytest.raises(ResumeRefusedError, match=r"the parameter 'temperature': 0.7 -> 0.9"):
        resume_sync("r", given, output_dir=tmp_path)


def test_a_condition_that_is_defined_twice_is_refused(tmp_path: Path) -> None:
    class Twice(Answers):
        @condition
        async def other(self, item: Item) -> str:
            return "a"

        @condition  # type: ignore[no-redef]
        async def other(self, item: Item) -> str:  # noqa: F811  # the point of the test
            return "b"

    with pytest.raises(ExperimentError, match="'other' is defined twice"):
        run_sync(Twice, output_dir=tmp_path)
