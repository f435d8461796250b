"""The errors of this library.

HarnessError
├── ExperimentError (ValueError)          the class is not runnable; lists every problem
├── UnknownMetricError (ValueError)       no metric has this name
├── UnknownDatasetOptionError (ValueError, TypeError)  DatasetSpec has no option of this name
├── ExperimentFileError (ValueError)      a file holds no experiment, or several
├── OutputError (OSError)                 the output folder cannot be written
├── RunExistsError (FileExistsError)      the artifact folder is already there
├── RunIdError (ValueError)               the id of a run is not a plain file name
├── RunNotFoundError (FileNotFoundError)  no such run
├── RunLockedError (RuntimeError)         another process is writing this run
├── ResumeRefusedError (ValueError)       the experiment or its data changed since the run began
├── RevoteError (ValueError)              the votes of a run cannot be counted again so
├── ReplayRefusedError (ValueError)       a run cannot be replayed with this experiment
├── JournalError (OSError)                the journal cannot be written or is not a journal
├── RunningLoopError (RuntimeError)       a function for scripts was called inside an event loop
├── UntrustedFileError (PermissionError)  not begun here; its file is not run unasked
├── MetricError (ValueError)              a metric's function failed
├── ComparisonError (ValueError)          logs that cannot be compared
│   └── MismatchError                     they hold different items
├── ScorerError (ValueError)              the scorer failed when answers were scored again
├── CeilingReachedError (RuntimeError)    a call was refused because a ceiling is reached
├── EditRefusedError (ValueError)         a score cannot be changed so
├── SettingsError (ValueError)            a configuration file or variable is wrong
├── MissingExtraError (ImportError)       an optional dependency is not installed
├── RequestRefusedError (ValueError)      a run cannot be asked to do this
├── HostError (ValueError)                the dashboard cannot be served there
├── SetupError (RuntimeError)             the experiment's setup raised; no row was begun
└── OutcomeError (TypeError)              a condition returned something no outcome can be made from
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from .names import other_kind, suggestion
from .text import on_lines, typed

_MAX_SHOWN = 5


class HarnessError(Exception):
    """The base class of this library's errors."""

    _lines: tuple[str, ...] = ()  # of a text with more than one
    way_on = ""  # how far a run has come, and how to go on

    def __str__(self) -> str:
        lines = self._lines or (super().__str__(),)
        return on_lines([*lines, self.way_on] if self.way_on else lines)


class ExperimentError(HarnessError, ValueError):
    """The experiment cannot run; ``problems`` lists everything that is wrong with it."""

    def __init__(self, experiment: str, problems: Sequence[str]) -> None:
        self.experiment: str = experiment
        self.problems: tuple[str, ...] = tuple(problems)
        listed = (f"  - {problem}" for problem in self.problems)
        self._lines = (f"{experiment} cannot run:", *listed)
        super().__init__("\n".join(self._lines))


class UnknownMetricError(HarnessError, ValueError):
    """No metric has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name: str = name
        self.known: tuple[str, ...] = tuple(sorted(known))
        super().__init__(
            f"unknown metric {name!r}{suggestion(name, self.known)};"
            f" known: {', '.join(self.known)}, latency_p<1..99.9>."
            f" A number that your conditions return is declared with returns = [{name!r}];"
            " add a new one with register_metric(name, Metric(...)), or put a Metric in the list"
        )


class UnknownDatasetOptionError(HarnessError, ValueError, TypeError):
    """``DatasetSpec`` has no option of this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name: str = name
        self.known: tuple[str, ...] = tuple(sorted(known))
        super().__init__(
            f"DatasetSpec: unknown option {name!r}{suggestion(name, self.known)};"
            f" known: {', '.join(self.known)}"
        )


class RunningLoopError(HarnessError, RuntimeError):
    """A function for scripts was called inside a running event loop."""

    def __init__(self, name: str) -> None:
        self.name: str = name
        asynchronous = name.removesuffix("_sync")
        super().__init__(
            f"`{name}` cannot run inside a running event loop; use `await {asynchronous}(...)`"
        )


class ExperimentFileError(HarnessError, ValueError):
    """A file does not hold the one experiment that was asked for."""

    def __init__(self, path: Path, message: str) -> None:
        self.path: Path = path
        super().__init__(f"{path}: {message}")


