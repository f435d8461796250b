"""A report: a document with its text in each format."""

import html
import json
from dataclasses import dataclass

from .._formats.html.page import render_html
from .._formats.markdown.page import render_markdown
from .._model.document import Document


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

    def to_markdown(self) -> str:
        """Return the report as Markdown, as ``render(report, "markdown")`` does."""
        return render_markdown(self)

    def to_html(self) -> str:
        """Return the report as one HTML page, as ``render(report, "html")`` does."""
        return render_html(self)

    def to_json(self) -> str:
        """Return ``to_dict`` as JSON, in ASCII and with a newline at the end."""
        return json.dumps(self.to_dict(), indent=2, allow_nan=False) + "\n"

    def __str__(self) -> str:
        return render_markdown(self)

    def _repr_html_(self) -> str:
        """Return the page in a frame, so that its style does not change the notebook around it."""
        page = html.escape(render_html(self))
        style = "width: 100%; height: 40em; border: 1px solid #8888"
        title = html.escape(self.title)
        return f'<iframe sandbox="" title="{title}" style="{style}" srcdoc="{page}"></iframe>'
