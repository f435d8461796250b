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
from ._read.parse import Parsed, extract_code, parse, parse_events, parse_llm_output
from ._read.prompt import build_causal_prompt
from ._read.warnings import WARNINGS
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
    "EvidenceKind",
    "InvalidTraceError",
    "JsonStore",
    "ParseWarning",
    "Parsed",
    "Relations",
    "TraceError",
    "TraceEvent",
    "TraceParseError",
    "UnsafeIdError",
    "branch_path",
    "branches",
    "build_causal_prompt",
    "chain_from_dict",
    "event_from_dict",
    "extract_code",
    "fork",
    "load_chain",
    "merge",
    "parse",
    "parse_events",
    "parse_llm_output",
    "relation_problems",
    "relations",
    "save_chain",
    "to_markdown",
]

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _renamed_names(
        __name__, {"Event": "TraceEvent", "load": "load_chain", "save": "save_chain"}
    )
