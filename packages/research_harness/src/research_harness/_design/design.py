"""What every design gives: its checks, its assignment, and its form in files."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import ClassVar

from .layout import Assignment, ItemLabels, Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentDesign(ABC):
    """How the rows of an experiment are assigned and ordered; ``Within`` unless one is named.

    Attributes:
        kind: The name of the design in ``config.json``.
    """

    kind: ClassVar[str] = ""

    @property
    def paired(self) -> bool:
        """Whether every condition answers every item, so that conditions compare item by item."""
        return True

    @property
    @abstractmethod
    def text(self) -> str:
        """The design in a sentence, for the report."""

    def problems(self, layout: Layout) -> list[str]:  # noqa: ARG002  # designs override it
        """What this design cannot do with these conditions, repeats and settings.

        Args:
            layout: The experiment as its class has it.

        Returns:
            Each problem in a sentence; empty when there is no problem.
        """
        return []

    def item_problems(self, layout: Layout, items: ItemLabels) -> list[str]:  # noqa: ARG002
        """What this design cannot do with these items.

        Args:
            layout: The experiment as its class has it.
            items: The items of the data set.
        """
        return []

    @abstractmethod
    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        """Assign conditions to items, and order the rows.

        Args:
            layout: The experiment as its class has it.
            items: The items of the data set.
        """

    def to_dict(self) -> dict[str, object]:
        """The design as ``config.json`` holds it."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {
            "kind": self.kind,
            **{k: v.to_dict() if isinstance(v, ExperimentDesign) else v for k, v in values},
        }
