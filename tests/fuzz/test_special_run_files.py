"""A pipe, device or folder in place of a file of a run: each command says so or passes over it."""

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from research_harness import HarnessError
from research_harness._cli.main import cli

sys.path.insert(0, str(Path(__file__).parent))

import run_files
from special import ends

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the memory of a process is read on Linux"
)
# What each command reads of a run; those that write a run again read what it grew from.
SETTLED = ("config.json", "analysis.json", "dataset.jsonl", "results.parquet", "responses.parquet")
GROWN = tuple(
    f"checkpoints/{name}"
    for name in (
        *("run.json", "journal.jsonl", "journal-0001.jsonl.gz", "responses.jsonl", "lock"),
        *("responses-0001.jsonl.gz", "attempts.jsonl", "edits.jsonl", "spending.jsonl"),
    )
)
EXPERIMENT = f"{run_files.__file__}::Small"
MANIFEST = "MANIFEST.json"
EVENTS = "events.parquet"
WORDS = {
    "verify": ["verify", "small"],
    "list": ["list"],
    "show": ["show", "small", "--json"],
    "compare": ["compare", "results/small"],
    "history": ["history", "results/small"],
    "export": ["export", "small"],
    "report": ["report", "render", "small"],
    "check": ["report", "check", "text.md", "--run", "results/small"],
    "estimate": ["estimate", EXPERIMENT, "--from", "small"],
    "sign": ["sign", "small", "--key", "key"],
    "freeze": ["dashboard", "results", "--freeze", "view.html"],
    "resume": ["resume", "small", "--quiet"],
    "retry": ["retry", "small", "--quiet"],
    "analyse": ["analyse", "small"],
    "replay": ["run", EXPERIMENT, "--replay", "small", "--dry-run"],
}
READ: dict[str, tuple[str, ...]] = {
    "verify": (MANIFEST, "MANIFEST.json.sig", EVENTS, "../small_results.csv", *GROWN[:2]),
    "list": ("config.json", "analysis.json", "checkpoints/session.json", *GROWN[:2], *GROWN[4:5]),
    "show": (*SETTLED[2:], "traces/traces.jsonl", "checkpoints", ".", ".."),
    "compare": (*SETTLED, *GROWN[:1], "."),
    "history": (*SETTLED[:4], "environment.json", "canaries.jsonl"),
    "export": (MANIFEST, *SETTLED),
    "report": (*SETTLED[:2], "results.csv", "canaries.jsonl", "environment.json"),
    "check": ("config.json", "analysis.json", "results.csv"),
    "estimate": ("results.parquet",),
    "sign": (MANIFEST,),
    "freeze": (*SETTLED[3:], EVENTS, *GROWN[1:3]),
    "resume": GROWN,
    "retry": ("checkpoints/attempts.jsonl", "dead.jsonl"),
    "analyse": ("checkpoints/edits.jsonl", "checkpoints/batches.sqlite", "canaries.jsonl"),
    "replay": (*GROWN[:4],),
}
CASES = [(command, file) for command, files in READ.items() for file in files]
OTHER_KINDS = [("show", "results.parquet"), ("resume", "checkpoints/journal.jsonl")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_files.make_run(tmp_path_factory.mktemp("runs"))


def ended(command: str, folder: Path, file: str) -> None:
    """Run a command in a folder; an error is ours and names the file, or the run.

    Raises:
        HarnessError: It was refused.
    """
    found = CliRunner().invoke(cli, WORDS[command])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    said = found.output
    assert "--debug" not in said, said
    assert found.exit_code in (0, 1, 2), said
    if found.exit_code == 2:
        assert Path(file).name in said or "small" in said or str(folder) in said, said
        raise HarnessError


def tried(
    command: str, file: str, run: Path, folder: Path, kinds: tuple[str, ...]
) -> dict[str, str]:
    """How a command ends for each kind in place of a file of a copy of the run."""
    (folder / "results").mkdir()
    copy = run_files.copied(run, folder / "results")
    (folder / "text.md").write_text("p = .03\n")
    (folder / "key").write_text("none")
    place = Path(os.path.normpath(copy / file))
    if place.is_dir():
        place.rename(folder / "before")
    else:
        place.unlink(missing_ok=True)
    place.parent.mkdir(exist_ok=True)
    return ends(lambda _: ended(command, folder, file), place, (HarnessError,), kinds)


@pytest.mark.parametrize(("command", "file"), CASES)
def test_a_pipe_is_named_or_passed_over(
    command: str, file: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (found,) = tried(command, file, run, tmp_path, ("pipe",)).values()

    assert found in ("refused", "read")


@pytest.mark.parametrize(("command", "file"), OTHER_KINDS)
def test_so_is_what_else_may_lie_there(
    command: str, file: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kinds = ("device", "folder", "socket", "link to nothing", "link to itself")

    assert set(tried(command, file, run, tmp_path, kinds).values()) == {"refused"}
