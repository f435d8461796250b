"""Shared by the tests of the ensemble library."""

import asyncio
import csv
import json
import os
import random
import selectors
import threading
from ast import literal_eval
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from ensemble import Query, ReplayModel, Response, SamplingParameters, VoteTable, read_answer

from .servers import GoodHandler, ScriptedServer

# Neither a slow example nor slow generation is a fault of the library on a busy machine.
settings.register_profile("ensemble", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ensemble")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Item:
    """A question as data sets have it, without any data set library."""

    id: str
    input: Any
    expected: Any
    metadata: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.input)


@pytest.fixture
def make_item() -> Callable[..., Item]:
    """Makes questions."""

    def make(number: int = 0, question: Any = "2+2?", expected: Any = "4", **metadata: Any) -> Item:
        return Item(f"i{number}", question, expected, metadata)

    return make


class Scripted:
    """A model that answers, fails or hangs as its script says."""

    def __init__(self, name: str, answer: object, *, cost: float | None = 0.01) -> None:
        self.name = name
        self.answer = answer
        self.cost = cost
        self.asked: list[tuple[Query, SamplingParameters]] = []

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        self.asked.append((query, sampling))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is asyncio.Event:
            await asyncio.Event().wait()
        return Response(text=str(self.answer), model=self.name, cost_usd=self.cost, latency_ms=5.0)


class Timed:
    """A model that answers after a time; a cancelled call costs half."""

    def __init__(
        self, name: str, answer: Any, ms: float = 10, *, sure: float | None = None
    ) -> None:
        self.name, self.answer, self.ms, self.sure = name, answer, ms, sure
        self.calls = self.cancelled = 0

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        self.calls += 1
        try:
            await asyncio.sleep(self.ms / 1000)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self.answer, Exception):
            raise self.answer
        text = self.answer(sampling.sample) if callable(self.answer) else str(self.answer)
        return Response(text=text, model=self.name, cost_usd=1.0, confidence=self.sure)

    def cancelled_cost_usd(
        self, query: Query, sampling: SamplingParameters, ran_ms: float
    ) -> float:
        return 0.5


@pytest.fixture
def timed() -> type[Timed]:
    """A model that answers after a time."""
    return Timed


@pytest.fixture
def panel() -> Callable[..., list[Scripted]]:
    """Makes models m0, m1, ... that answer, fail or hang as scripted."""
    return lambda *answers: [Scripted(f"m{place}", answer) for place, answer in enumerate(answers)]


def _mirror() -> Path:
    place = os.environ.get("CRUCIBLE_MIRROR")
    if not place:
        pytest.skip("set CRUCIBLE_MIRROR to a folder with the benchmark files")
    return Path(place)


@pytest.fixture
def mirror() -> Path:
    """The folder of real benchmark files."""
    return _mirror()


GSM8K_MODELS = (
    "gpt-4o-mini-2024-07-18",
    "gemini-1.5-flash",
    "claude-3-haiku-20240307",
    "claude-3-5-sonnet-20241022",
    "gpt-3.5-turbo-0125",
    "gemma-2-9b-it",
    "Meta-Llama-3-8B-Instruct",
    "Mixtral-8x7B-Instruct-v0.1",
)
# Dollars per million tokens, read and written, of 2025-10; the others are not priced.
GSM8K_PRICES = {
    "gpt-4o-mini-2024-07-18": (0.15, 0.60),
    "gemini-1.5-flash": (0.10, 0.30),
    "claude-3-haiku-20240307": (0.25, 1.25),
    "claude-3-5-sonnet-20241022": (3.0, 15.0),
}
STEM = (
    *("abstract_algebra", "astronomy", "college_biology", "college_chemistry"),
    *("college_computer_science", "college_mathematics", "college_physics", "computer_security"),
    *("conceptual_physics", "electrical_engineering", "elementary_mathematics"),
    *("high_school_biology", "high_school_chemistry", "high_school_computer_science"),
    *("high_school_mathematics", "high_school_physics", "high_school_statistics"),
    "machine_learning",
)


