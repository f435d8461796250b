"""A simulated model whose causes are known, to try the checks without a key."""

from collections.abc import Sequence

from .._core.errors import InvalidTraceError
from .._core.ids import new_id
from .._model.chain import Chain
from .._model.event import TraceEvent
from .model import Continuation

_OPTIONS = ("accept", "refuse")
_ROUNDING = 1e-9


class PlantedModel:
    """A simulated model: each step takes one of two sides, and one step decides the answer.

    Which step decides is drawn anew each time, with the given weights. The true importance of a
    step in a chain is therefore half its weight: when it is drawn again, it takes the other side
    in half of the draws. A step of weight 0 is a false cause: it is stated and decides nothing.

    Args:
        weights: For each step how often it decides; they must sum to 1.
        seed: Of the draws.

    Example:
        >>> model = PlantedModel([0.2, 0.8])
        >>> [event.reasoning for event in model.chain("q")]
        ['Point 0 speaks to accept the offer 0.', 'Point 1 speaks to accept the offer 1.']
    """

    def __init__(self, weights: Sequence[float], *, seed: int = 0) -> None:
        if not (all(each >= 0 for each in weights) and abs(sum(weights) - 1) <= _ROUNDING):
            raise InvalidTraceError("model", "weights must be at least 0 and sum to 1")
        self._weights = tuple(weights)
        self._seed = seed

    @property
    def importance(self) -> tuple[float, ...]:
        """The true importance of each step."""
        return tuple(each / 2 for each in self._weights)

    def __call__(self, item: str, steps: Sequence[str], sample: int) -> Continuation:
        """Return one draw of the rest, as ``importance`` asks for."""
        import random  # noqa: PLC0415  # slow to import

        rng = random.Random(f"{self._seed}/{item}/{len(steps)}/{sample}")
        sides = [_side(step) for step in steps[: len(self._weights)]]
        added = [rng.choice(_OPTIONS) for _ in self._weights[len(sides) :]]
        (decides,) = rng.choices(range(len(self._weights)), self._weights)
        answer = [*sides, *added][decides]
        texts = (_text(len(sides) + number, side) for number, side in enumerate(added))
        return Continuation(answer=answer, steps=tuple(texts), cost_usd=0.0)

    def chain(self, item: str) -> Chain:
        """Return a chain of this model in which every step accepts; its answer is ``accept``.

        Args:
            item: The id of the item.
        """
        events = tuple(
            TraceEvent(
                type="reasoning",
                decision="",
                reasoning=_text(number, _OPTIONS[0]),
                evidence="native_reasoning",
            )
            for number in range(len(self._weights))
        )
        metadata = {"model": "PlantedModel", "simulated": True}
        return Chain(
            name=f"SIMULATED {item}", item=item, events=events, metadata=metadata, id=new_id()
        )


def _text(number: int, side: str) -> str:
    return f"Point {number} speaks to {side} the offer {number}."


def _side(text: str) -> str:
    return _OPTIONS[1] if _OPTIONS[1] in text or "not" in text.split() else _OPTIONS[0]
