"""Ask several language models and combine their answers."""

from ._anthropic import AnthropicModel
from ._ask import ask, ask_sync
from ._cache import CacheStatistics, ResponseCache
from ._cached import CachedModel, request_key
from ._calibration import aurc, calibrate, calibration_error, risk_coverage
from ._certainty import Calibrated, Confidence, Miscalibrated, Uninformative
from ._difficulty import Ability, Lengths
from ._errors import (
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
from ._events import EVENTS
from ._executions import EXECUTIONS, Cascade, Hedged, Order, Parallel, Sequential
from ._failing import Failures
from ._gemini import GeminiModel
from ._hedging import HedgedModel
from ._labels import collect, collect_sync, fit, fit_sync
from ._laws import (
    Constant,
    Empirical,
    Latency,
    LogNormal,
    Mixture,
    Pareto,
    PerToken,
    Regimes,
)
from ._limits import Limits
from ._local import LocalModel
from ._many import Progress, predict_many, predict_many_sync, predict_stream
from ._members import Fallback, Recalibrated, Variant
from ._model import (
    FunctionModel,
    Model,
    Query,
    Question,
    Response,
    Sampling,
    TokenLogprob,
    as_model,
    sampling,
)
from ._names import (
    ALIASES,
    Alias,
    named_model,
    register_alias,
    register_provider,
    resolve_model,
)
from ._normalize import NORMALIZERS, Reading, options
from ._openai import OpenAIModel
from ._paired import Paired, paired, pairs_needed, trials_needed, wilson
from ._panel import panel, panel_like
from ._planning import Plan, majority_error, plan
from ._predict import predict, predict_sync
from ._prices import PRICES, PRICES_DATE, PRICES_SOURCE, Price, find_price
from ._replay import ReplayModel
from ._result import EnsembleResult, ModelRecord
from ._rule import Poll, Rule, Strategy, register_strategy
from ._rules import RULES as STRATEGIES
from ._rules import BestConfidence, Last, Learned, LogOdds, Majority, Unanimous, Weighted
from ._sdks import SdkModel, from_anthropic, from_google, from_litellm, from_openai
from ._simulated import SimulatedModel
from ._stops import Agree, Confident, Consensus, Curtail, Posterior, Samples, Situation
from ._stream import AnswerStream, StreamingModel, stream
from ._table import VoteTable
from ._trace import to_chain
from ._unlabelled import dawid_skene
from ._vote import Outcome, Ties, Vote, majority

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
