"""Each row of the table of exit statuses in docs/running.md, and what a program reads beside it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness.__main__ import main

EXPERIMENT = """
from research_harness import Experiment, condition


class Tiny(Experiment):
    name = "Tiny"
    dataset = [{"question": f"{n}+1", "answer": str(n + 1)} for n in range(40)]
    metrics = ("accuracy", "cost_per_query")
    formats = ("markdown",)
    virtual_time = True

    @condition
    async def right(self, item):
        return {"prediction": item.expected, "cost": 0.5}

    @condition
    async def wrong(self, item):
        return {"prediction": "0", "cost": 0.5}
"""
INTERRUPTED = EXPERIMENT.replace(
    'return {"prediction": "0", "cost": 0.5}', "raise KeyboardInterrupt"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs that differ, an incomplete one, and texts."""
    folder = tmp_path_factory.mktemp("statuses")
    (folder / "tiny.py").write_text(EXPERIMENT)
    (folder / "interrupted.py").write_text(INTERRUPTED)
    for name, more in (("a", ()), ("b", ("--seed", "5")), ("short", ("--max-cost-usd", "9"))):
        crucible(
            folder, "run", "tiny.py", "--output-dir", "results", "--id", name, "--quiet", *more
        )
    (folder / "wrong.md").write_text("t(10) = 2.00, p = .001")
    (folder / "fits.md").write_text("t(10) = 2.00, p = .073")
    return folder


def crucible(folder: Path, *words: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("OPENAI_API_KEY", "sk-not-blank-at-all")
        return CliRunner().invoke(main, list(words))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0, "run tiny.py --dry-run"),
        (0, "verify a"),
        (0, "compare a"),
        (0, "report check fits.md"),
        (0, "list"),
        (1, "verify a b"),
        (1, "compare a --against right"),
        (1, "report check wrong.md"),
        (1, "doctor --server http://127.0.0.1:9"),
        (2, "run"),
        (2, "run tiny.py --no-such-option"),
        (2, "run absent.py"),
        (2, "show absent"),
        (2, "verify absent"),
        (2, "compare absent"),
        (3, "run tiny.py --id again --quiet --max-cost-usd 5"),
        (3, "resume short --quiet"),
        (3, "analyse short tiny.py"),
        (130, "run interrupted.py --id stopped --quiet"),
    ],
)
def test_a_command_ends_with_the_status_that_the_table_names(
    status: int, words: str, place: Path
) -> None:
    found = crucible(place, *words.split())

    assert found.exit_code == status, found.output


@pytest.mark.parametrize(
    "words",
    [
        *("resume absent", "retry absent", "analyse absent tiny.py", "history absent"),
        *("report absent", "export absent", "sign absent --key k", "dashboard absent --freeze x"),
        *("estimate absent.py", "import absent.json", "list --output-dir absent", "new tiny.py"),
        *("completion tcsh", "show a --item none", "report a --format none"),
        *("run tiny.py --id a", "verify a --allowed-signers absent", "compare a --against none"),
    ],
)
def test_what_is_not_there_is_wrong_input_of_every_command(words: str, place: Path) -> None:
    found = crucible(place, *words.split())

    assert found.exit_code == 2, found.output
    assert "Traceback" not in found.output


def test_the_help_names_the_statuses_of_the_table(place: Path) -> None:
    table = (Path(__file__).parents[4] / "docs" / "running.md").read_text()
    rows = table.split("| exit status | meaning |")[1].split("\n\n")[0]
    named = {
        each for row in rows.splitlines()[2:] for each in re.findall(r"\d+", row.split("|")[1])
    }

    shown = crucible(place, "--help").output.split("Exit status:")[1]

    assert named == set(re.findall(r"\b\d+\b", shown))


def runs(found: object) -> bool:
    return isinstance(found, dict) and found["complete"] is True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("analyse a tiny.py --json", runs),
        ("compare a --json", lambda found: len(found["systems"]) == 2),
        ("doctor --json", lambda found: {each["topic"] for each in found} >= {"key", "disk"}),
        ("export a --json", lambda found: all(Path(each).suffix for each in found["logs"])),
        ("list --json", lambda found: "a" in {each["id"] for each in found}),
        ("new made.py --json", lambda found: found["run"] == "crucible run made.py"),
        ("report a --format markdown --json", lambda found: "markdown" in found),
        ("report a --checklist neurips --json", lambda found: found["checklists"][0]["files"]),
        ("report check wrong.md --json", lambda found: found[0]["kind"] == "p-value"),
        ("resume a --quiet --json", runs),
        ("retry a --quiet --json", runs),
        ("run tiny.py --id other --quiet --json", runs),
        ("show a --wrong --json", lambda found: found[0]["condition"] == "wrong"),
        ("verify a --json", lambda found: found["agree"] is True),
    ],
)
def test_with_json_a_command_prints_json_alone(
    words: str, expected: Callable[[object], bool], place: Path
) -> None:
    found = crucible(place, *words.split())

    assert expected(json.loads(found.stdout)), found.stdout


def test_a_run_is_compared_by_its_id_and_a_path_of_that_name_goes_first(place: Path) -> None:
    (place / "b").write_text("")

    by_id = crucible(place, "compare", "a", "--json")
    by_path = crucible(place, "compare", "b")
    elsewhere = crucible(place, "compare", "a", "--output-dir", "absent")

    assert json.loads(by_id.stdout)["systems"]
    assert by_path.exit_code == elsewhere.exit_code == 2
    (place / "b").unlink()


def test_a_reader_that_ends_before_the_output_is_no_error(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("research_harness._cli.list.echo", closed)
    ended = crucible(place, "list")

    assert ended.exit_code == 1
    assert "error" not in ended.stderr
