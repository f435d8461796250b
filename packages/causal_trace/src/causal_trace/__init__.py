"""Decision provenance: the decisions that a model states, parsed and stored."""

import typing as _typing

from ._core.deprecated import renamed_names as _renamed_names
from ._core.errors import (
    ChainNotFoundError,
    CorruptChainError,
    InvalidTraceError,
    MissingExtraError,
    RunningLoopError,
    TraceError,
    TraceParseError,
    UnknownFormatError,
    UnsafeIdError,
)
from ._core.events import EVENTS
from ._core.later import names_of_modules as _names_of_modules
from ._core.parse_warning import ParseWarning
from ._core.warnings import WARNINGS
from ._model.chain import Chain, ChainStatistics, merge, to_markdown
from ._model.event import TraceEvent
from ._model.event_types import EVENT_TYPES
from ._model.evidence import EVIDENCE_KINDS, EvidenceKind
from ._model.records import chain_from_dict, event_from_dict
from ._read.parse import Parsed, extract_code, parse, parse_events, parse_llm_output
from ._reasoning.blocks import ReasoningBlock
from ._reasoning.split import ReasoningText, read_reasoning
from ._store.json_files import JsonStore, load_chain, save_chain
from ._store.protocol import TraceStore
from ._store.summary import ChainSummary

if _typing.TYPE_CHECKING:  # imported when they are used first; see _LATER
    from ._annotations.annotation import Annotation, annotation_from_dict
    from ._annotations.annotation_file import AnnotationFile
    from ._checks.hint_runs import (
        FaithfulAt,
        HintOptions,
        HintQuestion,
        HintRun,
        hint_plan,
        mentions_hint,
        run_hints,
        run_hints_sync,
    )
    from ._checks.hints import (
        HINTS,
        HintResult,
        HintTrial,
        analyze_hints,
        faithful_at_k,
        hinted_prompt,
    )
    from ._checks.importance import (
        ImportanceOptions,
        ImportanceResult,
        StepImportance,
        importance,
        importance_sync,
    )
    from ._checks.interventions import (
        CheckPlan,
        InterventionKind,
        InterventionOptions,
        InterventionResult,
        importance_plan,
        intervene,
        intervene_sync,
        intervention_plan,
        make_mistake,
    )
    from ._checks.mean_importance import PositionImportance, mean_importance
    from ._checks.model import Continuation, ReasoningModel
    from ._checks.planted import PlantedModel
    from ._comparison.diff import ChainDiff, ChangedEvent, MatchBy, compare_chains
    from ._core.intervals import Interval
    from ._export.csv_table import to_csv
    from ._export.formats import ExportFormat, export_chain, export_format_names
    from ._export.frame import to_frame
    from ._export.graphviz import to_graphviz
    from ._export.mermaid import MermaidKind, to_mermaid
    from ._export.otel import to_otel
    from ._imports.atif import to_atif
    from ._imports.prov import to_prov
    from ._imports.reading import ImportForm, import_chains
    from ._messages.message import MessageForm, parse_message, read_message
    from ._messages.parts import MessagePart, PartKind
    from ._model.relations import (
        Relations,
        branch_path,
        branches,
        fork,
        relation_problems,
        relations,
    )
    from ._page.page import PageOptions, Style, open_visualization, save_visualization, visualize
    from ._query.agreement import ConfidenceAgreement, confidence_agreement
    from ._query.analysis import (
        Contradiction,
        Issue,
        IssueKind,
        ambiguities,
        chain_issues,
        contradictions,
        decision_points,
    )
    from ._query.calibration import CalibrationBin, StatedCalibration, stated_calibration
    from ._query.conditions import EventQuery, Where, search_events, where
    from ._query.models import MeanOfItems, ModelComparison, ModelReasoning, compare_models
    from ._query.patterns import (
        FailureFactor,
        TypePattern,
        failure_factors,
        mine_patterns,
        near_failure,
    )
    from ._query.scanners import Scanner, ScannerValidation, ScanResult, scan, validate_scanner
    from ._read.example import example_answer
    from ._read.inspect_text import (
        EventValidation,
        extract_metadata,
        split_events_and_code,
        validate_events,
    )
    from ._read.prompt import PromptForm, build_causal_prompt, causal_tool
    from ._read.stream import TraceStream
    from ._store.archive import archive_chains, read_archive, restore_chains
    from ._store.hashing import event_hashes
    from ._store.redaction import redact
    from ._store.search_index import SearchHit, SearchIndex
    from ._store.trace_log import LogCheck, TraceLog
    from ._study.analysis import StudyResult, analyze_study
    from ._study.design import Assignment, Design, StudyPower, assign_tasks, study_power
    from ._study.responses import (
        BlindedAnswers,
        StudyResponse,
        blind_answers,
        missing_responses,
        read_study_responses,
        simulate_responses,
    )
    from ._study.task_page import task_page

