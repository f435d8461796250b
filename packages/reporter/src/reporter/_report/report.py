"""A report: a document that can be read as text."""

from dataclasses import dataclass

from .._formats.markdown.page import render_markdown
from .._model.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Document):
    """A whole report.

    Attributes:
        title: Its title.
        subtitle: A line below it.
        authors: Who wrote it.
        date: When, as text.
        banner: A warning that stands above everything, such as that the data are simulated.
        sections: Its parts.
        metadata: Anything for renderers of your own.

    Raises:
        ReportError: A text is no text, or a part is no ``Section``.
    """

    def __str__(self) -> str:
        return render_markdown(self)
