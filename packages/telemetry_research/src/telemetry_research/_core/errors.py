"""The errors of this library.

TelemetryError
├── ExperimentNotFoundError (KeyError)          no experiment has this id
├── TransitionError (RuntimeError)              the experiment's status does not allow this
│   ├── AlreadyPausedError                      pause() on a paused experiment
│   ├── NotPausedError                          resume() on an experiment that runs
│   ├── NotRunningError                         the experiment has stopped
│   └── StillRunningError                       the experiment has to be stopped first
├── NoDataError (ValueError)                    there are no events to export or compare
├── UnknownExportFormatError (ValueError)       the export format does not exist
├── UnknownDetectorError (ValueError)           the anomaly detector does not exist
├── UnknownChoiceError (ValueError)             an option does not have this value
├── UnknownLevelError (KeyError)                no request was on this level
├── UnknownMetricError (KeyError)               the comparison does not have this metric
├── StoreError (OSError)                        a store cannot be read or written
│   └── StoreInUseError                         another recording writes the file
├── DamagedFileError (ValueError)               a file has another format, or was changed
└── MissingExtraError (ImportError)             an optional dependency is not installed
"""

from collections.abc import Iterable

from .safe import on_one_line


class TelemetryError(Exception):
    """The base of every error this library raises on purpose."""

    def __str__(self) -> str:
        return on_one_line(super().__str__())


class ExperimentNotFoundError(TelemetryError, KeyError):
    """No experiment of this process, or of this database, has this id.

    Attributes:
        experiment_id: The id that was asked for.
    """

    def __init__(self, experiment_id: str) -> None:
        self.experiment_id: str = experiment_id
        super().__init__(
            f"no experiment has the id {experiment_id!r};"
            " list_experiments() gives the experiments of this process"
        )

    def __str__(self) -> str:
        return on_one_line(str(self.args[0]))


class TransitionError(TelemetryError, RuntimeError):
    """The experiment's status does not allow this.

    Attributes:
        experiment_id: The experiment's id.
        status: Its status: ``running``, ``paused``, ``stopped`` or ``archived``.
    """

    def __init__(self, experiment_id: str, status: str, problem: str) -> None:
        self.experiment_id: str = experiment_id
        self.status: str = status
        super().__init__(f"experiment {experiment_id} is {status}: {problem}")


class AlreadyPausedError(TransitionError):
    """The experiment is paused already."""


class NotPausedError(TransitionError):
    """The experiment is not paused."""


class NotRunningError(TransitionError):
    """The experiment has stopped."""


class StillRunningError(TransitionError):
    """The experiment has to be stopped first."""


class NoDataError(TelemetryError, ValueError):
    """There are no events to export or compare."""


class UnknownExportFormatError(TelemetryError, ValueError):
    """The export format does not exist, or does not have partitions.

    Attributes:
        name: The format that was asked for.
        known: The formats there are.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name: str = name
        self.known: tuple[str, ...] = tuple(known)
        remedy = "set format= or the ending of the path"
        super().__init__(f"{_unknown('export format', name, self.known)}; {remedy}")


class UnknownDetectorError(TelemetryError, ValueError):
    """The anomaly detector does not exist.

    Attributes:
        name: The method that was asked for.
        known: The methods there are.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name: str = name
        self.known: tuple[str, ...] = tuple(known)
        super().__init__(_unknown("method", name, self.known))


class UnknownChoiceError(TelemetryError, ValueError):
    """An option does not have this value.

    Attributes:
        argument: The option.
        name: The value that was given.
        known: The values it can have.
    """

    def __init__(self, name: str, known: Iterable[str], argument: str) -> None:
        self.argument: str = argument
        self.name: str = name
        self.known: tuple[str, ...] = tuple(known)
        super().__init__(_unknown(f"{argument}:", name, self.known))


class UnknownLevelError(TelemetryError, KeyError):
    """No request was on this level.

    Attributes:
        name: The level that was asked for.
        known: The levels that have requests.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name: str = name
        self.known: tuple[str, ...] = tuple(known)
        super().__init__(_unknown("level with requests", name, self.known))

    def __str__(self) -> str:
        return on_one_line(str(self.args[0]))


class UnknownMetricError(TelemetryError, KeyError):
    """The comparison does not have this metric.

    Attributes:
        name: The metric that was asked for.
        known: The metrics of the comparison.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name: str = name
        self.known: tuple[str, ...] = tuple(known)
        super().__init__(_unknown("metric of this comparison", name, self.known))

    def __str__(self) -> str:
        return on_one_line(str(self.args[0]))


class StoreError(TelemetryError, OSError):
    """A store cannot be read or written.

    Attributes:
        pending: How many events wait for the store.
    """

    def __init__(self, problem: str, pending: int = 0) -> None:
        self.pending: int = pending
        super().__init__(problem)


class StoreInUseError(StoreError):
    """Another recording writes the file of this store."""


class DamagedFileError(TelemetryError, ValueError):
    """A file has another format than expected, or was changed after it was written."""


class MissingExtraError(TelemetryError, ImportError):
    """An optional dependency is not installed.

    Attributes:
        package: The distribution that is missing.
        extra: The extra of this library that installs it.
    """

    def __init__(self, package: str, extra: str) -> None:
        self.package: str = package
        self.extra: str = extra
        install = f"pip install 'crucible-framework-telemetry-research[{extra}]'"
        super().__init__(f"{package} is not installed: {install}", name=package)


def require_choice(argument: str, value: str | None, known: Iterable[str]) -> None:
    """Check the value of an option; None is always allowed.

    Raises:
        UnknownChoiceError: The option does not have this value.
    """
    values = tuple(known)
    if value is not None and value not in values:
        raise UnknownChoiceError(value, values, argument)


def require_quantile(quantile: float) -> None:
    """Check a quantile.

    Raises:
        ValueError: It is not in [0, 1].
    """
    if not 0 <= quantile <= 1:
        raise ValueError(f"quantile={quantile!r} is not in [0, 1]; the 95th percentile is 0.95")


def _unknown(thing: str, name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # only an error needs it

    nearest = get_close_matches(name, known, n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"unknown {thing} {name!r}{hint} (known: {', '.join(known) or 'none'})"
