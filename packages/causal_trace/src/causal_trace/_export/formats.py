"""All formats by name."""

import json
from collections.abc import Callable, Mapping
from typing import Literal

from .._core.errors import UnknownFormatError
from .._imports.atif import to_atif
from .._imports.prov import to_prov
from .._model.chain import Chain
from .._page.page import visualize
from .csv_table import to_csv
from .graphviz import to_graphviz
from .mermaid import MermaidKind, to_mermaid
from .otel import to_otel

ExportFormat = Literal[
    "json",
    "markdown",
    "csv",
    "html",
    "mermaid_flowchart",
    "mermaid_sequence",
    "mermaid_timeline",
    "mermaid_graph",
    "graphviz",
    "prov",
    "otel",
    "atif",
]


def _mermaid(kind: MermaidKind) -> Callable[[Chain], str]:
    return lambda chain: to_mermaid(chain, kind)


def _json(make: Callable[[Chain], object]) -> Callable[[Chain], str]:
    return lambda chain: json.dumps(make(chain), indent=2) + "\n"


_FORMATS: Mapping[str, Callable[[Chain], str]] = {
    "json": Chain.to_json,
    "markdown": Chain.to_markdown,
    "csv": to_csv,
    "html": visualize,
    "mermaid_flowchart": _mermaid("flowchart"),
    "mermaid_sequence": _mermaid("sequence"),
    "mermaid_timeline": _mermaid("timeline"),
    "mermaid_graph": _mermaid("graph"),
    "graphviz": to_graphviz,
    "prov": _json(to_prov),
    "otel": _json(to_otel),
    "atif": _json(to_atif),
}


def export_chain(chain: Chain, format: ExportFormat) -> str:  # the word users know
    """Return a chain in a format.

    Args:
        chain: The chain.
        format: The name of the format, one of ``export_format_names()``.

    Raises:
        UnknownFormatError: The format is unknown.
    """
    if format not in _FORMATS:
        raise UnknownFormatError(format, export_format_names())
    return _FORMATS[format](chain)


def export_format_names() -> tuple[str, ...]:
    """Return the names of the formats, sorted."""
    return tuple(sorted(_FORMATS))
