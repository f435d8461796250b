"""Ask several language models and combine their answers."""

from ._ask import ask, ask_sync
from ._errors import (
    AllModelsFailedError,
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    EnsembleError,
    InsufficientResponsesError,
    MalformedResponseError,
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
from ._laws import Calibrated, Confidence, Constant, Latency, LogNormal, Pareto
from ._model import FunctionModel, Model, Query, Question, Response, Sampling, as_model, sampling
from ._openai import OpenAIModel
from ._predict import predict, predict_sync
from ._prices import PRICES, PRICES_DATE, PRICES_SOURCE, Price, find_price
from ._replay import ReplayModel
from ._result import EnsembleResult, ModelRecord
from ._simulated import SimulatedModel
from ._vote import Outcome, Strategy, Vote, majority

__all__ = [
    "EVENTS",
    "PRICES",
    "PRICES_DATE",
    "PRICES_SOURCE",
    "AllModelsFailedError",
    "AuthenticationError",
    "BadRequestError",
    "Calibrated",
    "Confidence",
    "ConnectionFailedError",
    "Constant",
    "EnsembleError",
    "EnsembleResult",
    "FunctionModel",
    "InsufficientResponsesError",
    "Latency",
    "LogNormal",
    "MalformedResponseError",
    "Model",
    "ModelError",
    "ModelRecord",
    "ModelTimeoutError",
    "NoConsensusError",
    "OpenAIModel",
    "Outcome",
    "Pareto",
    "Price",
    "Query",
    "Question",
    "QuestionError",
    "RateLimitError",
    "ReplayModel",
    "Response",
    "RunningLoopError",
    "Sampling",
    "ServerError",
    "SimulatedModel",
    "Strategy",
    "UnknownNameError",
    "Vote",
    "as_model",
    "ask",
    "ask_sync",
    "find_price",
    "majority",
    "predict",
    "predict_sync",
    "sampling",
]
