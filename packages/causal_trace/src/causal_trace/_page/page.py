"""Make the page, write it, and open it."""

import base64
import os
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypedDict, Unpack, get_args

from .._annotations.annotation import Annotation
from .._core.errors import InvalidTraceError
from .._core.ids import new_id
from .._core.shown import printable
from .._model.chain import Chain
from .._store.whole_files import whole_file
from .payload import compressed, encoded, payload

Style = Literal["auto", "light", "dark"]

_MAX_PLAIN = 1_000_000  # characters; data beyond it are compressed
_SCRIPTS = ("a_state.js", "b_list.js", "c_detail.js", "d_main.js")


class PageOptions(TypedDict, total=False):
    """The options of ``visualize``, for the functions that pass them on."""

    title: str | None
    style: Style
    include_statistics: bool
    include_timeline: bool
    other: Chain | None
    source: str | None
    code: str | None
    annotations: Iterable[Annotation]
    importance: Mapping[str, Mapping[str, float]] | None


def visualize(
    chain: Chain,
    *,
    title: str | None = None,
    style: Style = "auto",
    include_statistics: bool = True,
    include_timeline: bool = True,
    other: Chain | None = None,
    source: str | None = None,
    code: str | None = None,
    annotations: Iterable[Annotation] = (),
    importance: Mapping[str, Mapping[str, float]] | None = None,
) -> str:
    """Return a chain as one HTML page that loads nothing.

    The page runs only its own script, by its hash: no text of a chain can run or load anything.
    Its list holds only the rows in view, and data of more than a million characters are compressed,
    so that 30,000 events open and scroll well.

    Args:
        chain: The chain.
        title: The heading; None takes the name of the chain.
        style: The colors; ``auto`` follows the reader's system.
        include_statistics: Show counts and means.
        include_timeline: Show the timeline.
        other: A second chain, shown beside the first with its events aligned by content.
        source: The text that the chain was read from; the span of each event is shown in it.
        code: The code of the answer; its lines lead to the decisions about them.
        annotations: Notes of raters, shown beside their events.
        importance: For ids of events ``value``, ``low`` and ``high`` from 0 to 1, shown as the
            width of a bar; ``ImportanceResult.bars()`` gives them.

    Returns:
        The page.

    Raises:
        InvalidTraceError: ``style`` is unknown.
    """
    if style not in get_args(Style):
        raise InvalidTraceError("page", f"style {style!r} is not auto, light or dark")
    from jinja2 import Environment  # noqa: PLC0415  # only needed here, and slow to import

    css, script = _asset("page.css"), "\n".join(map(_asset, _SCRIPTS))
    values = payload(
        chain,
        style=style,
        other=other,
        source=source,
        code=code,
        annotations=annotations,
        importance=importance or {},
    )
    data, packed = encoded(values), False
    if len(data) > _MAX_PLAIN:
        data, packed = compressed(values), True
    template = Environment(autoescape=True).from_string(_asset("page.html"))
    # What the template marks as safe is our own, or JSON without a character that HTML knows.
    return template.render(
        title=printable(title or chain.name),
        style=style,
        statistics=include_statistics,
        timeline=include_timeline,
        policy=page_policy([css], [script]),
        css=css,
        script=script,
        data=data,
        packed=packed,
    )


def save_visualization(chain: Chain, path: str | Path, **options: Unpack[PageOptions]) -> Path:
    """Write a chain as an HTML page. A file is replaced at once, never half written.

    Args:
        chain: The chain.
        path: The file.
        **options: Those of ``visualize``.

    Returns:
        The path.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    page = visualize(chain, **options).encode("utf-8", "replace")
    with whole_file(path) as file:
        file.write(page)
    return path


def open_visualization(chain: Chain, **options: Unpack[PageOptions]) -> Path:
    """Write a chain as an HTML page into a temporary folder, and open it in a browser.

    Args:
        chain: The chain.
        **options: Those of ``visualize``.

    Returns:
        The path. On a machine without a browser nothing is opened.
    """
    import tempfile  # noqa: PLC0415  # slow to import
    import webbrowser  # noqa: PLC0415  # slow to import

    folder = Path(tempfile.mkdtemp(prefix="causal_trace_"))
    path = save_visualization(chain, folder / f"causal_trace_{new_id()[:8]}.html", **options)
    if not os.environ.get("CI"):
        webbrowser.open(path.as_uri())
    return path


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / "assets" / name).read_text(encoding="utf-8")


def page_policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Return the policy of a page that loads nothing and runs only these scripts."""
    return (
        f"default-src 'none'; style-src {' '.join(map(_hash, styles))};"
        f" script-src {' '.join(map(_hash, scripts))}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"
