"""Which interface for batch jobs a model has."""

from .._core.errors import BadRequestError
from .._core.models import Model, SamplingParameters
from .._providers.anthropic import AnthropicModel
from .._providers.gemini import GeminiModel
from .._providers.openai import OpenAIModel
from .._providers.openai_responses import OpenAIResponsesModel
from .anthropic_batches import AnthropicBatches
from .gemini_batches import GeminiBatches
from .interface import BatchInterface
from .openai_batches import OpenAIBatches


def interface_of(model: Model) -> BatchInterface:
    """The interface for batch jobs of a model.

    Raises:
        BadRequestError: It has none.
    """
    if isinstance(model, AnthropicModel):
        return AnthropicBatches(model)
    if isinstance(model, GeminiModel):
        return GeminiBatches(model)
    if isinstance(model, OpenAIModel | OpenAIResponsesModel):
        path = model.asked("", SamplingParameters()).path.partition("?")[0]
        client = model.batch_client() if isinstance(model, OpenAIModel) else model
        return OpenAIBatches(client, f"/v1{path}" if client is model else path)
    raise BadRequestError(
        f"model {model.name!r} has no batch jobs here; give an OpenAIModel, OpenAIResponsesModel,"
        " AnthropicModel or GeminiModel"
    )
