"""Every subset of a panel, counted from recorded votes; needs the extra ``fit`` (numpy)."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from .._core.rendering import marked, money
from .._core.responses import Source
from .._core.values import Value
from .votes import LabelledVotes
from .weights import Features, numpy

_MOST_MODELS = 14


class Choice(Value):
    """A panel, what it costs and what it reaches.

    Attributes:
        members: Who is asked.
        rule: ``single``, ``plurality`` (all at once) or ``two agree`` (two at once, the third only
            when they disagree; the third then decides).
        accuracy: The share of questions it has right, on these labels.
        cost_usd: What a question costs; None when unknown.
        cost_per_correct: What a right answer costs; None when unknown.
        source: Where the votes come from, as of ``VoteTable``.
    """

    members: Sequence[str]
    rule: str
    accuracy: float
    cost_usd: float | None
    cost_per_correct: float | None
    source: Source | None = None

    def __str__(self) -> str:
        cost = money(self.cost_usd) + ("" if self.cost_usd is None else " a question")
        text = f"{self.rule} of {', '.join(self.members)}: {self.accuracy:.4f}, {cost}"
        return marked(text, self.source)


def choices(table: LabelledVotes) -> list[Choice]:
    """Every subset by plurality, and every two with a tie-breaker; no model is asked.

    Ties of a plurality go to the more accurate model. The best of so many looks better on its own
    labels than it is: choose on one part of the questions and measure on another (``fit`` does).

    Of more than 14 models, the subsets are those of the sizes that together are at most 2^14, from
    the smallest size up, and the best k by accuracy for each k.

    Raises:
        MissingExtraError: The extra ``fit`` is not installed.
    """
    costs = [table.cost(model) for model in table.models]
    found = []
    few = len(table.models) <= _MOST_MODELS
    for members, accuracy in (_pluralities(table) if few else _small_pluralities(table)).items():
        names = tuple(model for index, model in enumerate(table.models) if members >> index & 1)
        spent = [costs[list(table.models).index(name)] for name in names]
        cost = None if None in spent else math.fsum(each for each in spent if each is not None)
        found.append(_choice(names, "single" if len(names) == 1 else "plurality", accuracy, cost))
    found += _two_agree(table, costs)
    return [replace(each, source=table.source) for each in found]


def _choice(names: tuple[str, ...], rule: str, accuracy: float, cost: float | None) -> Choice:
    per_correct = cost / accuracy if cost is not None and accuracy else None
    return Choice(
        members=names, rule=rule, accuracy=accuracy, cost_usd=cost, cost_per_correct=per_correct
    )


def _pluralities(table: LabelledVotes) -> dict[int, float]:
    """The accuracy of the plurality of each subset, by the bits of its members."""
    np = numpy()
    features = Features(table, ())
    votes = features.votes.transpose(2, 0, 1)
    shares = np.array([sum(table.right(model)) / len(table) for model in table.models])
    rank = shares.argsort().argsort() + 1
    edge = votes * (2.0**-20 * 2.0**rank)[:, None, None]  # settles ties by accuracy
    sums = np.zeros(votes.shape[1:])
    accuracy: dict[int, float] = {}
    before = 0
    for step in range(1, 2 ** len(shares)):
        members = step ^ (step >> 1)  # a Gray code: one member comes or goes at each step
        changed = (members ^ before).bit_length() - 1
        sign = 1.0 if members >> changed & 1 else -1.0
        sums += sign * (votes[changed] + edge[changed])
        right = (sums.argmax(1) == features.gold) & (sums.max(1) > 0.5)  # noqa: PLR2004  # a vote
        accuracy[members] = float(right.mean())
        before = members
    return accuracy


def _small_pluralities(table: LabelledVotes) -> dict[int, float]:
    """The accuracy of the plurality of small subsets and of the best k, by the members' bits."""
    np = numpy()
    features = Features(table, ())
    votes = features.votes.transpose(2, 0, 1)
    size = len(table.models)
    shares = np.array([sum(table.right(model)) / len(table) for model in table.models])
    order = shares.argsort()
    rank = order.argsort() + 1
    best = [tuple(sorted(order[::-1][:count].tolist())) for count in range(1, size + 1)]
    accuracy: dict[int, float] = {}
    for members in dict.fromkeys([*_small_subsets(size), *best]):
        chosen, own = votes[list(members)], rank[list(members)]
        # Among answers with equal votes, that of the most accurate member is ahead.
        edge = (chosen * own[:, None, None]).max(0) / (size + 1)
        sums = chosen.sum(0) + edge
        right = (sums.argmax(1) == features.gold) & (sums.max(1) > 0.5)  # noqa: PLR2004  # a vote
        accuracy[sum(1 << index for index in members)] = float(right.mean())
    return accuracy


