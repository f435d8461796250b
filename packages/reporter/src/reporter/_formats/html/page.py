"""A report as one HTML page that needs nothing else: no script, no network, light and dark."""

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..._core.text import printable
from ..._model.document import Document
from .blocks import section_values

if TYPE_CHECKING:
    from jinja2 import Template


def render_html(report: Document) -> str:
    """The report as one self-contained page."""
    return _template().render(
        report=report,
        sections=[section_values(section, 2) for section in report.sections],
        contents=[(f"s{number}", each.title) for number, each in enumerate(report.sections)],
        about=", ".join(report.authors),
        style=_style(),
    )


@lru_cache(maxsize=1)
def _template() -> "Template":
    import jinja2  # noqa: PLC0415  # 30 ms that a Markdown report does not need

    environment = jinja2.Environment(
        autoescape=True,
        finalize=_printable,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(_resource("report.html.jinja"))


def _printable(value: Any) -> Any:
    # What is escaped already is this library's own markup.
    return printable(value) if type(value) is str else value


@lru_cache(maxsize=1)
def _style() -> str:
    return _resource("report.css")


def _resource(name: str) -> str:
    return (
        resources.files(__package__ or "reporter._formats.html")
        .joinpath("templates", name)
        .read_text("utf-8")
    )