__all__ = [
    "EVENTS",
    "EVENT_TYPES",
    "EVIDENCE_KINDS",
    "HINTS",
    "WARNINGS",
    "Annotation",
    "AnnotationFile",
    "Assignment",
    "BlindedAnswers",
    "CalibrationBin",
    "Chain",
    "ChainDiff",
    "ChainNotFoundError",
    "ChainStatistics",
    "ChainSummary",
    "ChangedEvent",
    "CheckPlan",
    "ConfidenceAgreement",
    "Continuation",
    "Contradiction",
    "CorruptChainError",
    "Design",
    "EventQuery",
    "EventValidation",
    "EvidenceKind",
    "ExportFormat",
    "FailureFactor",
    "FaithfulAt",
    "HintOptions",
    "HintQuestion",
    "HintResult",
    "HintRun",
    "HintTrial",
    "ImportForm",
    "ImportanceOptions",
    "ImportanceResult",
    "Interval",
    "InterventionKind",
    "InterventionOptions",
    "InterventionResult",
    "InvalidTraceError",
    "Issue",
    "IssueKind",
    "JsonStore",
    "LogCheck",
    "MatchBy",
    "MeanOfItems",
    "MermaidKind",
    "MessageForm",
    "MessagePart",
    "MissingExtraError",
    "ModelComparison",
    "ModelReasoning",
    "PageOptions",
    "ParseWarning",
    "Parsed",
    "PartKind",
    "PlantedModel",
    "PositionImportance",
    "PromptForm",
    "ReasoningBlock",
    "ReasoningModel",
    "ReasoningText",
    "Relations",
    "RunningLoopError",
    "ScanResult",
    "Scanner",
    "ScannerValidation",
    "SearchHit",
    "SearchIndex",
    "StatedCalibration",
    "StepImportance",
    "StudyPower",
    "StudyResponse",
    "StudyResult",
    "Style",
    "TraceError",
    "TraceEvent",
    "TraceLog",
    "TraceParseError",
    "TraceStore",
    "TraceStream",
    "TypePattern",
    "UnknownFormatError",
    "UnsafeIdError",
    "Where",
    "ambiguities",
    "analyze_hints",
    "analyze_study",
    "annotation_from_dict",
    "archive_chains",
    "assign_tasks",
    "blind_answers",
    "branch_path",
    "branches",
    "build_causal_prompt",
    "causal_tool",
    "chain_from_dict",
    "chain_issues",
    "compare_chains",
    "compare_models",
    "confidence_agreement",
    "contradictions",
    "decision_points",
    "event_from_dict",
    "event_hashes",
    "example_answer",
    "export_chain",
    "export_format_names",
    "extract_code",
    "extract_metadata",
    "failure_factors",
    "faithful_at_k",
    "fork",
    "hint_plan",
    "hinted_prompt",
    "import_chains",
    "importance",
    "importance_plan",
    "importance_sync",
    "intervene",
    "intervene_sync",
    "intervention_plan",
    "load_chain",
    "make_mistake",
    "mean_importance",
    "mentions_hint",
    "merge",
    "mine_patterns",
    "missing_responses",
    "near_failure",
    "open_visualization",
    "parse",
    "parse_events",
    "parse_llm_output",
    "parse_message",
    "read_archive",
    "read_message",
    "read_reasoning",
    "read_study_responses",
    "redact",
    "relation_problems",
    "relations",
    "restore_chains",
    "run_hints",
    "run_hints_sync",
    "save_chain",
    "save_visualization",
    "scan",
    "search_events",
    "simulate_responses",
    "split_events_and_code",
    "stated_calibration",
    "study_power",
    "task_page",
    "to_atif",
    "to_csv",
    "to_frame",
    "to_graphviz",
    "to_markdown",
    "to_mermaid",
    "to_otel",
    "to_prov",
    "validate_events",
    "validate_scanner",
    "visualize",
    "where",
]

