"""Decision provenance: what a model says it considered, parsed and stored."""

from ._core.errors import (
    ChainNotFoundError,
    CorruptChainError,
    InvalidTraceError,
    TraceError,
    TraceParseError,
    UnsafeIdError,
)
from ._core.events import EVENTS
from ._core.parse_warning import ParseWarning
from ._export.markdown import to_markdown
from ._model.chain import Chain, chain_from_dict, merge
from ._model.event import Event, event_from_dict
from ._model.event_types import EVENT_TYPES
from ._read.parse import (
    Parsed,
    extract_code,
    parse,
    parse_events,
    parse_llm_output,
)
from ._read.prompt import build_causal_prompt
from ._read.warnings import WARNINGS
from ._store.json_files import JsonStore, load, save
from ._store.summary import ChainSummary

__all__ = [
    "EVENTS",
    "EVENT_TYPES",
    "WARNINGS",
    "Chain",
    "ChainNotFoundError",
    "ChainSummary",
    "CorruptChainError",
    "Event",
    "InvalidTraceError",
    "JsonStore",
    "ParseWarning",
    "Parsed",
    "TraceError",
    "TraceParseError",
    "UnsafeIdError",
    "build_causal_prompt",
    "chain_from_dict",
    "event_from_dict",
    "extract_code",
    "load",
    "merge",
    "parse",
    "parse_events",
    "parse_llm_output",
    "save",
    "to_markdown",
]
