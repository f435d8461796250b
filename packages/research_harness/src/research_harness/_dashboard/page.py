"""The page: one HTML text that loads nothing, for the server and as a file with its data inside."""

import base64
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from .changes import encode

_SCRIPTS = ("a_source.js", "b_elements.js", "c_run.js", "d_rows.js", "e_main.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page and what the browser is to allow it.

    Attributes:
        text: The HTML.
        policy: The content security policy: its own scripts and styles by their hashes, requests to
            where it came from, and nothing else.
    """

    text: str
    policy: str


def dashboard_page() -> Page:
    """The page that has its data from the server."""
    policy = _policy("connect-src 'self'; frame-ancestors 'none'")
    return Page(text=_filled(policy="", data=""), policy=policy)


def frozen_page(values: dict[str, Any]) -> str:
    """The page with its data inside, which needs no server.

    Args:
        values: The data, as the page's own script reads it.
    """
    # In a block of data the browser looks for the end tag and for comments only.
    text = encode(values).decode().replace("<", "\\u003c").replace(">", "\\u003e")
    data = f'<script type="application/json" id="frozen">{text}</script>'
    meta = f'<meta http-equiv="Content-Security-Policy" content="{_policy("")}">'
    return _filled(policy=meta, data=data)


def _policy(more: str) -> str:
    css, *scripts = _parts()
    hashes = " ".join(_hash(each) for each in scripts)
    found = (
        f"default-src 'none'; script-src {hashes}; style-src {_hash(css)};"
        " base-uri 'none'; form-action 'none'"
    )
    return f"{found}; {more}" if more else found


def _filled(*, policy: str, data: str) -> str:
    css, uplot, script = _parts()
    values = {"policy": policy, "css": css, "data": data, "uplot": uplot, "script": script}
    pieces = _asset("page.html").split("{{ ")
    found = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition(" }}")
        found.append(values[name] + rest)
    return "".join(found)


@cache
def _parts() -> tuple[str, str, str]:
    """The style, the charts of uPlot, and the page's own script."""
    css = _asset("uplot/uPlot.min.css") + "\n" + _asset("page.css")
    script = "\n".join(_asset(each) for each in _SCRIPTS)
    return css, _asset("uplot/uPlot.iife.min.js"), script


def _asset(name: str) -> str:
    return (Path(__file__).parent / "assets" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"
