"""Decision provenance: the decisions that a model states, parsed and stored."""

import typing as _typing

from ._annotations.annotation import Annotation, annotation_from_dict
from ._annotations.annotation_file import AnnotationFile
from ._comparison.diff import ChainDiff, ChangedEvent, MatchBy, compare_chains
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
from ._imports.atif import write as to_atif
from ._imports.reading import ImportForm, import_chains
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
from ._page.page import PageOptions, Style, open_visualization, save_visualization, visualize
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
from ._store.archive import archive_chains, read_archive, restore_chains
from ._store.hashing import event_hashes
from ._store.json_files import JsonStore, load_chain, save_chain
from ._store.protocol import TraceStore
from ._store.redaction import redact
from ._store.search_index import SearchHit, SearchIndex
from ._store.summary import ChainSummary
from ._store.trace_log import LogCheck, TraceLog

__all__ = [
    "EVENTS",
    "EVENT_TYPES",
    "EVIDENCE_KINDS",
    "WARNINGS",
    "Annotation",
    "AnnotationFile",
    "Chain",
    "ChainDiff",
    "ChainNotFoundError",
    "ChainStatistics",
    "ChainSummary",
    "ChangedEvent",
    "CorruptChainError",
    "EventValidation",
    "EvidenceKind",
    "ImportForm",
    "InvalidTraceError",
    "JsonStore",
    "LogCheck",
    "MatchBy",
    "MessageForm",
    "MessagePart",
    "PageOptions",
    "ParseWarning",
    "Parsed",
    "PartKind",
    "PromptForm",
    "ReasoningBlock",
    "ReasoningText",
    "Relations",
    "SearchHit",
    "SearchIndex",
    "Style",
    "TraceError",
    "TraceEvent",
    "TraceLog",
    "TraceParseError",
    "TraceStore",
    "TraceStream",
    "UnsafeIdError",
    "annotation_from_dict",
    "archive_chains",
    "branch_path",
    "branches",
    "build_causal_prompt",
    "causal_tool",
    "chain_from_dict",
    "compare_chains",
    "event_from_dict",
    "event_hashes",
    "extract_code",
    "extract_metadata",
    "fork",
    "import_chains",
    "load_chain",
    "merge",
    "open_visualization",
    "parse",
    "parse_events",
    "parse_llm_output",
    "parse_message",
    "read_archive",
    "read_message",
    "read_reasoning",
    "redact",
    "relation_problems",
    "relations",
    "restore_chains",
    "save_chain",
    "save_visualization",
    "split_events_and_code",
    "to_atif",
    "to_markdown",
    "validate_events",
    "visualize",
]

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _renamed_names(
        __name__, {"Event": "TraceEvent", "load": "load_chain", "save": "save_chain"}
    )
