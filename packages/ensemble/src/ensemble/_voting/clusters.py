"""Voting by clusters of similar answers."""

import inspect
import math
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .._core.errors import MissingExtraError, UnknownSimilarityError
from .._core.models import Model, SamplingParameters
from .._core.responses import Response
from .._models.ask import ask_settled
from .._models.conversion import ModelLike, as_model
from .._normalization.normalizers import boolean_key, number_key
from .rule import NeedsAllVotes, VoteContext
from .votes import Vote, VoteOutcome, leader

Similarity = Callable[[str, str], float | bool]
Embed = Callable[[list[str]], Any]

_SAME = (
    "Do these two answers to the same question mean the same? Say yes or no.\n"
    "Question: {query}\nFirst answer: {first}\nSecond answer: {second}"
)


def tokens(first: str, second: str) -> float:
    """The likeness of two texts by the words they share (Jaccard), in [0, 1].

    Returns:
        The number of tokens.
    """
    ours, theirs = set(first.casefold().split()), set(second.casefold().split())
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0


def text_similarity(first: str, second: str) -> float:
    """1 - Levenshtein distance / length of the longer text, without regard to case and ends."""
    ours, theirs = first.strip().casefold(), second.strip().casefold()
    before = list(range(len(theirs) + 1))
    for row, left in enumerate(ours, start=1):
        now = [row]
        for column, right in enumerate(theirs, start=1):
            changed = before[column - 1] + (left != right)
            now.append(min(now[-1] + 1, before[column] + 1, changed))
        before = now
    longest = max(len(ours), len(theirs))
    return 1 - before[-1] / longest if longest else 1.0


def fuzzy(first: str, second: str) -> float:
    """The likeness of two texts whatever the order of their words, by rapidfuzz, in [0, 1].

    Raises:
        MissingExtraError: The extra ``fuzzy`` is not installed.
    """
    try:
        from rapidfuzz import fuzz  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("fuzzy", "rapidfuzz") from error
    ratio: float = fuzz.token_sort_ratio(first.casefold(), second.casefold())
    return ratio / 100


def latex(first: str, second: str) -> bool:
    """Whether two answers in LaTeX are the same by mathematics, by math-verify.

    Raises:
        MissingExtraError: The extra ``latex`` is not installed.
    """
    try:
        from math_verify import parse, verify  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("latex", "math-verify") from error
    ours, theirs = (parse(text, parsing_timeout=None) for text in (first, second))
    # Its test is not symmetric: what it takes for the key may be the more general expression.
    return any(
        verify(gold, found, timeout_seconds=None)
        for gold, found in ((ours, theirs), (theirs, ours))
    )


def number(first: str, second: str) -> bool:
    """Whether two answers give the same number to within a thousandth of the larger."""
    ours, theirs = number_key(first), number_key(second)
    if ours is None or theirs is None:
        return False
    return abs(ours - theirs) * 1000 <= max(abs(ours), abs(theirs))


