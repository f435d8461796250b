"""A report: a document with its text in each format."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import ReportError, UnknownNumberError
from .._core.shown import shown
from .._model.document import Document, Kind, blocks_of
from .._numbers.named import named_numbers
from .._numbers.number import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Document):
    """A whole report. Printed, it is Markdown; in a notebook, it is the HTML page.

    Attributes:
        title: The title.
        subtitle: A line below the title.
        authors: The names of the authors.
        date: The date, as text.
        banner: A warning above everything, such as that the data are simulated.
        sections: The sections in order.
        metadata: Values for renderers of your own; the formats of this library ignore them.
        numbers: Numbers with a name that texts outside the report refer to. A number with a name
            in any block has its name too.
        data: The measured values, which a notebook loads from files beside it.
        recipes: How numbers follow from the data; a notebook runs them and compares.

    Raises:
        ReportError: A field is not a text, or an entry of ``sections`` is not a ``Section``.

    Example:
        >>> from reporter import Paragraph, Report, Section
        >>> print(Report(title="Two models", sections=[Section("Results", [Paragraph("b wins.")])]))
        # Two models
        <BLANKLINE>
        ## Results
        <BLANKLINE>
        b wins.
        <BLANKLINE>
    """

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Report":
        """Return the report that ``to_dict`` or ``to_json`` described.

        Args:
            values: The plain values.

        Returns:
            An equal report, checked as if it had been made by hand.

        Raises:
            ReportError: A field is missing, unknown or does not fit.
        """
        if not isinstance(values, Mapping):
            raise ReportError(f"report: expected a dictionary, got {type(values).__name__}")
        from .._model.reading import part_from  # noqa: PLC0415  # only a saved report needs it

        report: Report = part_from(values, kind=cls)
        return report

    @property
    def named_numbers(self) -> dict[str, Number]:
        """The numbers that have a name, by their name in order of first use."""
        return named_numbers(self)

    def blocks(self, *kinds: type[Kind]) -> tuple[Kind, ...]:
        """Return the blocks of some kinds, those of subsections included.

        Args:
            *kinds: The classes, such as ``Table``.

        Returns:
            The blocks in reading order.
        """
        return tuple(blocks_of(self.sections, *kinds))

    def __getitem__(self, name: str) -> Number:
        """Return the number of a name.

        Raises:
            UnknownNumberError: No number has this name.
        """
        named = self.named_numbers
        if name not in named:
            raise UnknownNumberError(name, named)
        return named[name]

    def to_markdown(self) -> str:
        """Return the report as Markdown, as ``render(report, "markdown")`` does."""
        from .._formats.markdown.page import render_markdown  # noqa: PLC0415  # at first use

        return render_markdown(self)

    def to_html(self, *, interactive: bool = False) -> str:
        """Return the report as one HTML page, as ``render(report, "html")`` does.

        Args:
            interactive: Have Vega draw the figures, with tooltips and zoom, as the format
                ``html-interactive`` does. The page then holds one script of about 900 kB.

        Raises:
            MissingExtraError: The page is interactive, and the extra ``charts`` is not installed.
        """
        from .._formats.html.page import render_html  # noqa: PLC0415  # at first use

        return render_html(self, interactive=interactive)

    def to_json(self) -> str:
        """Return ``to_dict`` as JSON, in ASCII and with a newline at the end."""
        import json  # noqa: PLC0415  # at first use

        return json.dumps(self.to_dict(), indent=2, allow_nan=False) + "\n"

    @shown
    def __str__(self) -> list[str]:
        return self.to_markdown().split("\n")

    def _repr_html_(self) -> str:
        """Return the page in a frame, so that its style does not change the notebook around it."""
        import html  # noqa: PLC0415  # at first use

        page = html.escape(self.to_html())
        style = "width: 100%; height: 40em; border: 1px solid #8888"
        title = html.escape(self.title)
        return f'<iframe sandbox="" title="{title}" style="{style}" srcdoc="{page}"></iframe>'
