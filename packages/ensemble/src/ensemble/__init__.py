"""Ask several language models and combine their answers."""

import typing as _typing

from ._catalogue.capabilities import (
    Capabilities,
    capabilities_names,
    find_capabilities,
    register_capabilities,
)
from ._catalogue.prices import PRICES, PRICES_DATE, PRICES_SOURCE, find_price
from ._core.admission import admitting_calls, substituting_models
from ._core.costs.ledger import Ledger, Try, TryStatus
from ._core.costs.prices import Price, PriceTier
from ._core.costs.requests import PricedModel, RequestCost
from ._core.errors import (
    AllModelsFailedError,
    AuthenticationError,
    BadRequestError,
    BatchJobError,
    CacheFileError,
    CircuitOpenError,
    ConnectionFailedError,
    DeadlineExceededError,
    EnsembleError,
    InfeasibleCorrelationError,
    InsufficientResponsesError,
    MalformedResponseError,
    MissingExtraError,
    MissingRecordError,
    ModelError,
    ModelTimeoutError,
    NoConsensusError,
    OverloadedError,
    QuestionError,
    RateLimitError,
    RecordFileError,
    RunningLoopError,
    ServerError,
    UnknownExecutionError,
    UnknownModelError,
    UnknownNameError,
    UnknownNormalizerError,
    UnknownSimilarityError,
    UnknownStopError,
    UnknownStrategyError,
    UnknownTieBreakError,
)
from ._core.events import EVENTS
from ._core.models import Model, SamplingParameters, sampling
from ._core.observers import ModelCall, QueueWait, note_sent, observing_calls, observing_waits
from ._core.queries import Query, Question
from ._core.responses import Response, TokenLogprob, ToolCall
from ._models.ask import ask, ask_sync
from ._models.confident import ConfidentModel
from ._models.conversion import FunctionModel, ModelLike, as_model
from ._models.hedged import HedgedModel
from ._models.members import Fallback, Recalibrated, Variant
from ._models.stream import AnswerStream, stream
from ._models.writing import StreamingModel
from ._normalization.normalizers import choices_normalizer, normalizer_names, read_answer
from ._normalization.reading import Reading
from ._prediction.executions import (
    Cascade,
    Execution,
    HedgedExecution,
    Parallel,
    Sequential,
    execution_names,
)
from ._prediction.many import Progress, predict_many, predict_many_sync, predict_stream
from ._prediction.predict import predict, predict_sync
from ._prediction.public_names import names_of_modules as _names_of_modules
from ._prediction.result import EnsembleResult, ModelRecord
from ._prediction.stopping import (
    AdaptiveConsistency,
    Agreement,
    ConfidenceThreshold,
    Consensus,
    Curtailment,
    VotePosterior,
    VotingState,
)
from ._providers.anthropic import AnthropicModel
from ._providers.gemini import GeminiModel
from ._providers.names import (
    ALIASES,
    Alias,
    alias_names,
    named_model,
    provider_names,
    register_alias,
    register_provider,
    resolve_model,
)
from ._providers.openai import OpenAIModel
from ._providers.openai_responses import OpenAIResponsesModel
from ._recorded.cache import ResponseCache
from ._recorded.cached import CachedModel, request_key
from ._recorded.store import CacheStatistics
from ._transport.limits import Limits, sharing_limits
from ._voting.counting import BestConfidence, Last, Learned, LogOdds, Majority, Unanimous, Weighted
from ._voting.rule import Rule, Strategy, VoteContext
from ._voting.strategies import find_strategy, register_strategy, strategy_names
from ._voting.votes import Ties, Vote, VoteOutcome, majority

if _typing.TYPE_CHECKING:  # imported when one of their names is used first
    from ._analysis.calibration import aurc, calibrate, calibration_error, risk_coverage
    from ._analysis.dawid_skene import dawid_skene
    from ._analysis.labels import collect, collect_sync, fit, fit_sync
    from ._analysis.paired import Interval, Paired, paired, pairs_needed, trials_needed, wilson
    from ._analysis.planning import PanelPlan, majority_error, plan_panel
    from ._analysis.table import VoteTable
    from ._batches.ask_batch import ask_batch, ask_batch_sync
    from ._batches.batched import BatchedModel
    from ._batches.jobs import BatchJob, BatchJobs
    from ._catalogue.litellm import prices_from_litellm
    from ._models.request_cost import request_cost
    from ._prediction.chain import to_chain
    from ._providers.local import LocalModel
    from ._providers.sdks import SdkModel, from_anthropic, from_google, from_litellm, from_openai
    from ._recorded.replay import ReplayModel
    from ._simulated.confidence import Calibrated, Confidence, Miscalibrated, Uninformative
    from ._simulated.difficulty import Ability, OutputLengths
    from ._simulated.failures import Failures
    from ._simulated.latency import (
        Constant,
        Empirical,
        Latency,
        LogNormal,
        Mixture,
        Pareto,
        PerToken,
        Regimes,
    )
    from ._simulated.model import SimulatedModel
    from ._simulated.panel import panel, panel_like