@pytest.fixture(scope="session")
def gsm8k_table() -> VoteTable:
    """ZeroEval's eight models on GSM8K; a token is taken as four characters, 200 are read."""
    folder = _mirror() / "zeroeval-gsm8k" / "gsm"
    lines = (_mirror() / "gsm8k" / "test.jsonl").read_text("utf-8").splitlines()
    number = partial(_key, "number")
    votes, costs = [], []
    for name in GSM8K_MODELS:
        model = ReplayModel.from_zeroeval(folder / f"{name}.json", id_format="{}")
        texts = [text or "" for text in model.texts(map(str, range(len(lines)))).values()]
        votes.append([number(text) for text in texts])
        costs.append([_cost(name, text) for text in texts])
    return VoteTable(
        models=GSM8K_MODELS,
        votes=list(zip(*votes, strict=True)),
        gold=[number(json.loads(line)["answer"].rpartition("####")[2]) for line in lines],
        costs=list(zip(*costs, strict=True)),
    )


def _key(normalize: Any, text: str) -> Any:
    return read_answer(text, normalize).key


@pytest.fixture
def key_of() -> Callable[[str], Callable[[str], Any]]:
    """The function that reads the key of an answer by a normalizer."""
    return lambda normalize: partial(_key, normalize)


def _cost(model: str, text: str) -> float | None:
    if model not in GSM8K_PRICES:
        return None
    read, written = GSM8K_PRICES[model]
    return (200 * read + len(text) / 4 * written) / 1e6


@pytest.fixture(scope="session")
def stem_table() -> VoteTable:
    """HELM's ten models on the 18 STEM subjects of MMLU, equal questions once."""
    votes, gold = [], []
    models: tuple[str, ...] = ()
    for subject in STEM:
        with (_mirror() / f"mmlu-helm-10models/original_helm_combined/{subject}.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            rows = list(csv.DictReader(file))
        models = tuple(name for name in rows[0] if name not in {"question", "choices"})
        letters = {
            (
                row["question"].strip(),
                *(str(each).strip() for each in literal_eval(row["choices"])),
            ): [
                _key("choice", row[model]) if len(row[model].strip()) == 1 else None
                for model in models
            ]
            for row in rows
        }
        with (_mirror() / f"mmlu/final-2021/test/{subject}_test.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            for row in list(csv.reader(file))[1:]:
                found = letters.pop(tuple(cell.strip() for cell in row[:5]), None)
                if found is not None:
                    votes.append(found)
                    gold.append("ABCD"[int(row[5])])
    return VoteTable(models=models, votes=votes, gold=gold)


@pytest.fixture
def make_table() -> Callable[..., VoteTable]:
    """Makes votes of models whose errors are correlated by ``rho``.

    Two of equal accuracy share their luck with the chance ``rho``; wrong answers are one of some.
    """

    def make(
        accuracies: list[float], size: int, *, rho: float = 0.0, wrong: int = 3, seed: int = 0
    ) -> VoteTable:
        chance = random.Random(seed)
        votes, sure = [], []
        for _ in range(size):
            common, alike = chance.random(), chance.randrange(wrong)
            row = []
            for accuracy in accuracies:
                # Two members share the common luck with the chance rho.
                shares = chance.random() < rho**0.5
                luck = common if shares else chance.random()
                mistake = alike if shares else chance.randrange(wrong)
                row.append("right" if luck < accuracy else f"wrong {mistake}")
            votes.append(row)
            sure.append(list(accuracies))
        return VoteTable(
            models=[f"m{place}" for place in range(len(accuracies))],
            votes=votes,
            gold=["right"] * size,
            confidences=sure,
            costs=[[0.001 * (place + 1) for place in range(len(accuracies))]] * size,
        )

    return make


class JumpingSelector(selectors.DefaultSelector):
    """Waits for nothing: the time jumps to where somebody would wake up."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0:
            self.now += timeout
        return super().select(0)


@pytest.fixture
def in_simulated_time() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine in a loop whose waits take no time."""

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        selector = JumpingSelector()
        loop = asyncio.SelectorEventLoop(selector)
        loop.time = lambda: selector.now  # type: ignore[method-assign]  # the point of it
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            return runner.run(coroutine)

    return run


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A scripted server in the loop of the test."""
    made = ScriptedServer()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    yield made
    listening.close()


@pytest.fixture
def url_of_good_server() -> Iterator[str]:
    """A server that does not need the loop of the test."""
    with ThreadingHTTPServer(("127.0.0.1", 0), GoodHandler) as made:
        made.daemon_threads = True
        serving = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield f"http://127.0.0.1:{made.server_address[1]}/v1"
        made.shutdown()
        serving.join()
