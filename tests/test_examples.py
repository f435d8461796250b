"""The examples run as a user would run them."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness import verify
from research_harness.__main__ import main

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


def crucible(example: str, output: Path) -> Result:
    arguments = ["run", str(EXAMPLES / example), "--output-dir", str(output), "--id", "run"]
    return CliRunner().invoke(main, [*arguments, "--quiet"])


def test_the_first_experiment_runs_anywhere_and_says_that_it_is_simulated(tmp_path: Path) -> None:
    result = crucible("first_experiment.py", tmp_path)

    assert result.exit_code == 0, result.output
    assert result.output.startswith("SIMULATED")
    assert "INCONCLUSIVE: the vote is no slower in the tail" in result.output
    for name in ("run_report.md", "run_report.html"):
        assert "SIMULATED" in (tmp_path / name).read_text()
    assert verify(tmp_path / "run").agree


def test_gsm8k_with_recorded_answers_gives_the_known_accuracies(
    mirror: Path, tmp_path: Path
) -> None:
    """Best single .9424, plurality of the three .9500: counted from the same files by a script."""
    result = crucible("gsm8k_replay.py", tmp_path)

    assert result.exit_code == 0, result.output
    assert re.search(r"gpt-4o-mini +94\.2 % \[92\.8 %, 95\.4 %\]", result.output)
    assert re.search(r"vote of three +95\.0 % \[93\.7 %, 96\.0 %\]", result.output)
    assert "INCONCLUSIVE: the vote beats the best single model" in result.output
    assert "SIMULATED" not in result.output


def test_mmlu_with_recorded_letters_does_not_support_the_claim_of_99_percent(
    mirror: Path, tmp_path: Path
) -> None:
    result = crucible("mmlu_replay.py", tmp_path)

    assert result.exit_code == 0, result.output
    assert "12,024 rows, 3,006 items" in result.output
    assert "NOT SUPPORTED: 99 % with five models" in result.output


def test_a_cheap_panel_saves_and_a_fitted_one_promises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRUCIBLE_MIRROR", raising=False)

    result = crucible("fitted_panel.py", tmp_path)

    assert result.exit_code == 0, result.output
    assert result.output.startswith("SIMULATED")
    assert "INCONCLUSIVE: the fitted panel is more accurate" in result.output
    assert "INCONCLUSIVE: two that agree, and a third otherwise, lose less" in result.output
    assert "\nSUPPORTED: two that agree, and a third otherwise, cost less" in result.output


def test_the_cheap_panel_is_as_good_on_recorded_answers(mirror: Path, tmp_path: Path) -> None:
    """On all 1,319 questions: .9666 at $2.12 per 1,000 for the best, .9689 at $0.357 for two."""
    result = crucible("fitted_panel.py", tmp_path)

    assert result.exit_code == 0, result.output
    assert "SIMULATED" not in result.output
    assert "2,640 rows, 660 items" in result.output
    assert "\nSUPPORTED: two that agree, and a third otherwise, lose less" in result.output
    assert re.search(r"two agree +97\.3 % \[95\.7 %, 98\.3 %\] +\$0\.000353", result.output)


@pytest.mark.parametrize("example", ["gsm8k_replay.py", "mmlu_replay.py"])
def test_without_the_data_a_replay_says_what_to_set_and_stops(
    example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRUCIBLE_MIRROR", raising=False)

    result = crucible(example, tmp_path)

    assert result.exit_code == 1
    assert "set CRUCIBLE_MIRROR to a folder" in str(result.output)
    assert list(tmp_path.iterdir()) == []


class _ChatServer(BaseHTTPRequestHandler):
    """Answers chat completions: the stepwise prompt right, the brief one wrong."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = asked["messages"][-1]["content"]
        answers = {"eggs": "7", "trams": "123", "sheets": "25", "week": "168"}
        answer = next(value for word, value in answers.items() if word in prompt)
        text = f"Some steps. Answer: {answer}" if "step by step" in prompt else "1"
        body = {
            "model": asked["model"],
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": text}}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
        }
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep the output of the tests clean."""


@pytest.fixture
def chat_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _ChatServer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.mark.filterwarnings("ignore:no price is known")
def test_a_real_model_behind_a_server_is_asked(
    chat_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", chat_server)
    monkeypatch.setenv("OPENAI_API_KEY", "a-key-for-this-test")

    result = crucible("real_model.py", tmp_path)

    assert result.exit_code == 0, result.output
    assert "24 rows, 4 items, 3 repeats, 0 failed" in result.output
    assert "SIMULATED" not in result.output
    assert "SUPPORTED: the stepwise prompt is more accurate" in result.output
    assert "a-key-for-this-test" not in str(result.output)


GUIDE = sorted(path.name for path in (EXAMPLES / "guide").glob("*.py") if path.name != "models.py")


@pytest.mark.parametrize("example", GUIDE)
def test_an_example_of_the_guide_runs(example: str, tmp_path: Path) -> None:
    chosen = f"guide/{example}" + ("::Capitals" if example == "several_datasets.py" else "")
    arguments = ["run", str(EXAMPLES / chosen), "--output-dir", str(tmp_path), "--id", "run"]

    result = CliRunner().invoke(main, [*arguments, "--limit", "4", "--quiet"])

    assert result.exit_code == 0, result.output
    assert "SIMULATED" in result.output
    assert "4 items" in result.output
