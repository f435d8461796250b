"""Support tickets sorted into classes, under limits of cost and latency.

crucible run docs/examples/guide/tickets.py
"""

from models import LARGE, MEDIUM, SMALL

from dataset_manager import Item
from ensemble import EnsembleResult, Response, ask, predict
from research_harness import Ceilings, Criterion, Experiment, condition

_TEXTS = {
    "billing": ("I was charged twice", "My invoice is wrong", "Refund my last payment"),
    "technical": ("The app crashes", "I cannot log in", "The page stays empty"),
    "other": ("Where is your office?", "I like your product", "Do you hire?"),
}


class Tickets(Experiment):
    name = "Support tickets"
    hypothesis = "A vote sorts tickets better and keeps the limits of cost and latency."
    dataset = tuple(
        {
            "id": f"{label}-{number}-{copy}",
            "input": f"Class of this ticket (billing, technical, other): {text}?",
            "expected": label,
            "metadata": {"class": label},
        }
        for label, texts in _TEXTS.items()
        for number, text in enumerate(texts)
        for copy in range(5)
    )
    scorer = "exact_match"
    metrics = ("accuracy", "cost_per_query", "latency_p90")
    ceilings = Ceilings(max_cost_usd=1.0)
    virtual_time = True
    criteria = (
        Criterion(
            claim="the vote sorts better",
            metric="accuracy",
            condition="vote",
            against="single",
            more_than=0.0,
        ),
        Criterion(
            claim="a ticket costs at most a cent",
            metric="cost_per_query",
            condition="vote",
            max_value=0.01,
        ),
        Criterion(
            claim="9 of 10 tickets take at most five seconds",
            metric="latency_p90",
            condition="vote",
            max_value=5_000,
        ),
    )

    @condition
    async def single(self, item: Item) -> Response:
        """One small model."""
        return await ask(item, model=SMALL)

    @condition
    async def vote(self, item: Item) -> EnsembleResult:
        """The majority of three."""
        return await predict(item, models=[SMALL, MEDIUM, LARGE])
