"""Hostile programs stay where they are. None of them runs unless every layer was seen to hold."""

import asyncio
import os
import shutil
import time
from pathlib import Path

import pytest

from dataset_manager import ProgramResult, RunningLoopError, Sandbox, SandboxError

FLOOR = {"landlock", "seccomp"}
_C = "import ctypes; c = ctypes.CDLL(None, use_errno=True)\n"

# Each runs to its end only when it got what it wanted.
HOSTILE = {
    "reads the password file": "open('/etc/passwd').read()",
    "reads the home folder": "import os; os.listdir('/root'); os.listdir('/home')",
    "reads other environments": "open('/proc/1/environ').read()",
    "finds a key in its environment": "import os; assert any('KEY' in k for k in os.environ)",
    "writes to the temporary folder": "open('/tmp/hostile', 'w').write('x')",
    "writes to the library": "import os; open(os.__file__ + '.x', 'w').write('x')",
    "removes a file of the library": "import os; os.unlink(os.__file__)",
    "opens a connection": "import socket; socket.create_connection(('127.0.0.1', 1))",
    "opens a socket": "import socket; socket.socket()",
    "opens a local socket": "import socket; socket.socket(socket.AF_UNIX)",
    "starts a program": "import subprocess; subprocess.run(['/bin/true'], check=True)",
    "replaces itself": "import os; os.execv('/bin/true', ['true'])",
    "forks": "import os; os.fork()",
    "forks without end": "import os\nwhile True: os.fork()",
    "leaves its session": "import os; os.setsid()",
    "kills everything": "import os; os.kill(-1, 9)",
    "kills its parent": "import os; os.kill(os.getppid(), 9)",
    "takes four gigabytes": "x = bytearray(4 * 2**30)",
    "grows without end": "x = []\nwhile True: x.append(bytearray(2**20))",
    "writes a huge file": (
        "f = open('big', 'wb', 0)\nfor _ in range(100): assert f.write(bytes(2**20)) == 2**20"
    ),
    "makes a file executable by all": "import os; open('f', 'w').close(); os.chmod('f', 0o777)",
    "mounts": _C + "assert c.mount(b'none', b'/', b'tmpfs', 0, None) == 0",
    "takes another namespace": _C + "assert c.unshare(0x10000000) == 0",
    "traces": _C + "assert c.ptrace(0, 0, 0, 0) == 0",
    "raises its limits": "import resource as r; r.setrlimit(r.RLIMIT_AS, (-1, -1))",
    "ends at once as if it were right": "import os; os._exit(0)",
    "leaves as if it were right": "raise SystemExit(0)",
    "recurses through C": (
        "import sys; sys.setrecursionlimit(10**9)\ndef f(): sorted([1], key=lambda _: f())\nf()"
    ),
}


