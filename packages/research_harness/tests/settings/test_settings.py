"""Settings come from one place after another, in one order, and are checked."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness import MissingExtraError, SettingsError, load_experiment
from research_harness._cli.main import cli
from research_harness._settings.sources import load_settings

EXPERIMENT = """
from research_harness import Experiment, condition

class Set(Experiment):
    name = "set"
    metrics = ("accuracy",)
    formats = ("markdown",)
    dataset = [{"id": f"q{n}", "input": "2 + 2", "expected": "4"} for n in range(12)]

    @condition
    async def a(self, item):
        return {"prediction": "4", "cost": 0.01}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "e.py").write_text(EXPERIMENT)
    return tmp_path


def crucible(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_the_environment_is_stronger_than_env_and_that_than_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "crucible.toml").write_text(
        "seed = 1\nrepeat = 1\nconcurrency = 1\n[ceilings]\nmax_calls = 5\nmax_tokens = 9\n"
    )
    (folder / ".env").write_text("CRUCIBLE_REPEAT=2\nCRUCIBLE_CONCURRENCY=2\n")
    monkeypatch.setenv("CRUCIBLE_CONCURRENCY", "3")
    monkeypatch.setenv("CRUCIBLE_MAX_CALLS", "7")

    settings, _ = load_settings()

    assert (settings.seed, settings.repeat, settings.concurrency) == (1, 2, 3)
    assert (settings.ceilings.max_calls, settings.ceilings.max_tokens) == (7, 9)


@pytest.mark.parametrize("read", [load_settings, load_experiment])
def test_a_file_in_yaml_without_the_library_names_what_to_install(
    read: Callable[[Path], object], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "study.yaml").write_text("seed: 4\n")
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(MissingExtraError, match=r"pip install .*research-harness\[yaml\]"):
        read(folder / "study.yaml")


@pytest.mark.parametrize("name", ["crucible.yaml", "pyproject.toml"])
def test_yaml_and_the_project_file_are_read_too(name: str, folder: Path) -> None:
    if name.endswith("yaml"):
        pytest.importorskip("yaml", reason="the extra yaml is not installed")
    text = "seed: 4\n" if name.endswith("yaml") else "[tool.crucible]\nseed = 4\n"
    (folder / name).write_text(text)

    assert load_settings()[0].seed == 4


def test_arguments_are_stronger_than_all_of_it(folder: Path) -> None:
    (folder / "crucible.toml").write_text("sample_size = 3\nseed = 5\noutput_dir = 'there'\n")

    ran = crucible("run", "e.py", "--sample-size", 2, "--id", "x", "--quiet", "--json")

    assert json.loads(ran.stdout)["rows"] == 2
    config = json.loads((folder / "there" / "x" / "config.json").read_text())
    assert config["seed"] == 5


def test_a_file_that_is_named_holds_in_a_resume_too(folder: Path) -> None:
    (folder / "study.toml").write_text("formats = ['html']\n[ceilings]\nmax_cost_usd = 0.05\n")

    ran = crucible("run", "e.py", "--config", "study.toml", "--id", "x", "--quiet")
    again = crucible("resume", "x", "--max-cost-usd", 9, "--quiet")

    assert ran.exit_code == 3, ran.output
    assert again.exit_code == 0, again.output
    assert (folder / "results" / "x_report.html").exists()
    assert not (folder / "results" / "x_report.md").exists()


@pytest.mark.parametrize(("command", "rows"), [("resume", 8), ("retry", 5)])  # none failed
def test_resume_and_retry_read_the_file_of_the_folder(
    command: str, rows: int, folder: Path
) -> None:
    (folder / "crucible.toml").write_text("output_dir = 'there'\n[ceilings]\nmax_cost_usd = 0.05\n")
    ran = crucible("run", "e.py", "--id", "x", "--quiet")
    (folder / "crucible.toml").write_text("output_dir = 'there'\n[ceilings]\nmax_cost_usd = 0.08\n")

    again = crucible(command, "x", "--quiet", "--json")

    assert (ran.exit_code, again.exit_code) == (3, 3)
    assert json.loads(again.stdout)["analysis"]["rows"] == rows


