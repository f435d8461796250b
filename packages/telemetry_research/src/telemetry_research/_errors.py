"""What can go wrong with telemetry.

TelemetryError
├── ExperimentNotFoundError (KeyError)   no experiment has this id
├── NoDataError (ValueError)             there are no events to export
└── UnsupportedFormatError (ValueError)  no export of this name
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