_LATER = {
    "._annotations.annotation": "Annotation annotation_from_dict",
    "._annotations.annotation_file": "AnnotationFile",
    "._checks.hint_runs": (
        "FaithfulAt HintOptions HintQuestion HintRun hint_plan mentions_hint run_hints "
        "run_hints_sync"
    ),
    "._checks.hints": "HINTS HintResult HintTrial analyze_hints faithful_at_k hinted_prompt",
    "._checks.importance": (
        "ImportanceOptions ImportanceResult StepImportance importance importance_sync"
    ),
    "._checks.interventions": (
        "CheckPlan InterventionKind InterventionOptions InterventionResult importance_plan "
        "intervene intervene_sync intervention_plan make_mistake"
    ),
    "._checks.mean_importance": "PositionImportance mean_importance",
    "._checks.model": "Continuation ReasoningModel",
    "._checks.planted": "PlantedModel",
    "._comparison.diff": "ChainDiff ChangedEvent MatchBy compare_chains",
    "._core.intervals": "Interval",
    "._export.csv_table": "to_csv",
    "._export.formats": "ExportFormat export_chain export_format_names",
    "._export.frame": "to_frame",
    "._export.graphviz": "to_graphviz",
    "._export.mermaid": "MermaidKind to_mermaid",
    "._export.otel": "to_otel",
    "._imports.atif": "to_atif",
    "._imports.prov": "to_prov",
    "._imports.reading": "ImportForm import_chains",
    "._messages.message": "MessageForm parse_message read_message",
    "._messages.parts": "MessagePart PartKind",
    "._model.relations": "Relations branch_path branches fork relation_problems relations",
    "._page.page": "PageOptions Style open_visualization save_visualization visualize",
    "._query.agreement": "ConfidenceAgreement confidence_agreement",
    "._query.analysis": (
        "Contradiction Issue IssueKind ambiguities chain_issues contradictions decision_points"
    ),
    "._query.calibration": "CalibrationBin StatedCalibration stated_calibration",
    "._query.conditions": "EventQuery Where search_events where",
    "._query.models": "MeanOfItems ModelComparison ModelReasoning compare_models",
    "._query.patterns": "FailureFactor TypePattern failure_factors mine_patterns near_failure",
    "._query.scanners": "Scanner ScannerValidation ScanResult scan validate_scanner",
    "._read.example": "example_answer",
    "._read.inspect_text": "EventValidation extract_metadata split_events_and_code validate_events",
    "._read.prompt": "PromptForm build_causal_prompt causal_tool",
    "._read.stream": "TraceStream",
    "._store.archive": "archive_chains read_archive restore_chains",
    "._store.hashing": "event_hashes",
    "._store.redaction": "redact",
    "._store.search_index": "SearchHit SearchIndex",
    "._store.trace_log": "LogCheck TraceLog",
    "._study.analysis": "StudyResult analyze_study",
    "._study.design": "Assignment Design StudyPower assign_tasks study_power",
    "._study.responses": (
        "BlindedAnswers StudyResponse blind_answers missing_responses read_study_responses "
        "simulate_responses"
    ),
    "._study.task_page": "task_page",
}

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _names_of_modules(
        __name__,
        _LATER,
        otherwise=_renamed_names(
            __name__, {"Event": "TraceEvent", "load": "load_chain", "save": "save_chain"}
        ),
    )


def __dir__() -> list[str]:
    return sorted({*globals(), *" ".join(_LATER.values()).split()})
