"""Where settings come from, the strongest first: environment, ``.env``, file.

Arguments are stronger than all of them, and the experiment's own attributes are weaker.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .._core.env_file import read_env_file
from .._core.errors import MissingExtraError, SettingsError
from .._core.files import read_toml, read_yaml
from .._core.names import suggestion
from .._core.system import read_file
from .original import translated
from .settings import CeilingSettings, Settings

_NAMES = ("crucible.toml", "crucible.yaml", "crucible.yml")
_MAX_BYTES = 2**20
# Variables of the Elixir framework; those of this library are CRUCIBLE_ and the setting's name.
_OLD_VARIABLES = {"EXPERIMENT_SEED": "seed", "RESULTS_DIR": "output_dir"}
_SIMPLE = ("output_dir", "seed", "sample_size", "repeat", "concurrency", "timeout_ms", "progress")
_LIMITS = tuple(CeilingSettings.model_fields)


def load_settings(
    file: str | Path | None = None, *, folder: str | Path = "."
) -> tuple[Settings, tuple[str, ...]]:
    """The settings of this folder and environment.

    The environment (``CRUCIBLE_SEED``, ``CRUCIBLE_MAX_COST_USD``, ...) is stronger than ``.env``,
    and that than the file. What none of them has is None.

    Args:
        file: A TOML or YAML file. Left out, ``crucible.toml``, ``crucible.yaml`` or the table
            ``[tool.crucible]`` of ``pyproject.toml`` in the folder.
        folder: Where files are looked for.

    Returns:
        The settings, and notes about keys that have no effect here.

    Raises:
        SettingsError: A file cannot be read, or a value is wrong; names the file and the key.
    """
    found, source, notes = _of_file(None if file is None else Path(file), Path(folder))
    settings = _checked(found, source)
    for variables, name in ((read_env_file(Path(folder) / ".env"), ".env"), (os.environ, "")):
        settings = _merged(settings, _of_variables(variables), name or "the environment")
    return settings, tuple(notes)


def _merged(settings: Settings, more: dict[str, Any], source: str) -> Settings:
    """The settings with others over them."""
    _checked(more, source)  # an error names where the value comes from
    before = settings.to_dict()
    ceilings = {**before.get("ceilings", {}), **more.get("ceilings", {})}
    return _checked({**before, **more, "ceilings": ceilings}, source)


def _of_file(file: Path | None, folder: Path) -> tuple[dict[str, Any], str, list[str]]:
    if file is not None:
        return _translated(_read(file), str(file))
    for name in _NAMES:
        if (folder / name).is_file():
            return _translated(_read(folder / name), name)
    project = folder / "pyproject.toml"
    if project.is_file():
        tools = _read(project).get("tool", {})
        table = tools.get("crucible", {}) if isinstance(tools, Mapping) else {}
        return _translated(table, "pyproject.toml [tool.crucible]")
    return {}, "", []


def _translated(given: Any, source: str) -> tuple[dict[str, Any], str, list[str]]:
    if not isinstance(given, Mapping):
        raise SettingsError(source, "it is not a table of settings")
    found, notes = translated(given)
    return found, source, [f"{source}: {each}" for each in notes]


def _read(file: Path) -> Any:
    try:
        text = read_file(file, most=_MAX_BYTES).decode("utf-8")
        if file.suffix == ".toml":
            return read_toml(text)
        return read_yaml(text) or {}
    except MissingExtraError:
        raise
    except (OSError, ValueError) as error:
        raise SettingsError(str(file), f"it cannot be read: {error}") from error
    except Exception as error:  # the errors of YAML have no standard type
        raise SettingsError(str(file), f"it is not YAML: {error}") from error


def _of_variables(variables: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, name in _OLD_VARIABLES.items():
        if variables.get(variable):
            found[name] = variables[variable]
    for name in _SIMPLE:
        value = variables.get(f"CRUCIBLE_{name.upper()}")
        if value:
            found[name] = value
    formats = variables.get("CRUCIBLE_FORMATS")
    if formats:
        found["formats"] = [each.strip() for each in formats.split(",")]
    limits = {name: variables.get(f"CRUCIBLE_{name.upper()}") for name in _LIMITS}
    if any(limits.values()):
        found["ceilings"] = {name: value for name, value in limits.items() if value}
    return found


def _checked(found: Mapping[str, Any], source: str) -> Settings:
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            known = (*Settings.model_fields, *_LIMITS)
            last = str(first["loc"][-1])
            raise SettingsError(
                source, f"{key} is not a setting{suggestion(last, known)}"
            ) from error
        raise SettingsError(source, f"{key}: {first['msg']} (got {first['input']!r})") from error
