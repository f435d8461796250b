"""Ask several language models and combine their answers."""

from ._analysis.calibration import aurc, calibrate, calibration_error, risk_coverage
from ._analysis.dawid_skene import dawid_skene
from ._analysis.labels import collect, collect_sync, fit, fit_sync
from ._analysis.paired import Paired, paired, pairs_needed, trials_needed, wilson
from ._analysis.planning import Plan, majority_error, plan
from ._analysis.table import VoteTable
from ._core.errors import (
    AllModelsFailedError,
    AuthenticationError,
    BadRequestError,
    CacheFileError,
    CircuitOpenError,
    ConnectionFailedError,
    EnsembleError,
    InfeasibleCorrelationError,
    InsufficientResponsesError,
    MalformedResponseError,
    MissingRecordError,
    ModelError,
    ModelTimeoutError,
    NoConsensusError,
    QuestionError,
    RateLimitError,
    RunningLoopError,
    ServerError,
    UnknownNameError,
)
from ._core.events import EVENTS
from ._core.models import Model, Sampling, sampling
from ._core.observers import ModelCall, observing_calls
from ._core.prices import PRICES, PRICES_DATE, PRICES_SOURCE, Price, find_price
from ._core.queries import Query, Question
from ._core.responses import Response, TokenLogprob
from ._models.ask import ask, ask_sync
from ._models.conversion import FunctionModel, as_model
from ._models.hedged import HedgedModel
from ._models.members import Fallback, Recalibrated, Variant
from ._models.stream import AnswerStream, StreamingModel, stream
from ._normalization.normalizers import NORMALIZERS, options
from ._normalization.reading import Reading
from ._prediction.chain import to_chain
from ._prediction.executions import EXECUTIONS, Cascade, Hedged, Order, Parallel, Sequential
from ._prediction.many import Progress, predict_many, predict_many_sync, predict_stream
from ._prediction.predict import predict, predict_sync
from ._prediction.result import EnsembleResult, ModelRecord
from ._prediction.stopping import (
    Agree,
    Confident,
    Consensus,
    Curtail,
    Posterior,
    Samples,
    Situation,
)
from ._providers.anthropic import AnthropicModel
from ._providers.gemini import GeminiModel
from ._providers.limits import Limits
from ._providers.local import LocalModel
from ._providers.names import (
    ALIASES,
    Alias,
    named_model,
    register_alias,
    register_provider,
    resolve_model,
)
from ._providers.openai import OpenAIModel
from ._providers.sdks import SdkModel, from_anthropic, from_google, from_litellm, from_openai
from ._recorded.cache import ResponseCache
from ._recorded.cached import CachedModel, request_key
from ._recorded.replay import ReplayModel
from ._recorded.store import CacheStatistics
from ._simulated.confidence import Calibrated, Confidence, Miscalibrated, Uninformative
from ._simulated.difficulty import Ability, Lengths
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
from ._voting.counting import BestConfidence, Last, Learned, LogOdds, Majority, Unanimous, Weighted
from ._voting.rule import Poll, Rule, Strategy
from ._voting.strategies import RULES as STRATEGIES
from ._voting.strategies import register_strategy
from ._voting.votes import Outcome, Ties, Vote, majority

__all__ = [
    "ALIASES",
    "EVENTS",
    "EXECUTIONS",
    "NORMALIZERS",
    "PRICES",
    "PRICES_DATE",
    "PRICES_SOURCE",
    "STRATEGIES",
    "Ability",
    "Agree",
    "Alias",
    "AllModelsFailedError",
    "AnswerStream",
    "AnthropicModel",
    "AuthenticationError",
    "BadRequestError",
    "BestConfidence",
    "CacheFileError",
    "CacheStatistics",
    "CachedModel",
    "Calibrated",
    "Cascade",
    "CircuitOpenError",
    "Confidence",
    "Confident",
    "ConnectionFailedError",
    "Consensus",
    "Constant",
    "Curtail",
    "Empirical",
    "EnsembleError",
    "EnsembleResult",
    "Failures",
    "Fallback",
    "FunctionModel",
    "GeminiModel",
    "Hedged",
    "HedgedModel",
    "InfeasibleCorrelationError",
    "InsufficientResponsesError",
    "Last",
    "Latency",
    "Learned",
    "Lengths",
    "Limits",
    "LocalModel",
    "LogNormal",
    "LogOdds",
    "Majority",
    "MalformedResponseError",
    "Miscalibrated",
    "MissingRecordError",
    "Mixture",
    "Model",
    "ModelCall",
    "ModelError",
    "ModelRecord",
    "ModelTimeoutError",
    "NoConsensusError",
    "OpenAIModel",
    "Order",
    "Outcome",
    "Paired",
    "Parallel",
    "Pareto",
    "PerToken",
    "Plan",
    "Poll",
    "Posterior",
    "Price",
    "Progress",
    "Query",
    "Question",
    "QuestionError",
    "RateLimitError",
    "Reading",
    "Recalibrated",
    "Regimes",
    "ReplayModel",
    "Response",
    "ResponseCache",
    "Rule",
    "RunningLoopError",
    "Samples",
    "Sampling",
    "SdkModel",
    "Sequential",
    "ServerError",
    "SimulatedModel",
    "Situation",
    "Strategy",
    "StreamingModel",
    "Ties",
    "TokenLogprob",
    "Unanimous",
    "Uninformative",
    "UnknownNameError",
    "Variant",
    "Vote",
    "VoteTable",
    "Weighted",
    "as_model",
    "ask",
    "ask_sync",
    "aurc",
    "calibrate",
    "calibration_error",
    "collect",
    "collect_sync",
    "dawid_skene",
    "find_price",
    "fit",
    "fit_sync",
    "from_anthropic",
    "from_google",
    "from_litellm",
    "from_openai",
    "majority",
    "majority_error",
    "named_model",
    "observing_calls",
    "options",
    "paired",
    "pairs_needed",
    "panel",
    "panel_like",
    "plan",
    "predict",
    "predict_many",
    "predict_many_sync",
    "predict_stream",
    "predict_sync",
    "register_alias",
    "register_provider",
    "register_strategy",
    "request_key",
    "resolve_model",
    "risk_coverage",
    "sampling",
    "stream",
    "to_chain",
    "trials_needed",
    "wilson",
]
