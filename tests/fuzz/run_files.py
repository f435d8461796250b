"""The files of a run, of settings and of written experiments, as readers of the same kind."""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutations import damaged

from dataset_manager import Item
from ensemble import SimulatedModel, ask, predict
from reporter import PAPER_FACTS
from research_harness import (
    DatasetSpec,
    Experiment,
    Recount,
    analyze_item_plan,
    check_judge,
    compare,
    condition,
    estimate_sync,
    export_run,
    fill_checklist,
    history,
    load_experiment,
    plan_items,
    read_responses,
    reanalyze,
    report,
    resume_sync,
    revote,
    run_sync,
    verify,
)
from research_harness._browse.runs import list_runs
from research_harness._canaries.log import read_canaries
from research_harness._disclosure.paper import write_paper
from research_harness._editing.edits import read_edits
from research_harness._engine.frames import Frame
from research_harness._engine.journal import Journal
from research_harness._engine.response_log import ResponseLog
from research_harness._limits.spending_log import spent_before
from research_harness._scheduling.attempts import read_attempts
from research_harness._settings.sources import load_settings


@dataclass(frozen=True, kw_only=True)
class RunFile:
    """A file that others may have written.

    Attributes:
        name: Its path in the folder of the run.
        read: Reads it, given the folder.
        files: How many damaged forms are read; fewer where a form takes long.
        frame: The key of the value of a line with a check sum. Half of the forms are damaged within
            it, so that their check sums fit.
    """

    name: str
    read: Callable[[Path], object]
    files: int
    frame: str = ""

    def forms(self, example: bytes, chance: random.Random) -> Iterator[bytes]:
        """The example, and damaged forms of it."""
        yield example
        frame = Frame(self.frame)
        inner = b"\n".join(filter(None, map(frame.value, example.splitlines(keepends=True))))
        for number in range(1, self.files):
            if self.frame and number % 2:
                changed = damaged(inner or _OTHER, chance).split(b"\n")
                yield b"".join(map(frame.line, changed))
            else:
                yield damaged(example, chance)


class Small(Experiment):
    """The run whose files are damaged."""

    name = "Small"
    dataset = DatasetSpec("arithmetic")
    sample_size = 4
    metrics = ("accuracy", "cost")
    virtual_time = True

    @condition
    async def one(self, item: Item) -> object:
        """One model."""
        return await ask(item, model=SimulatedModel("a", accuracy=0.7))

    @condition
    async def other(self, item: Item) -> object:
        """Another model."""
        return await ask(item, model=SimulatedModel("b", accuracy=0.6))

    @condition
    async def vote(self, item: Item) -> object:
        """Three models."""
        return await predict(item, models=_MEMBERS)


_MEMBERS = [SimulatedModel(name, accuracy=0.7) for name in "abc"]
# What may stand in a file that this run does not have.
_OTHER = b'{"index": 1, "score": 1.0, "a": "b"}'
_SETTINGS = b'seed = 3\nrepeat = 2\noutput_dir = "results"\n[ceilings]\ncost_usd = 5.0\n'
_STUDY = b"""\
name: sums
dataset: arithmetic
sample_size: 5
metrics: [accuracy, cost]
criteria:
  - {claim: better, metric: accuracy, condition: b, against: a, more_than: 0.0}
ceilings: {max_cost_usd: 3}
conditions:
  a: {model: "ollama/a", prompt: "{input}"}
  b: {model: "ollama/b", prompt: "{input}"}
"""


def make_run(folder: Path) -> Path:
    """A finished run and a twin, with settings and a written experiment beside its files."""
    for name in ("twin", "small"):
        run_sync(Small, output_dir=folder, run_id=name)
    run = folder / "small"
    (run / "crucible.toml").write_bytes(_SETTINGS)
    (run / "study.yaml").write_bytes(_STUDY)
    return run


def copied(run: Path, folder: Path) -> Path:
    """A copy of a run and of the files beside it."""
    for path in run.parent.iterdir():
        copy: Any = shutil.copytree if path.is_dir() else shutil.copy
        copy(path, folder / path.name)
    return folder / run.name


def _checkpoint(name: str) -> str:
    return f"checkpoints/{name}.jsonl"


