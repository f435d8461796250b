"""One item to several models: call them, count the votes, make the result."""

import asyncio
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from hashlib import blake2b
from typing import Unpack

from .._core.deprecated import renamed_arguments
from .._core.models import SamplingOptions, SamplingParameters, current_sample
from .._core.queries import Query
from .._core.responses import Response
from .._core.sync import run
from .._models.confident import ConfidenceMethod, with_confidence
from .._models.conversion import ModelLike, as_models
from .._normalization.normalizers import Normalizer, NormalizerName, find_normalizer
from .._voting.rule import VoteContext
from .._voting.strategies import AnyStrategy, find_rule
from .._voting.votes import TieBreak, Ties
from .assembly import check_answers, known_cost, make_result
from .batch import CallBatch, CutOff
from .calls import Member, MemberCall
from .confidences import by_confidence, missing_confidence
from .executions import AnyExecution, ExecutionName, find_execution, wanted_share
from .options import PredictOptions
from .reports import report, report_calls_start, report_calls_stop, report_failure, report_start
from .result import EnsembleResult, PredictionSpec

# Who watches the prediction of this task, as ``predict_stream`` does.
watching: ContextVar[Callable[[CallBatch, MemberCall], None] | None] = ContextVar(
    "ensemble_watching", default=None
)


@renamed_arguments(query="item")
async def predict(
    item: Query,
    *,
    models: Sequence[ModelLike],
    strategy: AnyStrategy = "majority",
    execution: ExecutionName | AnyExecution = "parallel",
    normalize: NormalizerName | Normalizer = "text",
    tie_break: TieBreak = "first",
    accuracies: Mapping[str, float] | None = None,
    seed: int | None = None,
    samples: int = 1,
    min_responses: int = 1,
    model_timeout_ms: float | None = None,
    timeout_ms: float | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    on_response: Callable[[Response], None] | None = None,
    cut_off: CutOff = "omit",
    confidence: ConfidenceMethod | None = None,
    **form: Unpack[SamplingOptions],
) -> EnsembleResult:
    """Ask several models and vote.

    A model that fails does not fail the vote; it has none. So has one whose answer says nothing, by
    the normalisation that is used.

    Args:
        item: A text, chat messages, or a question.
        models: The models, in the order of batch and of breaking ties; functions of the query will
            do.
        strategy: How votes are counted: a name of ``strategy_names()``, a rule such as
            ``Weighted(...)``, a function of the votes that gives a ``VoteOutcome`` and breaks its
            own ties, an object with ``aggregate(votes)``, or one of these with its options,
            ``(strategy, options)``.
        execution: In which order models are asked: ``parallel``, ``quorum``, ``sequential``,
            ``cascade``, ``hedged``, or one with its options, such as ``Sequential(first=2)``.
        normalize: When two answers are the same: a name of ``normalizer_names()``, or a function
            that gives a key, or None for an abstention.
        tie_break: How a tie is settled, as in ``Ties``.
        accuracies: The accuracy of each model, by its name, for ``tie_break="accuracy"``.
        seed: For ``seeded`` ties, 0 when left out; sent to models that take one when it is given.
        samples: How often each model is asked; every sample has a vote (self-consistency).
        min_responses: How many answers are needed.
        model_timeout_ms: The longest one model may take.
        timeout_ms: The longest it may take in all; the vote is then taken without those who are
            late.
        temperature: The temperature.
        max_tokens: The longest answer in tokens.
        on_response: Called with each response as it arrives; its error ends the prediction.
        cut_off: Whether an answer that was cut off at its longest votes by the last number, letter
            or text in it (``vote``) or has no vote (``omit``). What it states as its answer votes.
        confidence: Where the confidence of each answer comes from: ``logprob``, ``verbalized`` or
            ``sampling``, as in ``ConfidentModel``; None for what the models state themselves.
        **form: What else ``SamplingParameters`` has, as for ``ask``: ``system``,
            ``reasoning_effort``, ``extra`` and so on.

    Returns:
        The answer with its votes, costs and the record of every call.

    Raises:
        AllModelsFailedError: No model answered.
        InsufficientResponsesError: Fewer answered than ``min_responses``.
        NoConsensusError: There is a tie and ``tie_break`` is ``error``.
        UnknownNameError: A strategy, execution, normalisation or tie policy is unknown.
        ValueError: There are no models, or a number is out of range.
        TypeError: An element of ``models`` is not a model, or the strategy returns something else
            than a ``VoteOutcome``.
        MissingExtraError: ``hedged`` without the extra ``hedging``.
    """
    watch = watching.get()
    if watch is not None:
        watching.set(None)  # a member may be an ensemble itself; it is not the one that is watched

    def on_call(batch: CallBatch, call: MemberCall) -> None:
        if watch is not None:
            watch(batch, call)
        if on_response is not None and call.response is not None:
            on_response(call.response)

    prediction = Prediction(
        item,
        models=models,
        strategy=strategy,
        execution=execution,
        normalize=normalize,
        ties=Ties(policy=tie_break, seed=seed or 0, accuracies=accuracies),
        samples=samples,
        min_responses=min_responses,
        settings=SamplingParameters(
            temperature=temperature, max_tokens=max_tokens, seed=seed, **form
        ),
        cut_off=cut_off,
        confidence=confidence,
    )
    return await prediction.run(
        on_call=on_call, model_timeout_ms=model_timeout_ms, timeout_ms=timeout_ms
    )


