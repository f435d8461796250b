"""Decoded values of any shape, under each form."""

from contextlib import suppress
from typing import Any, get_args

import pytest

from causal_trace import Chain, ImportForm, TraceError, import_chains


@pytest.mark.parametrize(
    "payload",
    [1, 1.5, None, True, ["x"], [], [1], {}, [[]], [None], {"a": 1}, [{"a": 1}],
     {"samples": 1, "eval": 2}, {"steps": {}, "schema_version": 1}, {"entity": []},
     {"resourceSpans": [1]}],
)  # fmt: skip
@pytest.mark.parametrize("form", [*get_args(ImportForm), None])
def test_a_payload_of_another_shape_is_an_error_of_the_library_or_gives_chains(
    payload: Any, form: Any
) -> None:
    with suppress(TraceError):
        assert all(isinstance(each, Chain) for each in import_chains(payload, form=form))
