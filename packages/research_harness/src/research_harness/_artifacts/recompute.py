"""What a run shows and records, computed again from its rows, settings and files."""

import io
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .._analysis.answers import AnswerCounts
from .._analysis.schema import Analysis
from .._core.files import is_there, read_json
from .._core.secrets import redacted_text
from .._core.system import open_plain_text
from .._definition.ceilings import LatencyBudget
from .._definition.condition import Condition
from .._definition.criteria import Criterion
from .._definition.experiment import Experiment
from .._definition.metrics import Metric
from .._definition.stop_when import StopWhen
from .._design.stored import RecordedPlaces, design_of
from .._outcome.row import Row
from .._plan.plan import Plan
from .._plan.preparation import PreparedExperiment, prepare
from .._rows.cells import Cells, ResultColumns, in_batches
from .._rows.columns import RowColumns
from .._rows.store import JournalRows
from .differences import (
    Difference,
    TableReader,
    csv_differences,
    json_differences,
    open_csv,
    parquet_differences,
    without_metrics,
)
from .environment import other_versions
from .finish import analysis_of
from .folder import RunFolder
from .manifest import file_hash
from .records import record_hashes
from .reports import run_report, write_reports
from .tables import arrow_schema, arrow_table, csv_head, csv_text

_CSV, _PARQUET = "results.csv", "results.parquet"
_MOST_DOUBLED = 20
_MORE = 1 << 20  # characters
_SCORER = "exact_match"  # nothing is scored again; any known name does


def prepared_from(
    config: dict[str, Any], items: Any, places: RecordedPlaces | None = None
) -> PreparedExperiment | None:
    """The experiment of a run as far as its analysis needs it, from its settings.

    Args:
        config: ``config.json``.
        items: The data set of the run.
        places: Of a design of the user's own, the places of its rows.

    Returns:
        The experiment without its code and without metrics that are functions; None for a run of
        a version that did not record its claims.
    """
    reading = config.get("reading")
    if reading is None:
        return None
    metrics = [Metric(**each) for each in reading["metrics"] if each["column"] is not None]
    names = {each.name for each in metrics}
    made = Experiment()
    for name in ("name", "control", "repeat", "randomize", "alpha", "virtual_time", "timeout_ms"):
        setattr(made, name, config[name])
    made.clusters = config.get("clusters", "")
    for name, value in reading["settings"].items():
        setattr(made, name, value)
    if reading.get("stop_when") is not None:
        made.stop_when = StopWhen(**reading["stop_when"])
        if made.stop_when.metric not in names:
            made.stop_when = None  # its function is not there
    if reading.get("latency_budget") is not None:
        made.latency_budget = LatencyBudget(**reading["latency_budget"])
    made.dataset = items
    made.scorer = _SCORER
    made.design = design_of(config.get("design"), places)
    made.conditions = recorded_conditions(config)
    made.metrics = metrics
    made.criteria = [Criterion(**each) for each in reading["criteria"] if each["metric"] in names]
    if not metrics:
        return None
    prepared = prepare(made, seed=config["seed"])
    prepared.config["control"] = config["control"]
    return prepared


def recorded_conditions(config: Mapping[str, Any]) -> list[Condition[..., Any]]:
    """The conditions of a run without their code.

    Args:
        config: ``config.json``.
    """
    return [
        Condition(name=each["name"], function=_not_called, levels=each.get("levels", {}))
        for each in config["conditions"]
    ]


def _not_called(item: Any) -> Any:
    """In place of a condition, whose code the folder does not have."""
    return item