@renamed_arguments(query="item")
def predict_sync(
    item: Query, *, models: Sequence[ModelLike], **options: Unpack[PredictOptions]
) -> EnsembleResult:
    """Ask several models and vote, from a script: ``predict``, run to its end.

    Args:
        item: A text, chat messages, or a question.
        models: The models.
        **options: Those of ``predict``.

    Returns:
        The answer with its votes, costs and the record of every call.

    Raises:
        RunningLoopError: An event loop is running, as in a notebook: use ``await predict(...)``.
        EnsembleError: As ``predict``.

    Example:
        >>> from ensemble import predict_sync
        >>> models = [lambda item: "4", lambda item: "The answer is 4.", lambda item: "5"]
        >>> result = predict_sync("What is 2+2?", models=models, normalize="number")
        >>> result.answer, dict(result.votes)
        ('4', {'4': 2, '5': 1})
    """
    return run("predict", lambda: predict(item, models=models, **options))


class Prediction:
    """A prediction whose options are checked, ready to run."""

    __slots__ = (
        "_by_confidence",
        "_cut_off",
        "_execution",
        "_least",
        "_members",
        "_poll",
        "_query",
        "_read",
        "_rule",
        "_settings",
        "_spec",
    )

    def __init__(
        self,
        query: Query,
        *,
        models: Sequence[ModelLike],
        strategy: AnyStrategy,
        execution: ExecutionName | AnyExecution,
        normalize: NormalizerName | Normalizer,
        ties: Ties,
        samples: int,
        min_responses: int,
        settings: SamplingParameters,
        cut_off: CutOff = "omit",
        confidence: ConfidenceMethod | None = None,
    ) -> None:
        if cut_off not in ("omit", "vote"):
            raise ValueError(f"cut_off: {cut_off!r} is neither 'omit' nor 'vote'")
        # Whole JSON is whole, and a function of yours decides for itself.
        self._cut_off = "vote" if normalize == "json" or callable(normalize) else cut_off
        panel = [with_confidence(each, confidence, normalize) for each in as_models(models)]
        if not panel:
            raise ValueError("models: ask at least one")
        if samples < 1:
            raise ValueError(f"samples: {samples!r} is below 1")
        begin = current_sample() * samples
        # One sample of all before the next of any: a stop then costs the least.
        self._members = [
            Member(model=model, sample=begin + number)
            for number in range(samples)
            for model in panel
        ]
        if not 1 <= min_responses <= len(self._members):
            most = len(self._members)
            raise ValueError(f"min_responses: {min_responses!r} is not between 1 and {most}")
        self._query = query
        self._settings = settings
        self._least = min_responses
        self._execution = find_execution(execution)
        self._rule = find_rule(strategy)
        self._by_confidence = by_confidence(self._execution, self._rule, ties)
        normalizer_name, self._read = find_normalizer(normalize)
        self._spec = PredictionSpec(
            # No count: predictions of a resumed run, or of other machines, must not share an id.
            prediction_id=f"prediction-{os.urandom(8).hex()}",
            strategy=self._rule.name,
            execution=self._execution.name,
            normalize=normalizer_name,
            tie_break=ties.policy,
            panel=tuple(member.model.name for member in self._members),
            prompt_hash=blake2b(str(query).encode("utf-8", "replace"), digest_size=8).hexdigest(),
        )
        self._poll = VoteContext(item=query, ties=ties, prediction_id=self._spec.prediction_id)

    async def run(
        self,
        *,
        on_call: Callable[[CallBatch, MemberCall], None],
        model_timeout_ms: float | None,
        timeout_ms: float | None,
    ) -> EnsembleResult:
        """Ask, count, and account for it."""
        spec = self._spec
        clock = asyncio.get_running_loop().time
        start = clock()
        report_start(spec, self._query)
        report_calls_start(spec)
        batch = CallBatch(
            self._members,
            self._query,
            self._settings,
            rule=self._rule,
            read=self._read,
            timeout_ms=model_timeout_ms,
            least=self._least,
            prediction_id=spec.prediction_id,
            on_call=on_call,
            cut_off=self._cut_off,
        )
        try:
            try:
                await batch.run(self._execution, timeout_ms)
            finally:
                report_calls_stop(spec, batch, clock() - start)
            check_answers(batch.calls, self._least)
            votes = batch.votes()
            outcome = self._rule.decide(votes, self._poll)
            if inspect.isawaitable(outcome):
                outcome = await outcome
        except Exception as error:
            report_failure(spec, error, clock() - start, known_cost(batch.calls))
            raise
        seconds = clock() - start
        result = make_result(
            batch.calls,
            votes,
            outcome,
            elapsed_ms=round(seconds * 1000, 3),
            spec=spec,
            warnings=missing_confidence(self._by_confidence, votes),
        )
        report(result, seconds, threshold=wanted_share(self._execution))
        return result