class OutputError(HarnessError, OSError):
    """The output folder cannot be created or written, or what is in it cannot be read."""

    def __init__(self, path: Path, reason: str, *, reading: bool = False) -> None:
        self.path: Path = path
        if reading:
            super().__init__(f"cannot read {path}: {reason}; give another run or a sound copy")
            return
        super().__init__(f"cannot write to {path}: {reason}; mend that first")


class RunExistsError(HarnessError, FileExistsError):
    """The run's artifact folder is already there, and ``overwrite`` is false."""

    def __init__(self, path: Path) -> None:
        self.path: Path = path
        super().__init__(
            f"{path} exists already; continue it with resume, choose another id,"
            " or replace it with overwrite=True (--overwrite)"
        )


class RunIdError(HarnessError, ValueError):
    """The id of a run is not a plain file name."""

    def __init__(self, run_id: str, suggestion: str) -> None:
        self.run_id: str = run_id
        super().__init__(
            f"run id {run_id!r}: use letters, digits, '-', '_' and '.', at most 60 of them, as in"
            f" {suggestion!r}"
        )


class RunNotFoundError(HarnessError, FileNotFoundError):
    """There is no run of this id or in this folder."""

    def __init__(self, path: Path, known: Sequence[str] = (), *, reason: str = "") -> None:
        self.path: Path = path
        self.known: tuple[str, ...] = tuple(known)
        there = f"; runs there: {', '.join(known)}" if known else ""
        super().__init__(reason or f"no run in {path}{other_kind(path)}{there}")


class RunLockedError(HarnessError, RuntimeError):
    """Another process is writing to the same run.

    Attributes:
        path: The run, or its journal.
        holder: The process, its machine and since when; empty when it left no name.
    """

    def __init__(self, path: Path, holder: str = "") -> None:
        self.path: Path = path
        self.holder: str = holder
        who = f" ({holder})" if holder else ""
        super().__init__(
            f"another process is writing to {path}{who}; wait for it or stop it first."
            " Nothing was changed"
        )


class ResumeRefusedError(HarnessError, ValueError):
    """The experiment, its code or its data differ from those the run began with."""

    def __init__(self, changes: Sequence[str]) -> None:
        self.changes: tuple[str, ...] = tuple(changes)
        self._lines = (
            "the run began with something else:",
            *(f"  - {change}" for change in self.changes),
            (
                "restore it, start a new run, or accept the mixture with force=True (--force);"
                " a forced resume is recorded in the report"
            ),
        )
        super().__init__("\n".join(self._lines))


class RevoteError(HarnessError, ValueError):
    """The votes of a run cannot be counted again so."""


class ReplayRefusedError(HarnessError, ValueError):
    """A run cannot be replayed, or not with this experiment."""

    def __init__(self, run: str, reasons: Sequence[str]) -> None:
        self.run: str = run
        self.reasons: tuple[str, ...] = tuple(reasons)
        self._lines = (
            f"run {run!r} cannot be replayed:",
            *(f"  - {each}" for each in self.reasons),
            (
                "its answers would be those of another experiment; restore what differs, or"
                " accept it with force=True (--force)"
            ),
        )
        super().__init__("\n".join(self._lines))


class JournalError(HarnessError, OSError):
    """The journal cannot be written, or the file is not a journal."""

    def __init__(self, path: Path, message: str) -> None:
        self.path: Path = path
        super().__init__(f"{path}: {message}")


class SigningError(HarnessError, ValueError):
    """A run cannot be signed, or its signature cannot be checked."""


class UntrustedFileError(HarnessError, PermissionError):
    """The folder names a file to import, and nothing shows that this user began the run."""

    def __init__(self, path: Path, file: str, *, changed: bool = False) -> None:
        self.path: Path = path
        self.file: str = file
        why = "the file is not the one that was recorded" if changed else "it was not begun here"
        super().__init__(
            f"{path}: {why}, so {file!r} was not run. Read the file and pass it:"
            f" {typed('crucible', 'resume', str(path))} FILE;"
            " or --trust (trust=True) for a file of the recorded hash"
        )


class MetricError(HarnessError, ValueError):
    """The function of a metric failed; the rows are safe and can be analysed again.

    Attributes:
        metric: The metric's name.
    """

    def __init__(self, metric: str, reason: str) -> None:
        self.metric: str = metric
        super().__init__(
            f"the metric {metric!r} failed: {reason}; the rows are safe: mend the metric and resume"
            " the run, which asks nothing again"
        )