def analysis_differences(
    folder: RunFolder,
    config: dict[str, Any],
    rows: Sequence[Row],
    prepared: PreparedExperiment | None,
    *,
    answers: AnswerCounts | None = None,
    columns: RowColumns | None = None,
) -> Iterator[Difference]:
    """Where the analysis and the reports are not what the rows give.

    Args:
        folder: The run.
        config: Its settings.
        rows: The rows of its journal.
        prepared: What ``prepared_from`` makes of the settings.
        answers: What the log of responses counts; read from the run when left out.
        columns: The rows as columns; made from the rows when left out.
    """
    if not is_there(folder.file("analysis.json")):
        return  # the manifest says so
    found: Analysis = read_json(folder.file("analysis.json"))
    beside = folder.beside("analysis.json")
    if beside.is_file():
        copy = read_json(beside)
        yield from json_differences(f"../{beside.name}", "", found, copy)
    yield from _environment_differences(folder)
    exact = not other_versions(read_json(folder.file("environment.json")))
    if prepared is not None:
        again = analysis_of(
            prepared, rows, folder, stopped=found["stopped"], answers=answers, columns=columns
        )
        again["origin"] = _origin(again, config)
        left_out = _functions(config)
        values = (_rounded(without_metrics(each, left_out), exact=exact) for each in (again, found))
        yield from json_differences("analysis.json", "", *values)
        if exact:
            yield from _report_differences(folder, config["reading"]["settings"]["formats"])


def table_differences(
    folder: RunFolder, plan: Plan, rows: JournalRows, columns: RowColumns | None = None
) -> Iterator[Difference]:
    """Where the tables are not what the journal gives.

    The rows are read once, in batches. Only a file that differs is looked at cell by cell.

    Args:
        folder: The run.
        plan: Its plan.
        rows: The rows of its journal.
        columns: Takes the rows as they are read.
    """
    results = ResultColumns(plan, rows)
    for name in _differing(folder, results, rows, columns):
        cells = (results.of(batch) for batch in in_batches(rows))
        if name == _PARQUET:
            tables = (arrow_table(results.names, each) for each in cells)
            schema = arrow_schema(results.names)
            yield from parquet_differences(
                name, tables, folder.file(name), unit="row", schema=schema
            )
        else:
            texts = chain([csv_head(results.names)], _csv_texts(results.names, cells))
            with open_csv(folder.file(name)) as file:
                yield from csv_differences(name, _lines_of(texts), file)


def _differing(
    folder: RunFolder, results: ResultColumns, rows: JournalRows, columns: RowColumns | None
) -> list[str]:
    """The tables that differ from the rows, by their paths in the folder."""
    beside = folder.beside(_CSV)
    names = [_CSV, *([f"../{beside.name}"] if beside.is_file() else [])]
    head = csv_head(results.names)
    with ExitStack() as stack:
        texts = {name: stack.enter_context(open_csv(folder.file(name))) for name in names}
        differing = {name for name, file in texts.items() if file.read(len(head)) != head}
        table = None
        if folder.file(_PARQUET).is_file():
            table = stack.enter_context(
                TableReader(folder.file(_PARQUET), arrow_schema(results.names))
            )
        for batch in in_batches(rows):
            cells = results.of(batch)
            if columns is not None:
                columns.add_all(batch, rows.item_number)
            text = redacted_text(csv_text(results.names, cells))
            differing |= {name for name, file in texts.items() if file.read(len(text)) != text}
            if table is not None:
                table.compare(arrow_table(results.names, cells))
        differing |= {name for name, file in texts.items() if file.read(1)}
        if table is not None and not table.equal:
            names.append(_PARQUET)
            differing.add(_PARQUET)
    return [name for name in names if name in differing]


def _csv_texts(names: Sequence[str], batches: Iterable[Cells]) -> Iterator[str]:
    return (redacted_text(csv_text(names, cells)) for cells in batches)


def _lines_of(texts: Iterable[str]) -> Iterator[str]:
    return (line for text in texts for line in io.StringIO(text, newline=""))


def record_differences(manifest: dict[str, Any], folder: RunFolder) -> Iterator[Difference]:
    """Where a record is not what it was at the end of the run.

    Args:
        manifest: The manifest; that of a run of before 0.2 has no such hashes.
        folder: The run.

    Raises:
        OutputError: An event file cannot be read, or a line of a log is too long.
        JournalError: A part of a log is damaged.
    """
    expected = manifest.get("records")
    if expected is None:
        return
    found = record_hashes(folder)
    for name in sorted({*expected, *found}):
        first, second = expected.get(name, "no record"), found.get(name, "no record")
        if first != second:
            yield Difference(
                file=name, location="values", first=f"manifest {first[:12]}", second=second[:12]
            )


