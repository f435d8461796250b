"""Decision provenance: the decisions that a model states, parsed and stored."""

import typing as _typing

from ._core.deprecated import renamed_names as _renamed_names
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
from ._core.warnings import WARNINGS
from ._messages.message import MessageForm, parse_message, read_message
from ._messages.parts import MessagePart, PartKind
from ._model.chain import Chain, ChainStatistics, merge, to_markdown
from ._model.event import TraceEvent
from ._model.event_types import EVENT_TYPES
from ._model.evidence import EVIDENCE_KINDS, EvidenceKind
from ._model.records import chain_from_dict, event_from_dict
from ._model.relations import (
    Relations,
    branch_path,
    branches,
    fork,
    relation_problems,
    relations,
)
from ._read.inspect_text import (
    EventValidation,
    extract_metadata,
    split_events_and_code,
    validate_events,
)
from ._read.parse import Parsed, extract_code, parse, parse_events, parse_llm_output
from ._read.prompt import PromptForm, build_causal_prompt, causal_tool
from ._read.stream import TraceStream
from ._reasoning.blocks import ReasoningBlock
from ._reasoning.split import ReasoningText, read_reasoning
from ._store.json_files import JsonStore, load_chain, save_chain
from ._store.summary import ChainSummary

__all__ = [
    "EVENTS",
    "EVENT_TYPES",
    "EVIDENCE_KINDS",
    "WARNINGS",
    "Chain",
    "ChainNotFoundError",
    "ChainStatistics",
    "ChainSummary",
    "CorruptChainError",
    "EventValidation",
    "EvidenceKind",
    "InvalidTraceError",
    "JsonStore",
    "MessageForm",
    "MessagePart",
    "ParseWarning",
    "Parsed",
    "PartKind",
    "PromptForm",
    "ReasoningBlock",
    "ReasoningText",
    "Relations",
    "TraceError",
    "TraceEvent",
    "TraceParseError",
    "TraceStream",
    "UnsafeIdError",
    "branch_path",
    "branches",
    "build_causal_prompt",
    "causal_tool",
    "chain_from_dict",
    "event_from_dict",
    "extract_code",
    "extract_metadata",
    "fork",
    "load_chain",
    "merge",
    "parse",
    "parse_events",
    "parse_llm_output",
    "parse_message",
    "read_message",
    "read_reasoning",
    "relation_problems",
    "relations",
    "save_chain",
    "split_events_and_code",
    "to_markdown",
    "validate_events",
]

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _renamed_names(
        __name__, {"Event": "TraceEvent", "load": "load_chain", "save": "save_chain"}
    )