def _paper(run: Path) -> Path:
    facts = dict.fromkeys(PAPER_FACTS, "said")
    return write_paper(run, output_dir=run.parent, out=str(run.parent / "paper"), facts=facts)


def _studied(run: Path) -> object:
    plan = plan_items([run.parent / "twin"], half_width=0.4)
    return str(analyze_item_plan(plan, [run]))


def _revoted(run: Path) -> object:
    votes = {"alone": Recount(members=("a",))}
    return revote(run, votes, condition="vote", run_id="revoted", overwrite=True)


def _replayed(run: Path) -> object:
    return run_sync(Small, replay=run, output_dir=run.parent / "replayed", overwrite=True)


FILES = (
    RunFile(name="config.json", read=verify, files=25),
    RunFile(name="MANIFEST.json", read=verify, files=25),
    RunFile(name="analysis.json", read=verify, files=25),
    RunFile(name="results.csv", read=verify, files=25),
    RunFile(name="dataset.jsonl", read=verify, files=25),
    RunFile(name="results.parquet", read=verify, files=25),
    RunFile(name="responses.parquet", read=verify, files=25),
    RunFile(name="environment.json", read=verify, files=10),
    RunFile(name="config.json", read=lambda run: list_runs(run.parent), files=150),
    RunFile(name="analysis.json", read=lambda run: list_runs(run.parent), files=150),
    RunFile(name="checkpoints/run.json", read=lambda run: list_runs(run.parent), files=150),
    RunFile(
        name=_checkpoint("journal"),
        read=lambda run: list(Journal(run / _checkpoint("journal"))),
        files=800,
        frame="row",
    ),
    RunFile(
        name=_checkpoint("responses"),
        read=lambda run: ResponseLog(run / _checkpoint("responses")),
        files=800,
        frame="responses",
    ),
    RunFile(
        name=_checkpoint("attempts"),
        read=lambda run: list(read_attempts(run / _checkpoint("attempts"))),
        files=300,
        frame="attempt",
    ),
    RunFile(
        name=_checkpoint("edits"),
        read=lambda run: read_edits(run / _checkpoint("edits")),
        files=300,
        frame="edit",
    ),
    RunFile(
        name=_checkpoint("spending"),
        read=lambda run: spent_before(run / _checkpoint("spending")),
        files=300,
        frame="spending",
    ),
    RunFile(
        name="canaries.jsonl", read=lambda run: read_canaries(run / "canaries.jsonl"), files=300
    ),
    RunFile(name="responses.parquet", read=read_responses, files=25),
    *(
        RunFile(name=name, read=lambda run: fill_checklist(run, "neurips"), files=15)
        for name in ("config.json", "environment.json")
    ),
    RunFile(name="config.json", read=lambda run: check_judge(run, {0: True}), files=10),
    RunFile(
        name="dataset.jsonl",
        read=lambda run: export_run(run, out=run.parent / "exported"),
        files=8,
    ),
    *(
        RunFile(name=name, read=read, files=files)
        for name, read, files in (
            ("config.json", lambda run: report(run, formats=("markdown",), out=run / "out"), 12),
            ("analysis.json", lambda run: report(run, formats=("latex",), out=run / "out"), 12),
            ("config.json", _paper, 12),
            ("environment.json", _paper, 12),
            ("results.parquet", lambda run: str(compare([run, run.parent / "twin"])), 15),
            ("config.json", lambda run: str(compare([run, run.parent / "twin"])), 15),
            ("analysis.json", lambda run: str(history(run.parent)), 15),
            ("environment.json", lambda run: str(history(run.parent)), 15),
            ("results.parquet", lambda run: estimate_sync(Small, recorded=run), 8),
            ("results.parquet", _studied, 12),
            ("config.json", _studied, 12),
            ("config.json", _revoted, 6),
            ("dataset.jsonl", _revoted, 6),
            ("config.json", lambda run: reanalyze(run, Small), 6),
            ("checkpoints/run.json", lambda run: resume_sync(run, Small), 6),
            (_checkpoint("responses"), _replayed, 6),
        )
    ),
    RunFile(name="crucible.toml", read=lambda run: load_settings(run / "crucible.toml"), files=400),
    RunFile(name="study.yaml", read=lambda run: load_experiment(run / "study.yaml"), files=60),
)