class ComparisonError(HarnessError, ValueError):
    """These logs cannot be compared."""


class MismatchError(ComparisonError):
    """Too many items are in some of the logs only.

    Attributes:
        unmatched: The items that each system lacks, by the system's name.
    """

    def __init__(
        self, task: str, unmatched: Mapping[str, Sequence[str]], *, matched: int, total: int
    ) -> None:
        self.unmatched: dict[str, tuple[str, ...]] = {
            name: tuple(ids) for name, ids in unmatched.items()
        }
        lines = [
            f"  - {name} lacks {len(ids):,}: {', '.join(ids[:_MAX_SHOWN])}"
            + (", ..." if len(ids) > _MAX_SHOWN else "")
            for name, ids in self.unmatched.items()
            if ids
        ]
        self._lines = (
            f"{task}: {matched:,} of {total:,} items are in all logs:",
            *lines,
            "compare logs of the same items, or accept more with max_unmatched= (--max-unmatched)",
        )
        super().__init__("\n".join(self._lines))


class ScorerError(HarnessError, ValueError):
    """The scorer failed when answers were scored again; the run is as it was."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason}; the run is as it was: mend the scorer and analyse it again, which asks"
            " nothing"
        )


class CeilingReachedError(HarnessError, RuntimeError):
    """A call to a model was refused: its worst case does not fit under a ceiling of the run.

    The row that made it is not kept; a resume with a higher ceiling asks it again.

    Attributes:
        reason: Which ceiling, in words.
    """

    def __init__(self, reason: str) -> None:
        self.reason: str = reason
        super().__init__(reason or "a ceiling of the run is reached; resume with a higher one")


class EditRefusedError(HarnessError, ValueError):
    """A score cannot be changed so: no such row, no reason, or marks of another scorer."""


class LabelsError(HarnessError, ValueError):
    """Labels of people cannot be used: a wrong file, a label of no row, or no marks to check."""


class SettingsError(HarnessError, ValueError):
    """A configuration file or a variable of the environment is wrong.

    Attributes:
        source: The file, or where else the value comes from.
    """

    def __init__(self, source: str, message: str) -> None:
        self.source: str = source
        super().__init__(f"{source}: {message}")


class RequestRefusedError(HarnessError, ValueError):
    """A run cannot be asked to do this, or no session of it listens."""


class HostError(HarnessError, ValueError):
    """The dashboard cannot be served on this host."""

    def __init__(self, host: str, reason: str) -> None:
        self.host: str = host
        super().__init__(f"host {host!r}: {reason}")


class SetupError(HarnessError, RuntimeError):
    """The experiment's ``setup`` raised before any row was begun; the run can be resumed.

    Attributes:
        error_type: The class of its error.
    """

    def __init__(self, error_type: str, message: str) -> None:
        self.error_type: str = error_type
        super().__init__(
            f"setup() of the experiment raised {error_type}: {message};"
            " no row was begun, so resume the run when it is mended"
        )


class TransferError(HarnessError, TypeError):
    """A part of an experiment cannot be sent to a worker; nothing was begun.

    Attributes:
        part: What cannot be sent.
    """

    def __init__(self, part: str, reason: str) -> None:
        self.part: str = part
        super().__init__(
            f"{part} cannot be sent to a worker: {reason}. Make it in setup(), which each worker"
            " calls, or in a module of its own, which each worker imports"
        )


class WorkerEndedError(HarnessError, ConnectionError):
    """A worker has ended or cannot be reached; the driver runs its unfinished rows again."""


class WorkersError(HarnessError, ConnectionError):
    """Workers do not start, or end again and again; the rows so far are safe, so resume the run."""


class MissingExtraError(HarnessError, ImportError):
    """A package is not installed.

    Attributes:
        extra: The extra that brings it.
        package: The package.
    """

    def __init__(self, extra: str, package: str) -> None:
        self.extra: str = extra
        self.package: str = package
        super().__init__(
            f"{package} is not installed; install it with:"
            f" pip install 'crucible-framework-research-harness[{extra}]'"
        )


class OutcomeError(HarnessError, TypeError):
    """A condition returned a value that no outcome can be made from."""
