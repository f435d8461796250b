"""A document as one HTML page without other files, and without scripts unless asked for."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..._core.text import printable
from ..._model.document import Document, figures_in
from .blocks import section_values
from .interactive import page_script, page_specifications

if TYPE_CHECKING:
    from jinja2 import Template


def render_html(document: Document, *, interactive: bool = False) -> str:
    """Return a document as one self-contained page.

    Args:
        document: The document.
        interactive: Whether Vega draws the figures, with tooltips and zoom; the static drawings
            stay for readers without scripts.

    Raises:
        MissingExtraError: The page is interactive, and vl-convert is not installed.
    """
    figures = tuple(figures_in(document.sections)) if interactive else ()
    script = page_script() if figures else ""
    return _template().render(
        script=script,
        script_hash=_hash(script),
        specifications=page_specifications(figures),
        report=document,
        sections=[section_values(section, 2) for section in document.sections],
        contents=[(f"s{number}", each.title) for number, each in enumerate(document.sections)],
        about=", ".join(document.authors),
        style=_style(),
        style_hash=_hash(_style()),
    )


@lru_cache(maxsize=1)
def _template() -> "Template":
    import jinja2  # noqa: PLC0415  # slow to import; a Markdown report does not need it

    environment = jinja2.Environment(
        autoescape=True,
        finalize=_printable,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(_resource("report.html.jinja"))


def _printable(value: Any) -> Any:
    # Markup is a subclass of str: the library's own drawings and styles, escaped already.
    return printable(value) if type(value) is str else value


@lru_cache(maxsize=1)
def _style() -> str:
    return _resource("report.css")


@lru_cache(maxsize=4)
def _hash(text: str) -> str:
    """Return the hash by which the page's policy allows a style sheet or script and no other."""
    return b64encode(sha256(text.encode()).digest()).decode("ascii")


def _resource(name: str) -> str:
    return (
        resources.files(__package__ or "reporter._formats.html")
        .joinpath("templates", name)
        .read_text("utf-8")
    )
