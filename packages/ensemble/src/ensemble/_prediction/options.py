"""The options that predictions take."""

from collections.abc import Callable, Mapping

from .._core.models import SamplingOptions
from .._core.responses import Response
from .._models.confident import ConfidenceMethod
from .._normalization.normalizers import Normalizer, NormalizerName
from .._voting.strategies import AnyStrategy
from .._voting.votes import TieBreak
from .batch import CutOff
from .executions import AnyExecution, ExecutionName


class CallOptions(SamplingOptions, total=False):
    """The options of ``predict`` that concern the calls to the models alone."""

    seed: int | None
    model_timeout_ms: float | None
    timeout_ms: float | None
    temperature: float | None
    max_tokens: int | None
    on_response: Callable[[Response], None] | None
    confidence: ConfidenceMethod | None


class PredictOptions(CallOptions, total=False):
    """The options of ``predict``."""

    strategy: AnyStrategy
    execution: ExecutionName | AnyExecution
    normalize: NormalizerName | Normalizer
    tie_break: TieBreak
    accuracies: Mapping[str, float] | None
    samples: int
    min_responses: int
    cut_off: CutOff