@pytest.fixture(scope="module", params=["namespaces", "bubblewrap"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    box = Sandbox(timeout_ms=10_000, bubblewrap=request.param == "bubblewrap")
    try:
        held = box.run_sync("pass")
    except SandboxError as error:
        pytest.skip(str(error))
    if not set(held.layers) >= {*FLOOR, request.param}:
        pytest.skip(f"only {', '.join(held.layers)} here")
    return box


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_program_gets_nothing(sandbox: Sandbox, what: str) -> None:
    result = sandbox.run_sync(HOSTILE[what])

    assert not result.passed, what
    assert result.outcome in ("failed", "killed")
    assert not Path("/tmp/hostile").exists()  # noqa: S108  # where the program wanted to write


def test_a_loop_without_end_is_ended_by_the_clock(sandbox: Sandbox) -> None:
    result = Sandbox(timeout_ms=200).run_sync("while True: pass")

    assert result.outcome == "timed_out"


def test_a_program_that_ignores_signals_is_ended_too(sandbox: Sandbox) -> None:
    program = (
        "import signal\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True:"
        "\n  try:\n    while True: pass\n  except BaseException: pass"
    )

    assert Sandbox(timeout_ms=200).run_sync(program).outcome == "timed_out"


def test_a_flood_of_output_is_cut_and_does_not_block(sandbox: Sandbox) -> None:
    result = Sandbox(output_bytes=1000, timeout_ms=10_000).run_sync("print('x' * 10**7)")

    assert (result.outcome, len(result.output)) == ("passed", 1000)


def test_a_program_cannot_pass_by_writing_a_verdict(sandbox: Sandbox) -> None:
    forged = (
        'import os\nfor n in range(3, 20):\n  try: os.write(n, b\'{"outcome": "passed"}\\n\')\n'
        "  except OSError: pass\nos._exit(0)"
    )

    assert sandbox.run_sync(forged).outcome == "killed"


def test_ordinary_programs_find_what_they_need(sandbox: Sandbox) -> None:
    program = (
        "import hashlib, heapq, math, re, random, collections, threading, datetime, decimal\n"
        "t = threading.Thread(target=print, args=('hello',)); t.start(); t.join()\n"
        "open('mine', 'w').write('x'); assert open('mine').read() == 'x'\n"
        "assert hashlib.md5(b'').hexdigest().startswith('d41d8')"
    )

    result = sandbox.run_sync(program)

    assert (result.outcome, result.error, result.output) == ("passed", "", "hello\n")


def test_a_result_has_the_error_and_the_layers_in_force(sandbox: Sandbox) -> None:
    result = sandbox.run_sync("print('before'); assert 1 == 2, 'unequal'")

    assert str(result).endswith("AssertionError: unequal")
    assert result.output == "before\n"
    assert set(result.layers) >= FLOOR


def test_an_error_whose_text_raises_is_still_a_failure(sandbox: Sandbox) -> None:
    program = "class E(Exception):\n  def __str__(self): raise self\nraise E"

    assert (sandbox.run_sync(program).outcome, sandbox.run_sync(program).error) == ("failed", "E")


def test_a_text_that_is_not_a_program_fails(sandbox: Sandbox) -> None:
    texts = ["def f(:", "\x00", "(" * 1000, "\ud800", "x = " + "-" * 50_000 + "1"]

    results = sandbox.run_all_sync(texts)

    assert not any(result.passed for result in results)


async def test_a_cancelled_program_is_gone_and_leaves_no_folder(sandbox: Sandbox) -> None:
    before = set(_children())
    task = asyncio.create_task(Sandbox(timeout_ms=60_000).run("while True: pass"))
    while not set(_children()) - before:  # noqa: ASYNC110  # a process starts without an event
        await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert set(_children()) == before


async def test_many_programs_keep_their_order_and_report_progress(sandbox: Sandbox) -> None:
    programs = [f"print({number})" for number in range(8)]
    seen: list[tuple[int, int]] = []

    results = await sandbox.run_all(programs, on_progress=lambda *each: seen.append(each))

    assert _outputs(results) == [f"{number}\n" for number in range(8)]
    assert seen == [(done, 8) for done in range(1, 9)]


async def test_a_program_is_not_run_sync_inside_a_running_loop() -> None:
    with pytest.raises(RunningLoopError, match=r"await run_all\(") as caught:
        Sandbox().run_all_sync(["print(1)"])
    assert caught.value.__context__ is None
    with pytest.raises(RunningLoopError, match=r"await run\("):
        Sandbox().run_sync("print(1)")


def test_nothing_is_run_where_the_layers_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataset_manager._sandbox.fork_server as module  # noqa: PLC0415  # to stand in for another machine

    for part in module._JAIL.parent.glob("*.py"):
        shutil.copy(part, tmp_path)
    judge = tmp_path / "judge.py"
    text = judge.read_text(encoding="utf-8")
    weak = text.replace("layers += receive(channel)", "layers = receive(channel)[:1]")
    assert weak != text
    judge.write_text(weak, encoding="utf-8")
    monkeypatch.setattr(module, "_JAIL", tmp_path / "jail.py")

    with pytest.raises(SandboxError, match="unsafe=True") as caught:
        Sandbox(bubblewrap=False).run_sync("print('ran')")

    assert caught.value.layers == ("resource limits",)
    assert Sandbox(unsafe=True).run_sync("print('ran')").output == "ran\n"


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="timeout_ms"):
        Sandbox(timeout_ms=0)


def test_time_is_measured_from_the_start_of_the_program(sandbox: Sandbox) -> None:
    began = time.perf_counter()

    result = sandbox.run_sync("sum(range(1000))")

    assert 0 < result.duration_ms <= (time.perf_counter() - began) * 1000


def _outputs(results: list[ProgramResult]) -> list[str]:
    return [result.output for result in results]


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