SimilarityName = Literal["fuzzy", "latex", "levenshtein", "number", "tokens"]
SIMILARITIES: dict[str, Similarity] = {
    "fuzzy": fuzzy,
    "latex": latex,
    "number": number,
    "levenshtein": text_similarity,
    "tokens": tokens,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters(NeedsAllVotes):
    """The largest group of answers that are alike wins; the one most like the others is given.

    Every two answers of a group are alike (complete linkage); groups are joined in the order of
    their likeness, so the order of the models plays no part.

    Attributes:
        similarity: How alike two texts are, in [0, 1]: ``tokens``, ``levenshtein``, ``fuzzy``
            (extra ``fuzzy``), ``latex`` (extra ``latex``), ``number`` (to within a thousandth),
            or a function, async or not.
        embed: Gives a vector for each text instead; likeness is their cosine.
        judge: A model that is asked whether two answers mean the same instead; its calls are paid
            for and recorded.
        threshold: How alike is alike enough.

    Raises:
        UnknownSimilarityError: No similarity has this name.
        ValueError: The threshold is outside [0, 1].
    """

    similarity: SimilarityName | Callable[[str, str], float | bool | Awaitable[float | bool]] = (
        "levenshtein"
    )
    embed: Embed | None = None
    judge: ModelLike | None = None
    threshold: float = 0.85
    name = "clusters"

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold: {self.threshold!r} is outside [0, 1]")
        if isinstance(self.similarity, str) and self.similarity not in SIMILARITIES:
            raise UnknownSimilarityError(self.similarity, SIMILARITIES)

    async def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The largest group."""
        calls: list[Response] = []
        firsts = list({vote.key: vote for vote in reversed(votes)}.values())[::-1]
        alike = await self._likeness([vote.text for vote in firsts], context, calls)
        groups = _complete_linkage(alike, self.threshold, [repr(vote.key) for vote in firsts])
        heads: dict[Hashable, Hashable] = {}
        texts: dict[Hashable, str] = {}
        for group in groups:
            best = max(group, key=lambda index: sum(alike[index][each] for each in group))
            texts[firsts[best].key] = firsts[best].text
            heads.update({firsts[each].key: firsts[best].key for each in group})
        scores: dict[Hashable, float] = {}
        for vote in votes:
            head = heads[vote.key]
            scores[head] = scores.get(head, 0.0) + vote.weight
        found = leader(scores, votes, context.ties, groups=heads, calls=tuple(calls))
        if found.key is None:
            return found
        return VoteOutcome(
            key=found.key,
            scores=scores,
            tied=found.tied,
            text=texts[found.key],
            groups=heads,
            calls=tuple(calls),
        )

    async def _likeness(
        self, texts: list[str], context: VoteContext, calls: list[Response]
    ) -> list[list[float]]:
        size = len(texts)
        alike = [[1.0] * size for _ in range(size)]
        vectors = await _settle(self.embed(texts)) if self.embed is not None else None
        for row in range(size):
            for column in range(row):
                if vectors is not None:
                    value = _cosine(vectors[row], vectors[column])
                elif self.judge is not None:
                    pair = texts[column], texts[row]
                    value = await _judged(as_model(self.judge), *pair, context, calls)
                else:
                    compare = self.similarity
                    function = SIMILARITIES[compare] if isinstance(compare, str) else compare
                    value = float(await _settle(function(texts[column], texts[row])))
                alike[row][column] = alike[column][row] = value
        return alike


async def _judged(
    judge: Model, first: str, second: str, context: VoteContext, calls: list[Response]
) -> float:
    question = _SAME.format(query=context.item, first=first, second=second)
    response = await ask_settled(
        judge,
        question,
        SamplingParameters(),
        timeout_ms=None,
        prediction_id=context.prediction_id,
    )
    calls.append(response)
    return float(boolean_key(response.text) is True)


async def _settle(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _cosine(first: Sequence[float], second: Sequence[float]) -> float:
    product = math.fsum(a * b for a, b in zip(first, second, strict=True))
    length = math.hypot(*first) * math.hypot(*second)
    return product / length if length else 0.0


def _complete_linkage(
    alike: list[list[float]], threshold: float, names: Sequence[str]
) -> list[list[int]]:
    """Groups of indices whose members are all alike, each in order of first appearance."""
    groups = [[index] for index in range(len(alike))]
    while True:
        best: tuple[float, str, int, int] | None = None
        for right in range(len(groups)):
            for left in range(right):
                least = min(alike[a][b] for a in groups[left] for b in groups[right])
                label = "/".join(sorted(names[index] for index in groups[left] + groups[right]))
                if least >= threshold and (best is None or (-least, label) < best[:2]):
                    best = (-least, label, left, right)
        if best is None:
            return groups
        _, _, left, right = best
        groups[left] = sorted(groups[left] + groups.pop(right))