__all__ = [
    "ALIASES",
    "EVENTS",
    "PRICES",
    "PRICES_DATE",
    "PRICES_SOURCE",
    "Ability",
    "AdaptiveConsistency",
    "Agreement",
    "Alias",
    "AllModelsFailedError",
    "AnswerStream",
    "AnthropicModel",
    "AuthenticationError",
    "BadRequestError",
    "BatchJob",
    "BatchJobError",
    "BatchJobs",
    "BatchedModel",
    "BestConfidence",
    "CacheFileError",
    "CacheStatistics",
    "CachedModel",
    "Calibrated",
    "Capabilities",
    "Cascade",
    "CircuitOpenError",
    "Confidence",
    "ConfidenceThreshold",
    "ConfidentModel",
    "ConnectionFailedError",
    "Consensus",
    "Constant",
    "Curtailment",
    "DeadlineExceededError",
    "Empirical",
    "EnsembleError",
    "EnsembleResult",
    "Execution",
    "Failures",
    "Fallback",
    "FunctionModel",
    "GeminiModel",
    "HedgedExecution",
    "HedgedModel",
    "InfeasibleCorrelationError",
    "InsufficientResponsesError",
    "Interval",
    "Last",
    "Latency",
    "Learned",
    "Ledger",
    "Limits",
    "LocalModel",
    "LogNormal",
    "LogOdds",
    "Majority",
    "MalformedResponseError",
    "Miscalibrated",
    "MissingExtraError",
    "MissingRecordError",
    "Mixture",
    "Model",
    "ModelCall",
    "ModelError",
    "ModelLike",
    "ModelRecord",
    "ModelTimeoutError",
    "NoConsensusError",
    "OpenAIModel",
    "OpenAIResponsesModel",
    "OutputLengths",
    "OverloadedError",
    "Paired",
    "PanelPlan",
    "Parallel",
    "Pareto",
    "PerToken",
    "Price",
    "PriceTier",
    "PricedModel",
    "Progress",
    "Query",
    "Question",
    "QuestionError",
    "QueueWait",
    "RateLimitError",
    "Reading",
    "Recalibrated",
    "RecordFileError",
    "Regimes",
    "ReplayModel",
    "RequestCost",
    "Response",
    "ResponseCache",
    "Rule",
    "RunningLoopError",
    "SamplingParameters",
    "SdkModel",
    "Sequential",
    "ServerError",
    "SimulatedModel",
    "Strategy",
    "StreamingModel",
    "Ties",
    "TokenLogprob",
    "ToolCall",
    "Try",
    "TryStatus",
    "Unanimous",
    "Uninformative",
    "UnknownExecutionError",
    "UnknownModelError",
    "UnknownNameError",
    "UnknownNormalizerError",
    "UnknownSimilarityError",
    "UnknownStopError",
    "UnknownStrategyError",
    "UnknownTieBreakError",
    "Variant",
    "Vote",
    "VoteContext",
    "VoteOutcome",
    "VotePosterior",
    "VoteTable",
    "VotingState",
    "Weighted",
    "admitting_calls",
    "alias_names",
    "as_model",
    "ask",
    "ask_batch",
    "ask_batch_sync",
    "ask_sync",
    "aurc",
    "calibrate",
    "calibration_error",
    "capabilities_names",
    "choices_normalizer",
    "collect",
    "collect_sync",
    "dawid_skene",
    "execution_names",
    "find_capabilities",
    "find_price",
    "find_strategy",
    "fit",
    "fit_sync",
    "from_anthropic",
    "from_google",
    "from_litellm",
    "from_openai",
    "majority",
    "majority_error",
    "named_model",
    "normalizer_names",
    "note_sent",
    "observing_calls",
    "observing_waits",
    "paired",
    "pairs_needed",
    "panel",
    "panel_like",
    "plan_panel",
    "predict",
    "predict_many",
    "predict_many_sync",
    "predict_stream",
    "predict_sync",
    "prices_from_litellm",
    "provider_names",
    "read_answer",
    "register_alias",
    "register_capabilities",
    "register_provider",
    "register_strategy",
    "request_cost",
    "request_key",
    "resolve_model",
    "risk_coverage",
    "sampling",
    "sharing_limits",
    "strategy_names",
    "stream",
    "substituting_models",
    "to_chain",
    "trials_needed",
    "wilson",
]

# Their modules are imported when they are used: asking a model needs none of them.
_LATER = {
    "._analysis.calibration": "aurc calibrate calibration_error risk_coverage",
    "._analysis.dawid_skene": "dawid_skene",
    "._analysis.labels": "collect collect_sync fit fit_sync",
    "._analysis.paired": "Interval Paired paired pairs_needed trials_needed wilson",
    "._analysis.planning": "PanelPlan majority_error plan_panel",
    "._analysis.table": "VoteTable",
    "._batches.ask_batch": "ask_batch ask_batch_sync",
    "._batches.batched": "BatchedModel",
    "._batches.jobs": "BatchJob BatchJobs",
    "._catalogue.litellm": "prices_from_litellm",
    "._models.request_cost": "request_cost",
    "._prediction.chain": "to_chain",
    "._providers.local": "LocalModel",
    "._providers.sdks": "SdkModel from_anthropic from_google from_litellm from_openai",
    "._recorded.replay": "ReplayModel",
    "._simulated.confidence": "Calibrated Confidence Miscalibrated Uninformative",
    "._simulated.difficulty": "Ability OutputLengths",
    "._simulated.failures": "Failures",
    "._simulated.latency": "Constant Empirical Latency LogNormal Mixture Pareto PerToken Regimes",
    "._simulated.model": "SimulatedModel",
    "._simulated.panel": "panel panel_like",
}

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _names_of_modules(__name__, _LATER)


def __dir__() -> list[str]:
    return sorted({*globals(), *" ".join(_LATER.values()).split()})
