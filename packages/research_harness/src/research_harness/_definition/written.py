"""An experiment as a YAML or TOML file, for studies that need no code of their own."""

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .._core.errors import ExperimentFileError, MissingExtraError
from .._core.files import read_toml, read_yaml
from .._core.system import read_file
from .ceilings import Ceiling, Ceilings
from .condition import Condition
from .criteria import Criterion
from .dataset import DatasetSpec
from .experiment import Experiment
from .retries import Retries
from .stop_when import StopWhen

SUFFIXES = (".yaml", ".yml", ".toml")
_MAX_BYTES = 2**24
_ASK = ("temperature", "max_tokens", "seed", "system", "top_p")
_PREDICT = ("strategy", "normalize", "execution", "samples", "tie_break", "min_responses")


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenCondition(_Checked):
    """A condition: one model that is asked, or several that vote.

    A value of ``grid`` lists what a field takes in turn; each combination is a condition.
    """

    model: str | dict[str, Any] | None = None
    models: list[str | dict[str, Any]] | None = None
    prompt: str | None = None
    description: str = ""
    temperature: float | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = None
    system: str | None = None
    top_p: float | None = None
    strategy: str | None = None
    normalize: str | None = None
    execution: Literal["parallel", "sequential", "cascade", "hedged"] | None = None
    samples: int | None = Field(default=None, ge=1)
    tie_break: str | None = None
    min_responses: int | None = Field(default=None, ge=1)
    grid: dict[str, list[Any]] = {}


class WrittenExperiment(_Checked):
    """The keys of a file; those that ``Experiment`` has too mean the same."""

    name: str
    conditions: dict[str, WrittenCondition] = Field(min_length=1)
    dataset: str | dict[str, Any] | list[dict[str, Any]]
    metrics: list[str] = ["accuracy"]
    models: list[str | dict[str, Any]] = []
    description: str = ""
    hypothesis: str = ""
    author: str = ""
    tags: list[str] = []
    sample_size: int | None = None
    control: str = ""
    criteria: list[dict[str, Any]] = []
    repeat: int = 1
    seed: int = 0
    randomize: bool = True
    concurrency: int = 10
    timeout_ms: float | None = 60_000
    virtual_time: bool = False
    traces: bool = False
    scorer: str | None = None
    scorers: list[str] = []
    clusters: str = ""
    alpha: float = 0.05
    formats: list[str] = ["markdown", "html"]
    ceilings: dict[str, Any] = {}
    retries: dict[str, Any] | None = None
    stop_when: dict[str, Any] | None = None


_PARTS = ("conditions", "models", "dataset", "criteria", "ceilings", "retries", "stop_when")


def written_experiment(file: Path, content: bytes | None = None) -> type[Experiment]:
    """The experiment that a YAML or TOML file describes.

    Args:
        file: The file.
        content: What it held when it was read; None reads it.

    Raises:
        ExperimentFileError: It cannot be read, or a key or a value is wrong; names the key.
    """
    found = _checked(file, _read(file, content))
    attributes: dict[str, Any] = {
        name: getattr(found, name) for name in WrittenExperiment.model_fields if name not in _PARTS
    }
    try:
        attributes |= {
            "dataset": _dataset(found.dataset),
            "models": tuple(_bare_model("models", each) for each in found.models),
            "criteria": tuple(Criterion(**each) for each in found.criteria),
            "ceilings": _ceilings(found.ceilings),
            "retries": None if found.retries is None else Retries(**found.retries),
            "stop_when": None if found.stop_when is None else StopWhen(**found.stop_when),
        }
        conditions = tuple(
            each for name, spec in found.conditions.items() for each in _conditions(name, spec)
        )
    except (TypeError, ValueError) as error:  # a value class names the field
        raise ExperimentFileError(file, str(error)) from error
    # A module of its own: the class is not a part of this library.
    attributes |= {"conditions": conditions, "__module__": f"study_{file.stem}"}
    kind: type[Experiment] = type("WrittenStudy", (Experiment,), attributes)
    return kind


def _read(file: Path, content: bytes | None) -> Any:
    try:
        if content is None:
            content = read_file(file, most=_MAX_BYTES)
        text = content.decode("utf-8")
        if file.suffix == ".toml":
            return read_toml(text)
        return read_yaml(text)
    except MissingExtraError:
        raise
    except (OSError, ValueError) as error:
        raise ExperimentFileError(file, f"cannot be read: {error}") from error
    except Exception as error:  # the errors of YAML have no standard type
        raise ExperimentFileError(file, f"is not YAML: {error}") from error


