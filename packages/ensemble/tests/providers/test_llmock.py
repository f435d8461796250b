"""An independent judge: the server ``llmock`` misbehaves, and says how a client took it."""

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ensemble import AnthropicModel, GeminiModel, ModelError, OpenAIModel, Price, ask, stream

PROGRAM = Path(sys.executable).with_name("llmock")
pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="install llmock")
KINDS: dict[str, Any] = {
    "/v1": (OpenAIModel, "gpt-4o-mini"),
    "/anthropic/v1": (AnthropicModel, "claude-3-haiku"),
    "/gemini/v1beta": (GeminiModel, "gemini-2.0-flash"),
}


@pytest.fixture
def judge() -> Iterator[Callable[..., str]]:
    """Starts the server with some faults; gives its address."""
    running: list[Any] = []

    def start(*options: str) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [str(PROGRAM), "serve", "--port", str(port), "--log-level", "info", *options]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        running.append(process)
        assert process.stderr is not None
        for line in process.stderr:  # until it says that it listens
            if b"running on" in line:
                break
        return f"http://127.0.0.1:{port}"

    yield start
    for process in running:
        process.kill()
        process.communicate()


def verdict(url: str) -> Any:
    with urllib.request.urlopen(f"{url}/_llmock/verdict", timeout=10) as answer:  # noqa: S310  # loopback
        return json.loads(answer.read())


def client(url: str, path: str, **options: Any) -> Any:
    kind, name = KINDS[path]
    return kind(name, base_url=url + path, api_key="k", price=Price(), **options)


@pytest.mark.slow
async def test_the_judge_finds_nothing_wrong_with_how_failures_are_taken(
    judge: Callable[..., str],
) -> None:
    url = judge("--error-rate", "429=0.2", "--error-rate", "503=0.2")

    for path in KINDS:
        async with client(url, path, max_retries=8) as model:
            whole = [await ask(f"say {number}", model=model) for number in range(2)]
            pieces = stream("say it", model=model)
            text = "".join([piece async for piece in pieces])
        assert all(response.output_tokens for response in whole)
        assert pieces.response is not None
        assert text == pieces.response.text

    found = verdict(url)
    assert found["calls"] == 9
    assert (found["passed"], found["errors"], found["warnings"]) == (True, 0, 0), found


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["disconnect", "truncate", "malformed"])
async def test_a_stream_that_breaks_is_never_taken_for_a_whole_answer(
    judge: Callable[..., str], fault: str
) -> None:
    url = judge("--stream-fault", f"{fault}=1")

    for path in KINDS:
        async with client(url, path, max_retries=0) as model:
            with pytest.raises(ModelError):
                async for _ in stream("say it", model=model):
                    pass