def test_an_estimate_takes_the_sample_size_of_the_file(folder: Path) -> None:
    (folder / "crucible.toml").write_text("sample_size = 4\n")

    found = crucible("estimate", "e.py", "--pilot", 1, "--json")

    assert json.loads(found.stdout)["rows"] == 4


def test_the_keys_of_the_elixir_framework_are_understood(folder: Path) -> None:
    (folder / "crucible.toml").write_text(
        "results_dir = 'r'\nmax_concurrent_queries = 50\ncheckpoint_interval = 50\n"
        "default_report_formats = ['markdown']\n"
        "[default_cost_budget]\nmax_total = 10.0\nwarn_threshold = 0.5\nabort_on_exceed = true\n"
        "[default_latency_budget]\np95_max = 5000\n"
    )

    settings, notes = load_settings()

    assert (settings.output_dir, settings.concurrency) == ("r", 50)
    assert settings.formats == ("markdown",)
    assert (settings.ceilings.max_cost_usd, settings.ceilings.warn_at) == (10.0, 0.5)
    assert [each for each in notes if "checkpoint_interval has no effect" in each]
    assert [each for each in notes if "default_latency_budget has no effect" in each]
    assert "note: crucible.toml: checkpoint_interval" in crucible("run", "e.py", "--dry-run").output


def test_the_error_handling_of_the_elixir_framework_becomes_retries(folder: Path) -> None:
    (folder / "crucible.toml").write_text(
        "retry_delay = 900\ncost_limit = 3\nexperiment_timeout = 60000\n"
        "[error_handling]\nmax_retries = 5\ninitial_delay_ms = 20\nmax_delay_ms = 40\n"
        "backoff_factor = 3.0\ndlq_path = './failed_tasks.jsonl'\n"
    )

    settings, notes = load_settings()

    assert settings.retries is not None
    assert settings.retries.model_dump(exclude_none=True) == {
        "max_retries": 5,
        "first_pause_ms": 900,
        "max_pause_ms": 40,
    }
    assert (settings.ceilings.max_cost_usd, settings.ceilings.max_time_ms) == (3, 60000)
    assert [each for each in notes if "error_handling.backoff_factor has no effect" in each]
    assert [each for each in notes if "error_handling.dlq_path has no effect" in each]


def test_own_keys_are_stronger_than_those_of_the_elixir_framework(folder: Path) -> None:
    (folder / "crucible.toml").write_text(
        "[error_handling]\nmax_retries = 5\n[retries]\nmax_retries = 1\n"
    )

    settings, _ = load_settings()

    assert settings.retries is not None
    assert settings.retries.max_retries == 1


def test_the_tables_of_the_elixir_framework_are_read_and_no_key_is_taken(folder: Path) -> None:
    (folder / "crucible.toml").write_text(
        "[research_harness]\nresults_dir = 'there'\nretry_on_failure = false\n"
        "[ensemble]\nopenai_api_key = 'sk-secret'\n[metric_validation]\nenabled = true\n"
    )

    settings, notes = load_settings()

    assert settings.output_dir == "there"
    assert settings.retries is not None
    assert settings.retries.max_retries == 0
    assert len(notes) == 2
    assert not [each for each in notes if "sk-secret" in each]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[error_handling]\nmax_tries = 3", "retries.max_tries is not a setting"),
        ("sampel_size = 3", "did you mean 'sample_size'"),
        ("seed = -1", "seed"),
        ("[ceilings]\nmax_usd = 3", "ceilings.max_usd is not a setting"),
        ("seed = ", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(text: str, wrong: str, folder: Path) -> None:
    (folder / "crucible.toml").write_text(text)

    with pytest.raises(SettingsError, match=r"crucible\.toml") as caught:
        load_settings()

    assert wrong in str(caught.value)
    assert crucible("run", "e.py").exit_code == 2


def test_a_wrong_variable_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRUCIBLE_REPEAT", "many")

    with pytest.raises(SettingsError, match="the environment: repeat"):
        load_settings()
