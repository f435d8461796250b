"""Benchmarks for language models: fetched, pinned to the byte, sampled and scored."""

from ._arithmetic import arithmetic
from ._catalog import Loader, dataset_names, load, load_sync, register
from ._choices import extract_choice
from ._dataset import Dataset
from ._errors import (
    ChecksumError,
    DatasetError,
    DatasetFileError,
    DownloadError,
    InvalidItemsError,
    NoScorerError,
    PredictionError,
    UnavailableError,
    UnknownDatasetError,
    UnknownMetricError,
    UnknownOptionError,
    UnknownScorerError,
)
from ._evaluate import EvaluationResult, ItemResult, evaluate
from ._events import EVENTS
from ._extraction import Extraction
from ._item import Item, item_from_mapping
from ._numbers import extract_number
from ._sampling import random_sample, stratified_sample
from ._score import Score, Scorer, register_scorer, score, scorer_names
from ._sources import Pin, Sources

__all__ = [
    "EVENTS",
    "ChecksumError",
    "Dataset",
    "DatasetError",
    "DatasetFileError",
    "DownloadError",
    "EvaluationResult",
    "Extraction",
    "InvalidItemsError",
    "Item",
    "ItemResult",
    "Loader",
    "NoScorerError",
    "Pin",
    "PredictionError",
    "Score",
    "Scorer",
    "Sources",
    "UnavailableError",
    "UnknownDatasetError",
    "UnknownMetricError",
    "UnknownOptionError",
    "UnknownScorerError",
    "arithmetic",
    "dataset_names",
    "evaluate",
    "extract_choice",
    "extract_number",
    "item_from_mapping",
    "load",
    "load_sync",
    "random_sample",
    "register",
    "register_scorer",
    "score",
    "scorer_names",
    "stratified_sample",
]
