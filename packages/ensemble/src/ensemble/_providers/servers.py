"""Providers and servers that speak OpenAI's chat completions under their own names."""

import os
from typing import NamedTuple, Unpack

from .._catalogue.prices import PRICES
from .._core.costs.prices import Price
from .keys import find_key
from .openai import OpenAIModel
from .provider import ProviderOptions


class Server(NamedTuple):
    """Where a provider or a server is asked.

    Attributes:
        base_url: Where its interface begins.
        keys: The variables that its key is in; none for a server that needs none.
        address: The variable that has another address.
    """

    base_url: str
    keys: tuple[str, ...] = ()
    address: str | None = None


SERVERS: dict[str, Server] = {
    "bedrock": Server(
        "https://bedrock-runtime.{AWS_REGION}.amazonaws.com/openai/v1",
        ("AWS_BEARER_TOKEN_BEDROCK",),
    ),
    "cerebras": Server("https://api.cerebras.ai/v1", ("CEREBRAS_API_KEY",)),
    "deepseek": Server("https://api.deepseek.com/v1", ("DEEPSEEK_API_KEY",)),
    "fireworks": Server("https://api.fireworks.ai/inference/v1", ("FIREWORKS_API_KEY",)),
    "groq": Server("https://api.groq.com/openai/v1", ("GROQ_API_KEY",)),
    "llamacpp": Server("http://127.0.0.1:8080/v1", address="LLAMACPP_BASE_URL"),
    "lmstudio": Server("http://127.0.0.1:1234/v1", address="LMSTUDIO_BASE_URL"),
    "mistral": Server("https://api.mistral.ai/v1", ("MISTRAL_API_KEY",)),
    "ollama": Server("http://127.0.0.1:11434/v1", address="OLLAMA_HOST"),
    "openrouter": Server("https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",)),
    "together": Server("https://api.together.xyz/v1", ("TOGETHER_API_KEY",)),
    "vllm": Server("http://127.0.0.1:8000/v1", address="VLLM_BASE_URL"),
    "xai": Server("https://api.x.ai/v1", ("XAI_API_KEY",)),
}


class ServerModel(OpenAIModel):
    """A model of a provider or a server that is known by its name, such as ``ollama``.

    Args:
        server: Its name.
        model: The model's name there.
        **options: As for every model. A key of OpenAI is never sent.

    A server on your own machine needs no key, and its answers cost nothing.
    """

    def __init__(self, server: str, model: str, **options: Unpack[ProviderOptions]) -> None:
        known = SERVERS[server]
        if options.get("api_key") is None:
            options["api_key"] = find_key(known.keys) if known.keys else ""
        key = options["api_key"]
        if options.get("base_url") is None:
            options["base_url"] = _address(known)
        if options.get("price") is None and not known.keys:
            options["price"] = Price(source="runs on your own machine")
        options["api_key"] = key or ""
        super().__init__(model, **options)
        self._key = key  # where it is missing, the names of its variables are given
        self._key_names = known.keys
        self._listed_as = f"{server}/{model}"

    def price(self) -> Price | None:
        """The price it was given, or the one that is listed for this provider."""
        return self._price or PRICES.get(self._listed_as) or super().price()


def _address(server: Server) -> str:
    given = os.environ.get(server.address) if server.address else None
    if given:
        address = given if "://" in given else f"http://{given}"
        return address if address.rstrip("/").endswith("/v1") else f"{address.rstrip('/')}/v1"
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return server.base_url.replace("{AWS_REGION}", region)
