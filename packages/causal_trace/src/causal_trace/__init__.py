"""Decision provenance: what a model says it considered, parsed and stored."""

from ._chain import Chain, Event, chain_from_dict, event_from_dict, merge
from ._errors import (
    ChainNotFoundError,
    CorruptChainError,
    InvalidTraceError,
    TraceError,
    TraceParseError,
    UnsafeIdError,
)
from ._events import EVENTS
from ._export import to_markdown
from ._parse import (
    Parsed,
    extract_code,
    parse,
    parse_events,
    parse_llm_output,
)
from ._prompt import build_causal_prompt
from ._store import ChainSummary, JsonStore, load, save
from ._types import EVENT_TYPES
from ._warnings import WARNINGS, ParseWarning

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
