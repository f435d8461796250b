"""Options of an experiment that no store can hold as they are."""

from pathlib import Path
from typing import Any

import pytest

from telemetry_research import FileStore, Recording, open_experiment, record, recording

from ..support import shared


class Unprintable:
    def __repr__(self) -> str:
        raise SystemExit("never printed")


def test_metadata_of_an_experiment_of_any_kind_is_stored_in_a_safe_form(tmp_path: Path) -> None:
    odd: Any = {"large": shared(lambda v: [v, v]), "object": Unprintable(), 5: "\ud800"}
    with recording("odd", metadata=odd, store=FileStore(tmp_path / "e.arrows")):
        record("a.stop")

    found = open_experiment(tmp_path / "e.arrows").metadata
    assert found["large"] == {"repr": "<list with too many parts>"}
    assert len(found) == 3


def test_a_name_that_no_file_can_hold_is_stored_with_an_escape(tmp_path: Path) -> None:
    with recording("\ud800", tags=["\ud801"], store=FileStore(tmp_path / "e.arrows")):
        record("a.stop")

    found = open_experiment(tmp_path / "e.arrows")
    assert (found.name, found.tags) == ("\\ud800", ("\\ud801",))


@pytest.mark.parametrize("option", ["condition", "hypothesis", "tags", "store", "where", "seed"])
def test_an_option_of_any_kind_is_refused_in_a_text_of_bounded_length(option: str) -> None:
    given: Any = {option: shared(lambda v: [v, v])}
    with pytest.raises(TypeError) as found:
        Recording("odd", **given)

    assert len(str(found.value)) < 1000
