"""Labels of rows by people, from a mapping or a CSV file."""

import csv
from collections.abc import Mapping
from pathlib import Path

from .._core.errors import LabelsError
from .._core.files import bounded_lines
from .._core.system import open_plain_text

_RIGHT = frozenset({"1", "1.0", "right", "true", "yes"})
_WRONG = frozenset({"0", "0.0", "wrong", "false", "no"})


def read_labels(given: Mapping[int, bool] | str | Path) -> dict[int, bool]:
    """The labels by the number of the row.

    Args:
        given: A mapping, or a CSV file with the columns ``row`` and ``right``.

    Raises:
        LabelsError: The file cannot be read, or a line is wrong; names it.
    """
    if isinstance(given, Mapping):
        return {int(row): bool(right) for row, right in given.items()}
    path = Path(given)
    try:
        with open_plain_text(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(bounded_lines(file, path))
            missing = {"row", "right"} - set(reader.fieldnames or ())
            if missing:
                raise LabelsError(
                    f"{path}: there is no column {min(missing)!r}; a file of labels has the"
                    " columns row and right"
                )
            return _labels(path, reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelsError(f"{path} cannot be read: {error}") from error


def _labels(path: Path, reader: "csv.DictReader[str]") -> dict[int, bool]:
    found: dict[int, bool] = {}
    for line in reader:
        row, mark = (str(line[name] or "").strip() for name in ("row", "right"))
        if not mark:
            continue  # a row that was not labelled
        where = f"{path}, line {reader.line_num}"
        if not row.isdecimal():
            raise LabelsError(f"{where}: {row!r} is not the number of a row")
        if mark.lower() not in _RIGHT | _WRONG:
            raise LabelsError(f"{where}: {mark!r} is neither right nor wrong, 1 nor 0")
        right = mark.lower() in _RIGHT
        if found.setdefault(int(row), right) != right:
            raise LabelsError(f"{where}: row {row} is both right and wrong")
    return found
