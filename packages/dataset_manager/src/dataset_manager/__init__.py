"""Benchmarks for language models: fetched, pinned to the byte, sampled and scored."""

from ._analysis import (
    Calibration,
    Group,
    GroupTable,
    calibration,
    disagreements,
    failure_modes,
    group_table,
    hardest_items,
)
from ._arithmetic import arithmetic
from ._cache import CachedFile
from ._card import DataCard
from ._catalog import Loader, dataset_info, dataset_names, register
from ._choices import extract_choice
from ._codebleu import CodeBleu, codebleu
from ._dataset import Dataset
from ._errors import (
    ChecksumError,
    DatasetError,
    DatasetFileError,
    DownloadError,
    InvalidItemsError,
    NoScorerError,
    PredictionError,
    ResultNotFoundError,
    RevisionError,
    SandboxError,
    UnavailableError,
    UnknownDatasetError,
    UnknownMetricError,
    UnknownOptionError,
    UnknownScorerError,
)
from ._evaluate import evaluate, evaluate_batch
from ._events import EVENTS
from ._extraction import Extraction
from ._fields import FieldMapping
from ._files import stream_file
from ._folds import Fold, k_fold
from ._item import Item, item_from_mapping
from ._leaderboard import Leaderboard, leaderboard
from ._leaks import Leak, LeakReport, find_leaks
from ._load import load, load_all, load_sync
from ._logs import PredictionLog, read_log
from ._logs_row import LogRow
from ._numbers import extract_number
from ._pins import Pin
from ._preload import (
    clear_cache,
    invalidate_cache,
    list_cached,
    make_mirror,
    preload,
    preload_sync,
)
from ._programs import (
    ProgramReport,
    extract_code,
    pass_at_k,
    pass_hat_k,
    run_tests,
    run_tests_sync,
)
from ._prompts import PromptTemplate, template_for, with_prompts
from ._registry import DatasetInfo, search_datasets
from ._result import EvaluationResult, ItemResult
from ._sampling import random_sample, stratified_sample
from ._sandbox import ProgramResult, Sandbox
from ._score import register_scorer, score, scorer_names
from ._score_values import extract_boolean, number_scorer, numbers_match
from ._sources import Sources
from ._splits import bootstrap, split_dataset, train_test_split
from ._store import ResultStore, StoredResult
from ._verdict import Score, Scorer

__all__ = [
    "EVENTS",
    "CachedFile",
    "Calibration",
    "ChecksumError",
    "CodeBleu",
    "DataCard",
    "Dataset",
    "DatasetError",
    "DatasetFileError",
    "DatasetInfo",
    "DownloadError",
    "EvaluationResult",
    "Extraction",
    "FieldMapping",
    "Fold",
    "Group",
    "GroupTable",
    "InvalidItemsError",
    "Item",
    "ItemResult",
    "Leaderboard",
    "Leak",
    "LeakReport",
    "Loader",
    "LogRow",
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
    "Sandbox",
    "SandboxError",
    "Score",
    "Scorer",
    "Sources",
    "StoredResult",
    "UnavailableError",
    "UnknownDatasetError",
    "UnknownMetricError",
    "UnknownOptionError",
    "UnknownScorerError",
    "arithmetic",
    "bootstrap",
    "calibration",
    "clear_cache",
    "codebleu",
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
    "pass_at_k",
    "pass_hat_k",
    "preload",
    "preload_sync",
    "random_sample",
    "read_log",
    "register",
    "register_scorer",
    "run_tests",
    "run_tests_sync",
    "score",
    "scorer_names",
    "search_datasets",
    "split_dataset",
    "stratified_sample",
    "stream_file",
    "template_for",
    "train_test_split",
    "with_prompts",
]
