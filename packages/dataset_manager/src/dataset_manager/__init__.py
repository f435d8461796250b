"""Benchmarks for language models: fetched, pinned to the byte, sampled and scored."""

import typing as _typing

from ._core.deprecated import renamed_names as _renamed_names
from ._core.errors import (
    ChecksumError,
    DatasetError,
    DatasetFileError,
    DatasetFileNotFoundError,
    DownloadError,
    InvalidItemsError,
    MissingExtraError,
    NoScorerError,
    PredictionError,
    ResultNotFoundError,
    RevisionError,
    RunningLoopError,
    SandboxError,
    UnavailableError,
    UnknownDatasetError,
    UnknownMetricError,
    UnknownOptionError,
    UnknownScorerError,
)
from ._core.events import EVENTS
from ._core.intervals import Interval
from ._core.later import names_of_modules as _names_of_modules
from ._data.dataset import Dataset
from ._data.fields import FieldMapping
from ._data.item import Item, item_from_mapping
from ._extraction.choices import extract_choice
from ._extraction.cleaning import Cleaning
from ._extraction.code import extract_code
from ._extraction.numbers import extract_number
from ._extraction.outcome import Extraction

if _typing.TYPE_CHECKING:  # at run time each is imported when it is used first
    from ._benchmarks.arithmetic import arithmetic
    from ._benchmarks.registry import DatasetInfo, search_datasets
    from ._data.card import DataCard
    from ._data.files import stream_file
    from ._data.prompts import PromptTemplate, template_for, with_prompts
    from ._loading.catalog import Loader, dataset_info, dataset_names, register_dataset
    from ._loading.load import load, load_all, load_sync
    from ._loading.preload import (
        clear_cache,
        invalidate_cache,
        list_cached,
        make_mirror,
        preload,
        preload_sync,
    )
    from ._logs.columns import LogColumns, read_log_columns
    from ._logs.log import PredictionLog
    from ._logs.read import read_log
    from ._logs.rescoring import LogRescoring, ScoreChange
    from ._readers.row import LogRow
    from ._results.accuracy import accuracy
    from ._results.analysis import (
        ConfidenceCalibration,
        GroupTable,
        ItemGroup,
        confidence_calibration,
        disagreements,
        failure_modes,
        group_table,
        hardest_items,
    )
    from ._results.evaluate import evaluate, evaluate_batch
    from ._results.leaderboard import Leaderboard, leaderboard
    from ._results.result import EvaluationResult, ItemResult
    from ._results.store import ResultStore, StoredResult
    from ._sampling.folds import Fold, k_fold
    from ._sampling.leaks import Leak, LeakReport, find_leaks
    from ._sampling.samples import random_sample, stratified_sample
    from ._sampling.splits import bootstrap, split_dataset, train_test_split
    from ._sandbox.limits import ProgramResult, TestedProgram
    from ._sandbox.sandbox import Sandbox
    from ._scoring.awaiting import is_async_scorer, score_async
    from ._scoring.codebleu import CodeBleu, codebleu
    from ._scoring.programs import (
        ProgramReport,
        pass_at_k_from_counts,
        pass_hat_k_from_counts,
        run_tests,
        run_tests_sync,
    )
    from ._scoring.scorers import register_scorer, score, scorer_names
    from ._scoring.values import extract_boolean, number_scorer, numbers_match
    from ._scoring.verdict import AsyncScorer, Score, Scorer
    from ._sources.cache import CachedFile
    from ._sources.pins import Pin
    from ._sources.sources import Sources

__all__ = [
    "EVENTS",
    "AsyncScorer",
    "CachedFile",
    "ChecksumError",
    "Cleaning",
    "CodeBleu",
    "ConfidenceCalibration",
    "DataCard",
    "Dataset",
    "DatasetError",
    "DatasetFileError",
    "DatasetFileNotFoundError",
    "DatasetInfo",
    "DownloadError",
    "EvaluationResult",
    "Extraction",
    "FieldMapping",
    "Fold",
    "GroupTable",
    "Interval",
    "InvalidItemsError",
    "Item",
    "ItemGroup",
    "ItemResult",
    "Leaderboard",
    "Leak",
    "LeakReport",
    "Loader",
    "LogColumns",
    "LogRescoring",
    "LogRow",
    "MissingExtraError",
    "NoScorerError",
    "Pin",
    "PredictionError",
    "PredictionLog",
    "ProgramReport",
    "ProgramResult",
    "PromptTemplate",
    "ResultNotFoundError",
    "ResultStore",
    "RevisionError",
    "RunningLoopError",
    "Sandbox",
    "SandboxError",
    "Score",
    "ScoreChange",
    "Scorer",
    "Sources",
    "StoredResult",
    "TestedProgram",
    "UnavailableError",
    "UnknownDatasetError",
    "UnknownMetricError",
    "UnknownOptionError",
    "UnknownScorerError",
    "accuracy",
    "arithmetic",
    "bootstrap",
    "clear_cache",
    "codebleu",
    "confidence_calibration",
    "dataset_info",
    "dataset_names",
    "disagreements",
    "evaluate",
    "evaluate_batch",
    "extract_boolean",
    "extract_choice",
    "extract_code",
    "extract_number",
    "failure_modes",
    "find_leaks",
    "group_table",
    "hardest_items",
    "invalidate_cache",
    "is_async_scorer",
    "item_from_mapping",
    "k_fold",
    "leaderboard",
    "list_cached",
    "load",
    "load_all",
    "load_sync",
    "make_mirror",
    "number_scorer",
    "numbers_match",
    "pass_at_k_from_counts",
    "pass_hat_k_from_counts",
    "preload",
    "preload_sync",
    "random_sample",
    "read_log",
    "read_log_columns",
    "register_dataset",
    "register_scorer",
    "run_tests",
    "run_tests_sync",
    "score",
    "score_async",
    "scorer_names",
    "search_datasets",
    "split_dataset",
    "stratified_sample",
    "stream_file",
    "template_for",
    "train_test_split",
    "with_prompts",
]

