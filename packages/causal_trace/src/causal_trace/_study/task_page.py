"""The page of one task: consent, the viewer, questions, and a file with answers and time."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .._page.page import page_policy
from .._page.payload import encoded
from .design import Assignment


def task_page(
    assignment: Assignment,
    *,
    text: str,
    questions: Mapping[str, str],
    consent: str,
    trace_page: str | None = None,
) -> str:
    """Return the HTML page of one task. It loads nothing and sends nothing.

    The task, the trace and the clock begin when the participant consents. "Finish" saves the file
    ``<participant>-<task>.response.json``, which ``read_study_responses`` reads. A reload goes on
    with the answers as they stand and with the clock, and after "Finish" offers the file again.
    For that the browser keeps them until the tab is closed.

    Args:
        assignment: Who does which task under which condition.
        text: The task.
        questions: For each id of a question its text.
        consent: What the participant agrees to.
        trace_page: A page made by ``visualize``, shown in the task; None shows none.

    Returns:
        The page. The condition is in its data only, and not shown.
    """
    from jinja2 import Environment  # noqa: PLC0415  # only needed here, and slow to import

    css, script = _asset("task.css"), _asset("task.js")
    values = {**assignment.to_dict(), "questions": dict(questions), "trace": trace_page}
    own = page_policy([css], [script])
    if trace_page is not None:
        own = page_policy(
            [css, *_inside(trace_page, "style")], [script, *_inside(trace_page, "script")]
        )
    template = Environment(autoescape=True).from_string(_asset("task.html"))
    return template.render(
        policy=own,
        css=css,
        script=script,
        text=text,
        consent=consent,
        questions=questions,
        data=encoded(values),
    )


def _inside(page: str, name: str) -> list[str]:
    """Return the style or the script of a page made by ``visualize``, which stand there bare."""
    opening, closing = f"<{name}>", f"</{name}>"
    return [piece.partition(closing)[0] for piece in page.split(opening)[1:]]


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / "assets" / name).read_text(encoding="utf-8")
