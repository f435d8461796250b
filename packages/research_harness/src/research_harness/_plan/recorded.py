"""The rows that a design of the user's own assigned, in a file: ``plan.json``."""

from pathlib import Path
from typing import Any

from .._core.files import read_json, write_json
from .._design.layout import Place
from .._design.stored import RecordedPlaces, is_recorded_whole
from .plan import Plan

PLAN = "plan.json"


def write_plan(plan: Plan, folder: Path) -> None:
    """Write the places of the rows, where the design cannot be made again from its settings.

    Args:
        plan: The plan.
        folder: The folder of the run.
    """
    if is_recorded_whole(plan.design):
        return
    columns = dict(zip(Place._fields, zip(*plan.places(), strict=True), strict=True))
    phases = [(each.start, each.stop) for each in plan.phases]
    write_json(folder / PLAN, {"columns": columns, "phases": phases})


def read_places(folder: Path) -> RecordedPlaces | None:
    """The places of the rows; None where the folder does not have them.

    Args:
        folder: The folder of the run.

    Raises:
        OutputError: The file is not JSON.
        ValueError: It does not have the form of places.
        KeyError: A field is missing.
    """
    if not (folder / PLAN).is_file():
        return None
    found: Any = read_json(folder / PLAN)
    return RecordedPlaces(found["columns"], found["phases"])
