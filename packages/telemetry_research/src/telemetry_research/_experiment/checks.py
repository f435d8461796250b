"""Checks the options of a recording when they are given, not at the first event."""

import math
from collections.abc import Mapping
from typing import Any

from .._capture.sampling import Reservoir
from .._core.safe import repr_of

_STORE_METHODS = ("open", "write", "batches", "close")


def check_options(**options: Any) -> None:
    """Refuse options of the wrong kind.

    Raises:
        TypeError: An option has the wrong type.
        ValueError: An option has an impossible value.
    """
    _check_texts(options)
    for name in ("tags", "include", "exclude"):
        _check_list(name, options[name])
    _check_numbers(options)
    store, sampling, where = (options[name] for name in ("store", "sampling", "where"))
    if store is not None and not all(hasattr(store, each) for each in _STORE_METHODS):
        raise TypeError(
            f"store={repr_of(store)} is not a store; give FileStore(path) or another store"
        )
    if not (
        sampling is None or isinstance(sampling, Reservoir) or hasattr(sampling, "probability")
    ):
        raise TypeError(
            f"sampling={repr_of(sampling)} is not a sampling; give Uniform({repr_of(sampling)})"
        )
    if where is not None and not callable(where):
        raise TypeError(
            f"where={repr_of(where)} is not a function of name, measurements and metadata"
        )
    if options["metadata"] is not None and not isinstance(options["metadata"], Mapping):
        raise TypeError(f"metadata={repr_of(options['metadata'])} is not a mapping; give a dict")


def _check_texts(options: Mapping[str, Any]) -> None:
    for name in ("name", "condition", "hypothesis"):
        value = options[name]
        if not isinstance(value, str) and not (name == "hypothesis" and value is None):
            raise TypeError(f"{name}={repr_of(value)} is not a text; give a str")
    if not options["name"].strip():
        raise ValueError("name is empty: give the experiment a name to find it by")


def _check_list(name: str, values: Any) -> None:
    if isinstance(values, str) or not all(isinstance(each, str) for each in values):
        raise TypeError(
            f"{name}={repr_of(values)} is not a list of texts; give [{repr_of(values)}]"
        )


def _check_numbers(options: Mapping[str, Any]) -> None:
    seed, size = options["seed"], options["sample_size"]
    if not isinstance(seed, int):
        raise TypeError(f"seed={repr_of(seed)} is not an integer")
    if size is not None and not size >= 0:
        raise ValueError(
            f"sample_size={repr_of(size)}: give the planned number of requests, or None"
        )
    if not options["stop_timeout_ms"] >= 0:
        given = options["stop_timeout_ms"]
        raise ValueError(f"stop_timeout_ms={given}: give milliseconds from 0 up")
    interval, pending = options["flush_interval_ms"], options["max_pending"]
    if not 0 < interval < math.inf or not pending >= 1:
        given = f"flush_interval_ms={interval}, max_pending={pending}"
        raise ValueError(f"{given}: give positive numbers")
