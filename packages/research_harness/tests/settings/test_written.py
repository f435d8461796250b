"""An experiment without code: a YAML or TOML file."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness import ExperimentFileError, load_experiment
from research_harness._cli.main import cli

pytest.importorskip("yaml", reason="the extra yaml is not installed")

STUDY = """
name: Written
dataset: {name: arithmetic}
sample_size: 6
seed: 3
virtual_time: true
scorer: number
formats: [markdown]
metrics: [accuracy, cost_per_query]
criteria:
  - {claim: the vote is better, metric: accuracy, condition: vote, against: plain, more_than: 0.0}
ceilings: {max_cost_usd: 5, conditions: {vote: {max_calls: 1000}}}
conditions:
  plain:
    model: {simulated: small, accuracy: 0.7, input_price: 1, output_price: 2}
    prompt: "{input} Answer with the number only."
  vote:
    models:
      - {simulated: small, accuracy: 0.7}
      - {simulated: medium, accuracy: 0.8}
      - {simulated: large, accuracy: 0.9}
    normalize: number
  warm:
    model: {simulated: small, accuracy: 0.7}
    grid: {temperature: [0.0, 1.0]}
"""


def written(tmp_path: Path, text: str = STUDY) -> Path:
    path = tmp_path / "study.yaml"
    path.write_text(text)
    return path


def crucible(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_a_file_is_an_experiment_that_runs_and_resumes(tmp_path: Path) -> None:
    file = written(tmp_path)
    common = ("--quiet", "--output-dir", tmp_path)

    ran = crucible("run", file, "--id", "x", "--max-calls", 12, *common)
    assert ran.exit_code == 3, ran.output
    assert "warm (temperature 0.0)" in ran.output

    again = crucible("resume", "x", "--max-calls", 900, *common)
    assert again.exit_code == 0, again.output


def test_a_changed_prompt_is_another_experiment(tmp_path: Path) -> None:
    file = written(tmp_path)
    common = ("--quiet", "--output-dir", tmp_path)
    crucible("run", file, "--id", "x", "--max-calls", 3, *common)
    file.write_text(STUDY.replace("number only", "digits only"))

    refused = crucible("resume", "x", "--max-calls", 900, *common)

    assert refused.exit_code == 2
    assert "plain" in refused.output


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("seed: 3", "sede: 3", "sede"),
        ("{input} Answer", "Answer", "{input}"),
        ("normalize: number", "model: gpt-4o", "either model or models"),
        ("max_calls: 1000", "max_cals: 1000", "max_cals"),
        ("name: Written", "name: [", "YAML"),
        ("temperature: [0.0, 1.0]", "temperature: [hot]", "temperature"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(old: str, new: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(ExperimentFileError, match=r"study\.yaml") as caught:
        load_experiment(written(tmp_path, STUDY.replace(old, new)))

    assert text in str(caught.value)
