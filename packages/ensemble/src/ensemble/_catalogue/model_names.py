"""How platforms write the names of models: fine-tuned, regional, by another maker's service."""

import re
from functools import lru_cache

_VENDORS = "ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|openai|qwen"
# Of Bedrock, such as eu.anthropic.claude-3-haiku-20240307-v1:0.
_OF_BEDROCK = rf"(?:[a-z-]+\.)?(?:{_VENDORS})\.(.+?)(?:-v\d+)?(?::\d+(?::\w+)?)?"
_FINE_TUNED = r"(ft:[^:]+):.*"  # the base, then whose it is
_POINT = r"(?<=\d)\.(?=\d)"


@lru_cache(1000)
def listed_name(model: str) -> str:
    """The name that a price list of the same provider has: without an owner or a kind before it.

    Args:
        model: The name that is sent, such as ``ft:gpt-4o-2024-08-06:mine::1`` or ``models/...``.
    """
    tuned = re.fullmatch(_FINE_TUNED, model)
    return tuned.group(1) if tuned else model.removeprefix("models/")


def makers_name(model: str) -> str:
    """The name that the model has at its maker, whatever platform it is asked through.

    Args:
        model: The name at a platform, such as Bedrock, Vertex AI or OpenRouter.
    """
    name = listed_name(model).removeprefix("ft:").rpartition("/")[2]
    bedrock = re.fullmatch(_OF_BEDROCK, name)
    if bedrock:
        name = bedrock.group(1)
    name, _, date = name.partition("@")  # of Vertex AI
    if date not in ("", "default"):
        name = f"{name}-{date}"
    # OpenRouter writes claude-sonnet-4.5, and a variant behind a colon.
    name = name.partition(":")[0]
    return re.sub(_POINT, "-", name) if name.startswith("claude") else name
