"""Cheap and fitted panels: are they worth more than the best model alone?

    crucible run docs/examples/fitted_panel.py
    CRUCIBLE_MIRROR=<folder> crucible run docs/examples/fitted_panel.py

Half of the questions have labels to learn from; the other half measures. Without the mirror folder
the models are simulated, with errors as alike as those of real ones, and everything says SIMULATED.
With it they are the recorded answers of four models to GSM8K (ZeroEval), at the prices of 2025-10.
"""

import os
import warnings
from pathlib import Path

from dataset_manager import Dataset, Item, arithmetic, load_sync, random_sample
from ensemble import (
    Agreement,
    Constant,
    EnsembleResult,
    Latency,
    LogNormal,
    Model,
    Price,
    ReplayModel,
    Response,
    Sequential,
    ask,
    collect_sync,
    panel,
    predict,
)
from research_harness import Criterion, Experiment, condition

# Dollars per million tokens, read and written: the cheap ones first, the strong one last.
PRICES = {
    "gemini-1.5-flash": (0.10, 0.30),
    "gpt-4o-mini-2024-07-18": (0.15, 0.60),
    "claude-3-haiku-20240307": (0.25, 1.25),
    "claude-3-5-sonnet-20241022": (3.0, 15.0),
}
ACCURACIES = dict(zip(PRICES, (0.86, 0.89, 0.84, 0.95), strict=True))
PROMPT_TOKENS = 200


def simulated(latency: Latency) -> list[Model]:
    """Four models that err together as recorded ones do: correlated, and often alike."""
    return list(
        panel(
            ACCURACIES,
            rho=0.4,
            same_wrong=0.55,
            latency=latency,
            input_price={name: read for name, (read, _) in PRICES.items()},
            output_price={name: written for name, (_, written) in PRICES.items()},
            output_tokens=100,
            seed=7,
        )
    )


def recorded(mirror: Path) -> list[Model]:
    """The recorded models; a token is taken as four characters."""
    models: list[Model] = []
    for name, (read, written) in PRICES.items():
        path = mirror / "zeroeval-gsm8k" / "gsm" / f"{name}.json"
        texts = ReplayModel.from_zeroeval(path).texts(f"gsm8k_test_{n}" for n in range(1319))
        answers = {
            item: Response(
                text=text or "",
                model=name,
                input_tokens=PROMPT_TOKENS,
                output_tokens=len(text or "") // 4,
            )
            for item, text in texts.items()
        }
        price = Price(input_per_million=read, output_per_million=written)
        models.append(ReplayModel(name, answers, price=price))
    return models


class FittedPanel(Experiment):
    """The best model alone, the vote of all, what labels chose, and two that agree."""

    name = "Cheap and fitted panels against their best member"
    description = "Members and rule are chosen on one half of the questions, measured on the other."
    hypothesis = "Asking a strong model only when two cheap ones disagree loses nothing and saves."
    metrics = ("accuracy", "cost_per_query", "consensus")
    control = "best single"
    seed = 42
    concurrency = 50
    virtual_time = True
    criteria = (
        Criterion(
            claim="the fitted panel is more accurate than the best model alone",
            metric="accuracy",
            condition="fitted panel",
            against="best single",
            more_than=0.0,
        ),
        Criterion(
            claim="two that agree, and a third otherwise, lose less than two points",
            metric="accuracy",
            condition="two agree",
            against="best single",
            more_than=-0.02,
        ),
        Criterion(
            claim="two that agree, and a third otherwise, cost less than the best model alone",
            metric="cost_per_query",
            condition="two agree",
            against="best single",
            max_value=0.0,
        ),
    )

    def __init__(self) -> None:
        mirror = os.environ.get("CRUCIBLE_MIRROR")
        if mirror:
            self.questions = load_sync("gsm8k", split="test", mirror=mirror)
            self.models = teachers = recorded(Path(mirror))
        else:
            self.questions = arithmetic(800, seed=1)
            self.models = simulated(LogNormal(median_ms=800))
            teachers = simulated(Constant(latency_ms=0))  # the same answers, without the wait
        labelled = random_sample(self.questions, len(self.questions) // 2, seed=7)
        self.seen = frozenset(labelled.ids())
        table = collect_sync(labelled, models=teachers, normalize="number")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whether it pays is what the experiment says
            self.fitted = table.fit()
        shares = table.accuracies()
        self.best = max(self.models, key=lambda model: shares[model.name])

    def dataset(self) -> Dataset:
        """The questions without labels."""
        return self.questions.filter(lambda item: item.id not in self.seen)

    @condition("best single")
    async def single(self, item: Item) -> Response:
        """The model that was best on the labels."""
        return await ask(item, model=self.best)

    @condition("vote of all")
    async def vote(self, item: Item) -> EnsembleResult:
        """The plurality of all four."""
        return await predict(item, models=self.models, normalize="number")

    @condition("fitted panel")
    async def learned(self, item: Item) -> EnsembleResult:
        """The members and the rule that cross-validation chose."""
        return await self.fitted.predict(item, models=self.models, normalize="number")

    @condition("two agree")
    async def agreed(self, item: Item) -> EnsembleResult:
        """Two cheap models at once; the strong one decides when they disagree."""
        return await predict(
            item,
            models=[*self.models[:2], self.models[-1]],
            execution=Sequential(first=2, stop=Agreement(votes=2)),
            tie_break="last",
            normalize="number",
        )
