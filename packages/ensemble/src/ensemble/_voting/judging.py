"""Rules that let another model, or a score, choose among the answers."""

import inspect
import re
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass

from .._core.models import SamplingParameters
from .._models.ask import ask_settled
from .._models.conversion import ModelLike, as_model
from .._normalization.choice import choice_key
from .rule import NeedsAllVotes, VoteContext
from .votes import Vote, VoteOutcome, leader, tally

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIELD = re.compile(r"\{(query|answers)\}")
_PROMPT = (
    "Several answers to one question follow. Choose the best. Say only its letter.\n"
    "Question: {query}\n{answers}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge(NeedsAllVotes):
    """A model reads the different answers and chooses one; its call is paid for and recorded.

    Answers are shown in the order of their text and without names or counts, so that neither the
    order of the models nor their number sways the judge. What it does not decide goes by majority.

    Attributes:
        model: The judge.
        prompt: The text it is asked, with ``{query}`` and ``{answers}``.
    """

    model: ModelLike
    prompt: str = _PROMPT
    name = "judge"

    async def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The answer the judge chooses; unanimity needs no judge.

        Raises:
            EnsembleError: The judge failed; give it a ``Fallback``.
        """
        scores = tally([vote.key for vote in votes], [vote.weight for vote in votes])
        texts: dict[Hashable, str] = {}
        for vote in votes:
            texts.setdefault(vote.key, vote.text)
        if len(texts) < 2 or len(texts) > len(_LETTERS):  # nothing to choose
            return leader(scores, votes, context.ties)
        keys = sorted(texts, key=repr)
        shown = zip(_LETTERS, (texts[key] for key in keys), strict=False)
        answers = "\n".join(f"{letter}) {text}" for letter, text in shown)
        response = await ask_settled(
            as_model(self.model),
            # Not by format(): the prompt may hold braces of its own.
            _FIELD.sub(
                lambda field: answers if field[1] == "answers" else str(context.item), self.prompt
            ),
            SamplingParameters(),
            timeout_ms=None,
            prediction_id=context.prediction_id,
        )
        letter = choice_key(response.text)
        index = _LETTERS.find(letter) if letter else -1
        if not 0 <= index < len(keys):
            return leader(scores, votes, context.ties, calls=(response,))
        return VoteOutcome(
            key=keys[index], scores=scores, confidence=response.confidence, calls=(response,)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BestOf(NeedsAllVotes):
    """The answer with the highest score by a function of your own (best of n).

    Attributes:
        score: How good a vote is; async or not, such as a reward model or the share of tests that
            pass.
    """

    score: Callable[[Vote], float | Awaitable[float]]
    name = "best_of_n"

    async def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The answer whose best vote has the highest score."""
        best: dict[Hashable, float] = {}
        texts: dict[Hashable, str] = {}
        for vote in votes:
            score = self.score(vote)
            value = float(await score if inspect.isawaitable(score) else score)
            if vote.key not in best or value > best[vote.key]:
                best[vote.key], texts[vote.key] = value, vote.text
        found = leader(best, votes, context.ties)
        text = None if found.key is None else texts[found.key]
        return VoteOutcome(
            key=found.key, scores=best, tied=found.tied, text=text, reason=found.reason
        )