_LATER = {
    "._benchmarks.arithmetic": ("arithmetic",),
    "._benchmarks.registry": (
        "DatasetInfo",
        "search_datasets",
    ),
    "._data.card": ("DataCard",),
    "._data.files": ("stream_file",),
    "._data.prompts": (
        "PromptTemplate",
        "template_for",
        "with_prompts",
    ),
    "._loading.catalog": (
        "Loader",
        "dataset_info",
        "dataset_names",
        "register_dataset",
    ),
    "._loading.load": (
        "load",
        "load_all",
        "load_sync",
    ),
    "._loading.preload": (
        "clear_cache",
        "invalidate_cache",
        "list_cached",
        "make_mirror",
        "preload",
        "preload_sync",
    ),
    "._logs.log": ("PredictionLog",),
    "._logs.columns": ("LogColumns", "read_log_columns"),
    "._logs.read": ("read_log",),
    "._logs.rescoring": (
        "LogRescoring",
        "ScoreChange",
    ),
    "._readers.row": ("LogRow",),
    "._results.accuracy": ("accuracy",),
    "._results.analysis": (
        "ConfidenceCalibration",
        "GroupTable",
        "ItemGroup",
        "confidence_calibration",
        "disagreements",
        "failure_modes",
        "group_table",
        "hardest_items",
    ),
    "._results.evaluate": (
        "evaluate",
        "evaluate_batch",
    ),
    "._results.leaderboard": (
        "Leaderboard",
        "leaderboard",
    ),
    "._results.result": (
        "EvaluationResult",
        "ItemResult",
    ),
    "._results.store": (
        "ResultStore",
        "StoredResult",
    ),
    "._sampling.folds": (
        "Fold",
        "k_fold",
    ),
    "._sampling.leaks": (
        "Leak",
        "LeakReport",
        "find_leaks",
    ),
    "._sampling.samples": (
        "random_sample",
        "stratified_sample",
    ),
    "._sampling.splits": (
        "bootstrap",
        "split_dataset",
        "train_test_split",
    ),
    "._sandbox.limits": (
        "ProgramResult",
        "TestedProgram",
    ),
    "._sandbox.sandbox": ("Sandbox",),
    "._scoring.awaiting": (
        "is_async_scorer",
        "score_async",
    ),
    "._scoring.codebleu": (
        "CodeBleu",
        "codebleu",
    ),
    "._scoring.programs": (
        "ProgramReport",
        "pass_at_k_from_counts",
        "pass_hat_k_from_counts",
        "run_tests",
        "run_tests_sync",
    ),
    "._scoring.scorers": (
        "register_scorer",
        "score",
        "scorer_names",
    ),
    "._scoring.values": (
        "extract_boolean",
        "number_scorer",
        "numbers_match",
    ),
    "._scoring.verdict": (
        "AsyncScorer",
        "Score",
        "Scorer",
    ),
    "._sources.cache": ("CachedFile",),
    "._sources.pins": ("Pin",),
    "._sources.sources": ("Sources",),
}

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _names_of_modules(
        __name__,
        _LATER,
        otherwise=_renamed_names(
            __name__,
            {
                "Calibration": "ConfidenceCalibration",
                "Group": "ItemGroup",
                "calibration": "confidence_calibration",
                "pass_at_k": "pass_at_k_from_counts",
                "pass_hat_k": "pass_hat_k_from_counts",
                "register": "register_dataset",
            },
        ),
    )


def __dir__() -> list[str]:
    return sorted({*globals(), *(name for names in _LATER.values() for name in names)})