def _checked(file: Path, found: Any) -> WrittenExperiment:
    try:
        return WrittenExperiment.model_validate(found)
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}"
            for each in error.errors()
        ]
        raise ExperimentFileError(file, "; ".join(lines)) from error


def _dataset(given: Any) -> Any:
    if isinstance(given, dict):
        return DatasetSpec(**given)
    return DatasetSpec(given) if isinstance(given, str) else given


def _ceilings(given: Mapping[str, Any]) -> Ceilings:
    groups = {
        name: {key: Ceiling(**each) for key, each in given.get(name, {}).items()}
        for name in ("conditions", "providers")
    }
    return Ceilings(**{**given, **groups})


def _conditions(name: str, spec: WrittenCondition) -> Iterator[Condition[..., Any]]:
    """The condition, or one for each combination of its grid."""
    for values in itertools.product(*spec.grid.values()):
        combination = dict(zip(spec.grid, values, strict=True))
        # Checked again: the values of a grid are values of the fields.
        given = {**spec.model_dump(exclude={"grid"}), **combination}
        own = WrittenCondition.model_validate(given)
        label = ", ".join(f"{key} {_short(value)}" for key, value in combination.items())
        yield Condition(
            name=f"{name} ({label})" if label else name,
            function=_function(name, own),
            description=own.description,
        )


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("simulated") or value.get("name") or value)
    return re.sub(r"\s+", " ", str(value))[:40]


def _function(name: str, spec: WrittenCondition) -> Callable[[Any], Any]:
    import ensemble

    if spec.model is not None and spec.models is not None:
        raise ValueError(f"conditions.{name}: give either model or models")
    models = [_model(name, each, spec.prompt) for each in spec.models or ()]
    options = {key: getattr(spec, key) for key in _ASK if getattr(spec, key) is not None}
    voting = {key: getattr(spec, key) for key in _PREDICT if getattr(spec, key) is not None}
    if spec.models is None and voting:
        raise ValueError(f"conditions.{name}: {', '.join(voting)} are for several models")
    written = json.dumps(spec.model_dump(exclude={"description"}), sort_keys=True)

    if spec.models is None:
        return _asking(name, spec, options, written)

    async def predict(item: Any) -> Any:
        assert written  # noqa: S101  # same
        return await ensemble.predict(item, models=models, **options, **voting)

    return predict


def _asking(
    name: str, spec: WrittenCondition, options: dict[str, Any], written: str
) -> Callable[..., Any]:
    """A condition of one model: its own, or each one of the file's ``models`` and ``--model``."""
    import ensemble

    own = None if spec.model is None else _bare_model(f"conditions.{name}", spec.model)
    prompted: Any = None if own is None else _prompted(name, own, spec.prompt)
    _check_prompt(name, spec.prompt)

    async def ask(item: Any, *, model: Any) -> Any:
        assert written  # noqa: S101  # a part of what the condition is: its text is recorded
        asked = prompted if model is own else _prompted(name, model, spec.prompt)
        return await ensemble.ask(item, model=asked, **options)

    if own is not None:
        ask.__kwdefaults__ = {"model": own}
    return ask


def _model(name: str, given: Any, prompt: str | None) -> Any:
    """A model by its name, or a simulated one, with the prompt of the condition."""
    return _prompted(name, _bare_model(f"conditions.{name}", given), prompt)


def _bare_model(where: str, given: Any) -> Any:
    import ensemble

    if isinstance(given, str):
        return ensemble.as_model(given)
    if "simulated" in given:
        rest = {key: value for key, value in given.items() if key != "simulated"}
        return ensemble.SimulatedModel(str(given["simulated"]), **rest)
    raise ValueError(f"{where}: {given!r} is not a name or a simulated model")


def _check_prompt(name: str, prompt: str | None) -> None:
    if prompt is not None and "{input}" not in prompt:
        raise ValueError(f"conditions.{name}: the prompt has no {{input}}, where the question goes")


def _prompted(name: str, model: Any, prompt: str | None) -> Any:
    """The model with the prompt of the condition."""
    import ensemble

    if prompt is None:
        return model
    _check_prompt(name, prompt)
    return ensemble.Variant(model, model.name, prompt=lambda text: prompt.replace("{input}", text))