def _small_subsets(size: int) -> Iterator[tuple[int, ...]]:
    """The subsets of one, two and more members, as long as all of a size fit into the limit."""
    left = 2**_MOST_MODELS
    for count in range(1, size + 1):
        left -= math.comb(size, count)
        if left < 0 and count > 1:
            return
        yield from combinations(range(size), count)


def _two_agree(table: LabelledVotes, costs: Sequence[float | None]) -> list[Choice]:
    np = numpy()
    codes: dict[Any, int] = {}
    keys = np.array(
        [
            [-1 if key is None else codes.setdefault(key, len(codes)) for key in row]
            for row in table.votes
        ]
    )
    gold = np.array([codes.get(key, -2) for key in table.gold])
    found = []
    size = len(table.models)
    for first in range(size):
        for second in range(first + 1, size):
            agree = (keys[:, first] == keys[:, second]) & (keys[:, first] >= 0)
            for third in set(range(size)) - {first, second}:
                decided = np.where(agree, keys[:, first], keys[:, third])
                # The last who has a vote decides, as with tie_break="last".
                for fallback in (second, first):
                    decided = np.where(decided < 0, keys[:, fallback], decided)
                spent = [costs[first], costs[second], costs[third]]
                cost = None
                if spent[0] is not None and spent[1] is not None and spent[2] is not None:
                    cost = spent[0] + spent[1] + float(1 - agree.mean()) * spent[2]
                names = tuple(table.models[index] for index in (first, second, third))
                accuracy = float((decided == gold).mean())
                found.append(_choice(names, "two agree", accuracy, cost))
    return found


def pareto(found: Sequence[Choice]) -> list[Choice]:
    """The choices that no other beats in accuracy without costing more, the cheapest first."""
    known = [each for each in found if each.cost_usd is not None]
    front: list[Choice] = []
    for each in sorted(known, key=lambda choice: (choice.cost_usd, -choice.accuracy)):
        if not front or each.accuracy > front[-1].accuracy:
            front.append(each)
    return front


def contributions(table: LabelledVotes) -> dict[str, tuple[float, float]]:
    """The contribution of each member to the plurality: leave-one-out and Shapley value.

    Leave-one-out is the accuracy of all minus that without the member. Shapley values share the
    accuracy of all among the members, each by its mean addition over all orders (exact).

    Raises:
        ValueError: There are more models than can be tried.
        MissingExtraError: The extra ``fit`` is not installed.
    """
    size = len(table.models)
    if size > _MOST_MODELS:
        raise ValueError(
            f"contributions of {size} models need the votes of all 2^{size} subsets; they are"
            f" computed for at most {_MOST_MODELS} models: take fewer with table.only([...])"
        )
    accuracy = {0: 0.0, **_pluralities(table)}
    everybody = 2**size - 1
    weights = [1 / (size * math.comb(size - 1, others)) for others in range(size)]
    found = {}
    for index, model in enumerate(table.models):
        bit = 1 << index
        shapley = math.fsum(
            weights[members.bit_count()] * (accuracy[members | bit] - accuracy[members])
            for members in accuracy
            if not members & bit
        )
        found[model] = (accuracy[everybody] - accuracy[everybody & ~bit], shapley)
    return found