class DoubledRows:
    """Looks for rows that the journal has twice.

    A row that was asked or marked again differs from the one before it, at least in its times.

    Args:
        planned: The number of rows of the plan.

    Attributes:
        found: The first of them.
    """

    def __init__(self, planned: int) -> None:
        self.found: list[Difference] = []
        self._before = array("q", [-1]) * planned

    def look(self, index: int, text: bytes) -> None:
        """Take the next line.

        Args:
            index: The number of its row.
            text: The row.
        """
        before = self._before
        if not 0 <= index < len(before):
            return
        value = zlib.crc32(text)
        if before[index] == value and len(self.found) < _MOST_DOUBLED:
            self.found.append(
                Difference(
                    file="checkpoints/journal.jsonl",
                    location=f"row {index}",
                    first="each line once",
                    second="the same line again",
                )
            )
        before[index] = value


def functions_text(config: dict[str, Any]) -> str:
    """Which metrics cannot be computed again, in words; empty when all can."""
    names = sorted(_functions(config))
    return (
        f" (without {', '.join(names)}, whose functions the folder does not have)" if names else ""
    )


def _functions(config: dict[str, Any]) -> frozenset[str]:
    reading = config.get("reading") or {"metrics": []}
    return frozenset(each["name"] for each in reading["metrics"] if each["column"] is None)


def _origin(again: Analysis, config: dict[str, Any]) -> Any:
    """The origin of the numbers; whether questions are generated is in the settings only."""
    made = bool(config["dataset"]["synthetic"])
    sources = again["origin"]["sources"]
    reasons = [
        text
        for text, holds in (
            ("the questions are generated", made),
            ("the models are simulated", "simulated" in sources),
            ("time is simulated", config["virtual_time"]),
        )
        if holds
    ]
    return {
        "sources": sources,
        "synthetic_data": made,
        "virtual_time": config["virtual_time"],
        "simulated": "simulated" in sources or made,
        "reasons": reasons,
    }


def _environment_differences(folder: RunFolder) -> Iterator[Difference]:
    """Whether the environment is what the run began with: nothing can compute it again."""
    recorded = read_json(folder.state).get("environment_sha256")  # absent before 0.2
    found = file_hash(folder.file("environment.json"))
    if recorded is not None and recorded != found:
        yield Difference(file="environment.json", location="", first=str(recorded), second=found)


def _report_differences(folder: RunFolder, formats: Sequence[str]) -> Iterator[Difference]:
    """Where a report is not what the files of the run give."""
    with TemporaryDirectory() as target:
        written = write_reports(run_report(folder), folder, formats, Path(target), checked=False)
        for expected in written.values():
            found = folder.path.parent / expected.name
            if found.is_file():
                text = expected.read_text("utf-8", "replace")
                with open_plain_text(found, errors="replace") as file:
                    # What is much longer is another text: the rest of it is not needed.
                    there = file.read(2 * len(text) + _MORE)
                yield from _line_differences(f"../{found.name}", text, there)


def _line_differences(name: str, expected: str, found: str) -> Iterator[Difference]:
    first, second = expected.splitlines(), found.splitlines()
    for number, (one, two) in enumerate(zip(first, second, strict=False), start=1):
        if one != two:
            yield Difference(file=name, location=f"line {number}", first=one[:80], second=two[:80])
            return
    if len(first) != len(second):
        ends = f"{len(first)} lines", f"{len(second)} lines"
        yield Difference(file=name, location="", first=ends[0], second=ends[1])


def _rounded(value: Any, *, exact: bool) -> Any:
    """JSON with numbers of six digits, unless the same versions must give the same numbers."""
    if exact:
        return value
    if isinstance(value, dict):
        return {key: _rounded(each, exact=exact) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each, exact=exact) for each in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
