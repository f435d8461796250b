"""Old names work for one more minor version."""

from pathlib import Path
from typing import Any

import pytest

import causal_trace
from causal_trace import Chain, load_chain, save_chain


@pytest.mark.parametrize(
    ("old", "new"), [("Event", "TraceEvent"), ("load", "load_chain"), ("save", "save_chain")]
)
def test_an_old_name_works_and_warns(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"causal_trace.{old} is now causal_trace.{new}"):
        assert getattr(causal_trace, old) is getattr(causal_trace, new)

    assert old not in causal_trace.__all__


def test_an_old_argument_works_and_warns(tmp_path: Path) -> None:
    chain = Chain(name="c")
    old: dict[str, Any] = {"storage_dir": tmp_path}

    with pytest.warns(DeprecationWarning, match="storage_dir= is now folder="):
        save_chain(chain, **old)
    with pytest.warns(DeprecationWarning, match="storage_dir= is now folder="):
        assert load_chain(chain.id, **old) == chain


def test_the_old_and_the_new_argument_together_are_refused(tmp_path: Path) -> None:
    old: dict[str, Any] = {"storage_dir": tmp_path}

    with pytest.raises(TypeError, match="give folder only"):
        load_chain("c", folder=tmp_path, **old)
