"""What can go wrong with telemetry.

TelemetryError
├── ExperimentNotFoundError (KeyError)    no experiment has this id
├── TransitionError (RuntimeError)        the experiment is not in a state that allows this
│   ├── AlreadyPausedError                paused a second time
│   ├── NotPausedError                    resumed, but not paused
│   ├── NotRunningError                   it has stopped
│   └── StillRunningError                 it has to be stopped first
├── NoDataError (ValueError)              there are no events to export
├── UnsupportedFormatError (ValueError)   no export of this name
├── StoreError (OSError)                  a store cannot be read or written
├── DamagedFileError (ValueError)         a file is not what it should be, or was changed
└── MissingExtraError (ImportError)       an optional dependency is not installed
"""

from collections.abc import Iterable


class TelemetryError(Exception):
    """The base of every error this library raises on purpose."""


class ExperimentNotFoundError(TelemetryError, KeyError):
    """No experiment of this process has this id."""

    def __init__(self, experiment_id: str) -> None:
        self.experiment_id = experiment_id
        super().__init__(
            f"no experiment {experiment_id!r}; list_experiments() gives those of this process"
        )

    def __str__(self) -> str:
        return str(self.args[0])


class TransitionError(TelemetryError, RuntimeError):
    """The experiment is not in a state that allows this."""

    def __init__(self, experiment_id: str, status: str, problem: str) -> None:
        self.experiment_id = experiment_id
        self.status = status
        super().__init__(f"experiment {experiment_id} is {status}: {problem}")


class AlreadyPausedError(TransitionError):
    """It is paused already."""


class NotPausedError(TransitionError):
    """It is not paused."""


class NotRunningError(TransitionError):
    """It has stopped."""


class StillRunningError(TransitionError):
    """It has to be stopped first."""


class NoDataError(TelemetryError, ValueError):
    """There are no events."""


class UnsupportedFormatError(TelemetryError, ValueError):
    """No export of this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(
            f"unsupported format {name!r}; known: {', '.join(self.known)}; name one with format="
            " or by the ending of the path"
        )


class StoreError(TelemetryError, OSError):
    """A store cannot be read or written; ``pending`` events are still waiting for it."""

    def __init__(self, problem: str, pending: int = 0) -> None:
        self.pending = pending
        super().__init__(problem)


class DamagedFileError(TelemetryError, ValueError):
    """A file is not what it should be, or was changed after it was written."""


class MissingExtraError(TelemetryError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        self.extra = extra
        install = f"pip install 'crucible-framework-telemetry-research[{extra}]'"
        super().__init__(f"{package} is not installed: {install}", name=package)
