"""What the experiments share: registrations, recorded data, numbers and files.

A registration is the plan of an experiment, in ``registrations/<name>.md``. Its SHA-256 is in
``registrations/SHA256SUMS``. Only a registration whose text has this hash opens recorded data.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import Comparison, proportion_interval
from ensemble import VoteTable
from reporter import (
    Bullets,
    Callout,
    Interval,
    KeyValues,
    MissingExtraError,
    Number,
    Paragraph,
    Report,
    Section,
    number_from,
    write,
)

REGISTRATIONS = Path(__file__).parent / "registrations"
SIMULATED = "SIMULATED: the models and their answers are simulated. These are not findings."
FORMATS = ("md", "html", "tex", "ipynb", "csv", "json")
Bools = NDArray[np.bool_]


class RegistrationError(ValueError):
    """The text of a registration is not the text that was registered."""


class MissingDataError(LookupError):
    """The recorded data are not on this machine."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A plan whose text has the registered hash.

    Attributes:
        name: The short name of the experiment.
        title: The first heading of the plan.
        sha256: The hash of the plan.
    """

    name: str
    title: str
    sha256: str

    def data(self) -> Path:
        """The folder with recorded data, from ``CRUCIBLE_MIRROR``.

        Raises:
            MissingDataError: The variable is not set, or names no folder.
        """
        place = os.environ.get("CRUCIBLE_MIRROR")
        if not place or not Path(place).is_dir():
            raise MissingDataError(
                f"{self.name} reads recorded data: set CRUCIBLE_MIRROR to their folder"
                " (docs/real-data.md lists the files)"
            )
        return Path(place)

    def section(self, deviations: Sequence[str]) -> Section:
        """The part of a report that names the plan and every deviation from it."""
        changes = Bullets(list(deviations)) if deviations else Paragraph("Deviations: none.")
        return Section(
            "Registration",
            [
                KeyValues([("plan", f"registrations/{self.name}.md"), ("SHA-256", self.sha256)]),
                changes,
            ],
        )


def registered(name: str, folder: Path = REGISTRATIONS) -> Registration:
    """Check the text of a plan against its registered hash.

    Args:
        name: The short name, such as ``h1``.
        folder: The folder of the plans and of ``SHA256SUMS``.

    Raises:
        RegistrationError: The plan is not listed, or its text was changed afterwards.
    """
    sums = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    known = {line.split("  ")[1]: line.split("  ")[0] for line in sums}
    plan = (folder / f"{name}.md").read_bytes()
    found = hashlib.sha256(plan).hexdigest()
    if known.get(f"{name}.md") != found:
        raise RegistrationError(
            f"registrations/{name}.md has the hash {found}, registered is"
            f" {known.get(f'{name}.md')}: describe a change as a deviation instead"
        )
    title = plan.decode().splitlines()[0].lstrip("# ")
    return Registration(name=name, title=title, sha256=found)


def share(correct: Bools, name: str = "") -> Number:
    """An accuracy with its Wilson interval."""
    found = proportion_interval(int(correct.sum()), len(correct))
    interval = Interval(low=found.low, high=found.high, method="Wilson")
    value = float(correct.mean())
    return Number(value=value, unit="share", interval=interval, name=name, direction="higher")


def points(comparison: Comparison, name: str = "") -> Number:
    """A difference of shares with interval and p-value."""
    return number_from(comparison, unit="points", name=name, direction="higher")


def rate(hits: int, n: int, name: str = "") -> Number:
    """How often something happened in simulations, with its Wilson interval."""
    found = proportion_interval(hits, n)
    interval = Interval(low=found.low, high=found.high, method="Wilson")
    return Number(value=hits / n, unit="share", interval=interval, name=name)


def correct_matrix(table: VoteTable) -> Bools:
    """Which answers are right: a row a question, a column a model."""
    return np.array([table.right(model) for model in table.models], dtype=bool).T


def votes_correct(table: VoteTable, order: Sequence[str]) -> Bools:
    """Whether the plurality of some models is right; ties go to the first of the tied."""
    columns = [list(table.models).index(name) for name in order]
    found = []
    for row, gold in zip(table.votes, table.gold, strict=True):
        ballots = [row[column] for column in columns if row[column] is not None]
        winner = max(ballots, key=ballots.count, default=None)
        found.append(winner is not None and winner == gold)
    return np.array(found, dtype=bool)


def halves(n: int, seed: int) -> Bools:
    """Which of n questions belong to the first half, drawn at random."""
    order = np.random.default_rng(seed).permutation(n)
    first = np.zeros(n, dtype=bool)
    first[order[: n // 2]] = True
    return first


def summary(lines: Sequence[str]) -> Callout:
    """The answer of an experiment in short."""
    return Callout(text=" ".join(lines), kind="result")


def save(report: Report, name: str, folder: Path) -> list[Path]:
    """Write a report in every format; the notebook needs reporter's extra ``jupyter``.

    Returns:
        The main file of each format.
    """
    written = []
    for extension in FORMATS:
        try:
            written.append(write(report, folder / name / f"{name}.{extension}"))
        except MissingExtraError as missing:
            print(f"{name}.{extension} was not written: {missing}")
    return written
