"""What a worker begins with: the experiment and the user's modules, without any key.

Modules travel as source, so that what they make on import is made again in each worker. Classes of
a notebook or a script travel by value. A known key travels as the name of its variable, and the
worker reads the variable of its own environment.
"""

import io
import os
import pickle
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from .._core.errors import MissingExtraError, TransferError
from .._core.secrets import keys_by_value
from .._core.text import error_text, type_name
from .._definition.experiment import Experiment
from .._plan.preparation import PreparedExperiment
from .modules import Source, install, user_sources


class _Bundle(msgspec.Struct, frozen=True):
    sources: list[Source]
    experiment: bytes
    scorer: str
    run_id: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What a worker has read from a bundle.

    Attributes:
        experiment: The experiment, before its ``setup``.
        scorer: The name of its scorer.
        run_id: The run.
    """

    experiment: Experiment
    scorer: str
    run_id: str


def pickled_experiment(prepared: PreparedExperiment) -> bytes:
    """The experiment as bytes, with nothing that cannot travel.

    Args:
        prepared: The experiment, before its ``setup``.

    Raises:
        TransferError: A part of it cannot be sent; names the part.
        MissingExtraError: cloudpickle is not installed.
    """
    data = _dumped(prepared.experiment, _parts(prepared.experiment))
    for item in prepared.items:
        try:
            pickle.dumps(item)
        except Exception as error:
            raise TransferError(f"item {item.id!r} of the data", _reason(error)) from error
    return data


def bundle_of(prepared: PreparedExperiment, experiment: bytes, run_id: str) -> bytes:
    """What a worker begins with.

    Args:
        prepared: The experiment.
        experiment: What ``pickled_experiment`` made of it.
        run_id: The run.
    """
    bundle = _Bundle(
        sources=user_sources(type(prepared.experiment)),
        experiment=experiment,
        scorer=prepared.experiment.scorer or prepared.items.scorer,
        run_id=run_id,
        folder=str(Path.cwd()),
    )
    return _dumped(bundle, {})


def unpacked(data: bytes) -> Arrived:
    """Read a bundle in a worker.

    Args:
        data: What ``bundle_of`` made.

    Raises:
        Exception: A module of the user cannot be imported here, or a variable is missing.
    """
    bundle: _Bundle = _loaded(data)
    if Path(bundle.folder).is_dir():
        os.chdir(bundle.folder)  # files with relative names, and the .env beside them
    install(bundle.sources)
    experiment = _loaded(bundle.experiment)
    return Arrived(experiment=experiment, scorer=bundle.scorer, run_id=bundle.run_id)


def _dumped(value: Any, parts: Mapping[str, Any]) -> bytes:
    try:
        return _dump(value)
    except MissingExtraError:
        raise
    except Exception as error:
        for name, part in parts.items():
            try:
                _dump(part)
            except Exception as cause:
                raise TransferError(name, _reason(cause)) from cause
        raise TransferError("the experiment", _reason(error)) from error


def _parts(experiment: Experiment) -> dict[str, Any]:
    """The parts of an experiment by name, to find the one that cannot be sent."""
    kind = type(experiment)
    found = {f"attribute {name!r}": value for name, value in vars(experiment).items()}
    for each in experiment.all_conditions():
        function = getattr(each.function, "__func__", each.function)
        used = getattr(getattr(function, "__code__", None), "co_names", ())
        known = getattr(function, "__globals__", {})
        found |= {
            f"{name!r}, which condition {each.name!r} uses,": known[name]
            for name in used
            if name in known
        }
    return found | {
        f"attribute {name!r} of {kind.__name__}": value
        for name, value in vars(kind).items()
        if not name.startswith("__")
    }


def _dump(value: Any) -> bytes:
    cloudpickle: Any = _cloudpickle()
    keys = keys_by_value()

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # an untyped base
        """Replaces keys by the names of their variables."""

        def persistent_id(self, value: Any) -> Any:
            if keys and type(value) in (str, bytes):
                return _without_keys(value, keys)
            return None

    file = io.BytesIO()
    Pickler(file, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return file.getvalue()


def _without_keys(value: str | bytes, keys: Mapping[str, str]) -> Any:
    """The text in pieces, each a text or the name of a variable; None for a text without keys."""
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
    pieces: list[tuple[bool, str]] = [(False, text)]
    for key, name in keys.items():
        if key in text:
            pieces = [part for piece in pieces for part in _cut(piece, key, name)]
    if len(pieces) == 1:
        return None
    return ("keys", isinstance(value, bytes), tuple(pieces))


def _cut(piece: tuple[bool, str], key: str, name: str) -> list[tuple[bool, str]]:
    if piece[0]:
        return [piece]
    found: list[tuple[bool, str]] = []
    for text in piece[1].split(key):
        found += [(False, text), (True, name)]
    return found[:-1]


def _loaded(data: bytes) -> Any:
    class Unpickler(pickle.Unpickler):
        """Puts in the keys of this process."""

        def persistent_load(self, found: Any) -> Any:
            _, as_bytes, pieces = found
            text = "".join(_key(value) if named else value for named, value in pieces)
            return text.encode("utf-8", "surrogateescape") if as_bytes else text

    return Unpickler(io.BytesIO(data)).load()


def _key(name: str) -> str:
    value = {name: key for key, name in keys_by_value().items()}.get(name)
    if value is None:
        raise LookupError(
            f"the variable {name} is not set in the environment of the worker on"
            f" {socket.gethostname()}; keys are not sent, so set it where the worker is started"
        )
    return value


def _cloudpickle() -> Any:
    try:
        import cloudpickle
    except ImportError as error:
        raise MissingExtraError("ray", "cloudpickle") from error
    return cloudpickle


def _reason(error: BaseException) -> str:
    return f"{type_name(error)}: {error_text(error)}"
