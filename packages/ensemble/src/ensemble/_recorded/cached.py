"""A model whose answers are stored and given again."""

import asyncio
import dataclasses
import functools
import json
from contextlib import ExitStack, aclosing
from hashlib import blake2b
from typing import Any, Literal

from .._core.costs.requests import RequestCost
from .._core.deprecated import renamed_arguments
from .._core.errors import MissingRecordError
from .._core.models import Model, NamedModel, SamplingParameters, cancelled_cost_usd
from .._core.queries import Query, Question, prompt_messages
from .._core.responses import Response, Source
from .._models.conversion import FunctionModel, ModelLike, as_model, cost_of
from .._models.writing import Writing, writing_of
from .identity import canonical, check_identity
from .records import Record
from .store import ResponseStore

Mode = Literal["record", "replay", "replay_or_fail"]
_MODES = ("record", "replay", "replay_or_fail")
# These look at the question itself, not at its prompt alone.
_BY_QUESTION = ("simulated", "recorded")

# These distinguish models of one name; an address may hold a key and is only in the hash.
_IDENTITY = ("cache_identity", "model", "base_url")
_CUT_OFF = ("length", "content_filter")
_as_json = json.JSONEncoder(sort_keys=True, default=repr).encode


class CachedModel(NamedModel):
    """A model with a cache before it.

    An answer that is given again says so (``cached``), costs nothing, keeps what it once cost
    (``original_cost_usd``) and how long it took, and is ``recorded`` unless it was simulated. The
    same request made by several at once is made once. Failures are not kept.

    Wrap the model itself and put ``Variant`` around this one, for a cache before it cannot see what
    it changes. Wrap a ``HedgedModel`` whole: its backup is the same request, which is made once.

    Args:
        model: The model, or a function of the query.
        cache: The cache.
        mode: ``replay`` gives what is there and asks for the rest, ``record`` asks and replaces
            what is there, ``replay_or_fail`` never asks.
        version: Part of the key: change it when what is behind the model's name has changed. Of a
            function it stands for its code.
        charge_hits: Books answers that are given again at what they once cost, as for repeating an
            experiment.

    Raises:
        ValueError: The mode is not one of these, or the model is a function that cannot be
            distinguished from another one, since it uses objects of unknown content; pass
            ``version`` then.
    """

    def __init__(
        self,
        model: ModelLike,
        cache: ResponseStore,
        *,
        mode: Mode = "replay",
        version: str = "",
        charge_hits: bool = False,
    ) -> None:
        if mode not in _MODES:
            raise ValueError(f"mode: {mode!r} is not one of {', '.join(_MODES)}")
        self._model = as_model(model)
        if not version:
            check_identity(self._model)
        self._cache = cache
        self._mode = mode
        self._version = version
        self._charge_hits = charge_hits
        self.name: str = self._model.name
        self.provider: str | None = getattr(self._model, "provider", None)

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Give the answer that is kept, or ask the model and keep what it says.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.

        Raises:
            MissingRecordError: Nothing is kept and the mode is ``replay_or_fail``.
            CacheFileError: The file cannot be read or written.
        """
        key = request_key(self._model, query, sampling, self._version)
        if self._mode != "record":
            found = self._cache.find(key)
            if found is not None:
                return self._again(found, "hits")
        if self._mode == "replay_or_fail":
            self._cache.count(misses=1)
            raise self._missing(query, sampling)

        async def ask() -> Response:
            self._cache.count(misses=1)
            return await self._ask(key, query, sampling)

        response, joined = await self._cache.once(key, ask)
        return self._again(response, "joined") if joined else response

    async def write(self, query: Query, sampling: SamplingParameters) -> Writing:
        """The pieces of an answer, and then the response, which is kept; one that is kept is whole.

        Who wants the same at the same time waits for the end and has it in one piece.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Raises:
            MissingRecordError: Nothing is kept and the mode is ``replay_or_fail``.
            CacheFileError: The file cannot be read or written.
        """
        key = request_key(self._model, query, sampling, self._version)
        is_kept = self._mode != "record" and self._cache.find(key) is not None
        with ExitStack() as made:
            asks = not is_kept and self._mode != "replay_or_fail"
            done = made.enter_context(self._cache.making(key)) if asks else None
            if done is None:  # kept, missing, or under way
                response = await self.generate(query, sampling)
                yield response.text
                yield response
                return
            self._cache.count(misses=1)
            async with aclosing(writing_of(self._model, query, sampling)) as writing:
                async for part in writing:
                    if isinstance(part, str):
                        yield part
                    else:
                        response = await self._keep(key, query, sampling, part)
                        done(response)
                        yield response

    def request_cost(self, query: Query, sampling: SamplingParameters) -> RequestCost:
        """What a call may cost at most, where nothing is kept.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The cost of the model.
        """
        return cost_of(self._model, query, sampling)

    def cancelled_cost_usd(
        self, query: Query, sampling: SamplingParameters, ran_ms: float
    ) -> float | None:
        """The cost of a cancelled call, as the model reports it.

        Args:
            query: The item of the call.
            sampling: Its parameters.
            ran_ms: How long it ran before it was cancelled.

        Returns:
            The cost in dollars; None when unknown.
        """
        return cancelled_cost_usd(self._model, query, sampling, ran_ms)

    async def _ask(self, key: str, query: Query, sampling: SamplingParameters) -> Response:
        clock = asyncio.get_running_loop().time
        begin = clock()
        response = await self._model.generate(query, sampling)
        if response.latency_ms is None and response.source == "live":
            latency_ms = round((clock() - begin) * 1000, 3)
            response = dataclasses.replace(response, latency_ms=latency_ms)
        return await self._keep(key, query, sampling, response)

    async def _keep(
        self, key: str, query: Query, sampling: SamplingParameters, response: Response
    ) -> Response:
        record = Record(
            key=key,
            model=self.name,
            question=query.id if isinstance(query, Question) else None,
            prompt=_prompt(query),
            sample=sampling.sample,
            settings=_settings(sampling),
            response=dataclasses.replace(response, raw=None),
            recorded_at=self._cache.now(),
        )
        if not response.text and response.finish_reason in _CUT_OFF:
            return response  # nothing was said: the next one may be longer
        kept = await self._cache.keep(record, replace=self._mode == "record")
        # Another process was quicker: all give its answer, and this one was paid all the same.
        if kept is not record.response:
            return dataclasses.replace(kept, cost_usd=response.cost_usd)
        return response

    def _again(self, response: Response, how: str) -> Response:
        cost_usd = response.original_cost_usd if response.cached else response.cost_usd
        self._cache.count(**{how: 1}, saved_usd=cost_usd or 0.0, unpriced=int(cost_usd is None))
        source: Source = "simulated" if response.source == "simulated" else "recorded"
        return dataclasses.replace(
            response,
            cached=True,
            source=source,
            cost_usd=cost_usd if self._charge_hits else 0.0,
            original_cost_usd=cost_usd,
            raw=None,
        )

    def _missing(self, query: Query, sampling: SamplingParameters) -> MissingRecordError:
        what = query.id if isinstance(query, Question) else str(query)[:80]
        return MissingRecordError(
            f"model {self.name!r}: no answer to {what!r}, sample {sampling.sample}, is in the cache"
            " for these sampling parameters; record it first, or use mode='replay'",
            model=self.name,
            question=what,
            sample=sampling.sample,
        )


@renamed_arguments(query="item")
def request_key(model: Model, item: Query, sampling: SamplingParameters, version: str = "") -> str:
    """The hash of a request: model, version, parameters, prompt and sample number.

    A model may add to it by ``cache_identity``: plain values that distinguish models of one name.

    Args:
        model: The model.
        item: A text, chat messages, or a question.
        sampling: The parameters by which the answer is drawn.
        version: Part of the key.

    Returns:
        The hash, as hexadecimal digits.
    """
    provider = getattr(model, "provider", None)
    request: dict[str, Any] = {
        "model": model.name,
        "provider": provider,
        "identity": _identity(model, version),
        "version": version,
        "messages": prompt_messages(item),
        "sample": sampling.sample,
        "settings": _settings(sampling),
    }
    if provider in _BY_QUESTION and isinstance(item, Question):
        request["question"] = [item.id, repr(canonical(item.expected))]
    text = _as_json(canonical(request))
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _identity(model: Model, version: str) -> list[Any]:
    """What distinguishes models of one name; a version stands for the code of a function."""
    found = [getattr(model, name, None) for name in _IDENTITY]
    return [None, *found[1:]] if version and isinstance(model, FunctionModel) else found


def _settings(sampling: SamplingParameters) -> dict[str, Any]:
    """The parameters that are given: one that is added later changes no key of today."""
    kind: Any = type(sampling)
    given = {name: getattr(sampling, name) for name in _settings_of(kind)}
    return {name: each for name, each in given.items() if each is not None and each is not False}


@functools.lru_cache(maxsize=64)
def _settings_of(kind: type[SamplingParameters]) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(kind) if each.name != "sample")


def _prompt(query: Query) -> str:
    text = isinstance(query, str | Question)
    prompt = str(query) if text else json.dumps(prompt_messages(query), ensure_ascii=False)
    return prompt.encode("utf-8", "replace").decode()
