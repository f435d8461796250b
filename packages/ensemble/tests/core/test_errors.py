"""Errors say what went wrong, and still do on the other side of a process border."""

import pickle

import pytest

import ensemble
from ensemble import (
    AllModelsFailedError,
    EnsembleError,
    InsufficientResponsesError,
    ModelTimeoutError,
    NoConsensusError,
    RateLimitError,
    UnknownStrategyError,
)


@pytest.mark.parametrize(
    "error",
    [
        UnknownStrategyError("best", ["majority"]),
        AllModelsFailedError({"m": ValueError("x")}),
        InsufficientResponsesError(2, 1, {}),
        NoConsensusError(["a", "b"]),
        ModelTimeoutError(20),
        RateLimitError("slow down", status=429, retry_after_s=3),
    ],
)
def test_errors_keep_message_and_data_through_pickle(error: EnsembleError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # made here

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert {key: str(value) for key, value in vars(again).items()} == {
        key: str(value) for key, value in vars(error).items()
    }


def test_every_error_of_the_library_has_one_base() -> None:
    errors = [
        value
        for name, value in vars(ensemble).items()
        if name.endswith("Error") and isinstance(value, type)
    ]

    assert len(errors) >= 16
    assert all(issubclass(error, EnsembleError) for error in errors)


@pytest.mark.parametrize(
    "kind",
    [
        each
        for each in vars(ensemble).values()
        if isinstance(each, type) and issubclass(each, EnsembleError)
    ],
    ids=lambda each: each.__name__,
)
def test_every_class_of_errors_crosses_a_process_border(kind: type[EnsembleError]) -> None:
    error = kind._from_parts(("what was wrong",), {"cost_usd": 0.5})

    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # made here

    assert type(again) is kind
    assert (again.args, again.cost_usd) == (("what was wrong",), 0.5)
