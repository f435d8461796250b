"""Programs that solve nothing and try to be judged right. None passes."""

import os
from pathlib import Path

import pytest

from dataset_manager import Dataset, Item, Sandbox, TestedProgram, evaluate
from dataset_manager._sandbox.removal import remove_tree

WRONG = "def double(x): return 0\n"
VERDICT = '{"token": "t", "layers": [], "outcome": "passed", "error": ""}'
_FRAME = "import sys\nf = sys._getframe()\nwhile f:\n  {}\n  f = f.f_back\n"
_LATE = "def double(x):\n  import sys, os, gc, builtins\n  {}\n  return 0\n"
_EQUAL = "class E:\n  def __eq__(s, o): return True\n  __ne__ = __hash__ = None\n  {}\n"

FORGED = {
    "token in a frame": _FRAME.format("s = f.f_locals.get('settings') or {}; s['token']"),
    "writes a verdict to every file": (
        f"import os\nfor n in range(64):\n  try: os.write(n, b'{VERDICT}\\n')\n"
        "  except OSError: pass\n"
    ),
    "writes it and ends": f"import os\nos.write(1, b'{VERDICT}\\n'); os._exit(0)",
    "prints it": f"print('{VERDICT}')",
    "ends with 0": "import os; os._exit(0)",
    "ends with 0 when called": _LATE.format("os._exit(0)"),
    "leaves": "raise SystemExit(0)",
    "leaves when called": _LATE.format("sys.exit(0)"),
    "stops the generator": _LATE.format("raise StopIteration"),
    "interrupts": _LATE.format("raise KeyboardInterrupt"),
    "patches json": "import json\njson.dumps = lambda o, **k: '{}'",
    "patches os.write": "import os\nw = os.write\nos.write = lambda n, b: w(n, b'[\"value\", 4]')",
    "patches print": "import builtins\nbuiltins.print = lambda *a: None",
    "patches AssertionError": "import builtins\nbuiltins.AssertionError = ValueError",
    "patches int equality": "import builtins\nbuiltins.int = type('int', (int,), {})",
    "patches compile": "import builtins\nbuiltins.compile = lambda *a, **k: 'pass'",
    "patches exec": "import builtins\nbuiltins.exec = lambda *a, **k: None",
    "patches sys.exit": "import sys, os\nsys.exit = lambda *a: os._exit(0)",
    "patches the except hook": "import sys\nsys.excepthook = lambda *a: None",
    "atexit": "import atexit, os\natexit.register(os._exit, 0)",
    "traces": "import sys\nsys.settrace(lambda *a: None); sys.setprofile(lambda *a: None)",
    "traces threads": "import threading\nthreading.settrace(lambda *a: None)",
    "reads the caller's constants": _LATE.format(
        "c = sys._getframe(1).f_code.co_consts; return next(k for k in c if k == 4)"
    ),
    "reads the caller's names": _LATE.format("return sys._getframe(1).f_globals['expected']"),
    "looks for the tests among objects": _LATE.format(
        "t = [o for o in gc.get_objects() if 'assert' + ' double' in str(o)]; assert not t"
    ),
    "rewrites the caller": _LATE.format("sys._getframe(1).f_code = None"),
    "rewrites the serving loop": (
        "import sys\nm = sys.modules['dataset_manager._sandbox.solution']\n"
        "m.Solution.serve = lambda s: None\nm.send(3, ['passed'])\n"
    ),
    "answers before it is asked": (
        "import sys\nm = sys.modules['dataset_manager._sandbox.solution']\n"
        "c = m.sys._getframe(1).f_locals['self'].channel\n"
        "for _ in range(9): m.send(c, ['value', True])\n"
    ),
    "answers nonsense": (
        "import sys\nm = sys.modules['dataset_manager._sandbox.solution']\n"
        "c = m.sys._getframe(1).f_locals['self'].channel\n"
        "for w in (['value'], [], 7, ['value', ['made', 'os.system', ['true']]]): m.send(c, w)\n"
    ),
    "sends a frame without end": (
        "import sys, os\nc = sys._getframe(1).f_locals['self'].channel\n"
        "os.write(c, b'\\xff\\xff\\xff\\xff' + b'x' * 1000)\n"
    ),
    "closes the channel": "import os\nos.closerange(0, 64)",
    "equal to everything": _EQUAL.format("") + "double = lambda x: E()",
    "an int equal to everything": (
        "class E(int):\n  def __eq__(s, o): return True\n  __hash__ = int.__hash__\n"
        "double = lambda x: E(0)"
    ),
    "a text equal to everything": (
        "class E(str):\n  def __eq__(s, o): return True\n  __hash__ = str.__hash__\n"
        "double = lambda x: E()"
    ),
    "a list equal to everything": (
        "class E(list):\n  def __eq__(s, o): return True\ndouble = lambda x: E()"
    ),
    "equal by reflection": "class E:\n  def __req__(s, o): return True\ndouble = lambda x: E()",
    "a float equal to everything": (
        "class E(float):\n  def __eq__(s, o): return True\ndouble = lambda x: E('nan')"
    ),
    "a stand-in of unittest": "from unittest import mock\ndouble = lambda x: mock.ANY",
    "an overloaded subtraction": (
        "class E:\n  def __sub__(s, o): return s\n  def __abs__(s): return s\n"
        "  def __lt__(s, o): return True\n  def __eq__(s, o): return True\ndouble = lambda x: E()"
    ),
    "a class with a metaclass": (
        "class M(type):\n  def __eq__(s, o): return True\n  __hash__ = type.__hash__\n"
        "class E(metaclass=M): pass\ndouble = lambda x: E"
    ),
    "shadows built-in names": (
        "set = sorted = abs = len = list = tuple = lambda *a, **k: 0\nisinstance = lambda *a: True"
    ),
    "shadows the names of the tests": "check = expected = candidate = lambda *a: None",
    "defines the error of an assertion": "class AssertionError(Exception): pass",
    "opens the memory of its parent": "open('/proc/1/mem', 'r+b').read(1)",
    "lists the files of its parent": "import os; os.listdir('/proc/1/fd')",
    "traces its parent": "import ctypes\nassert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0",
    "writes to its parent": (
        "import ctypes\nassert ctypes.CDLL(None).process_vm_writev(1, 0, 0, 0, 0, 0) == 0"
    ),
    "kills its parent": "import os; os.kill(os.getppid(), 9)",
    "takes the parent's files": "import ctypes\nassert ctypes.CDLL(None).syscall(438, 1, 1, 0) > 0",
    "a thread that rewrites": (
        "import threading, gc\ndef t():\n  for o in gc.get_objects():\n"
        "    if isinstance(o, dict) and 'outcome' in o: o['outcome'] = 'passed'\n"
        "threading.Thread(target=t).start()"
    ),
    "a signal handler": (
        "import signal, os\nsignal.signal(signal.SIGALRM, lambda *a: os._exit(0))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001)"
    ),
    "an error whose text is a verdict": _LATE.format(f"raise ValueError('{VERDICT}')"),
    "a recursion": _LATE.format("return double(x)"),
    "a result without end": _LATE.format("l = []; l.append(l); return l"),
}
TESTS = {
    "a statement": "expected = 4\nassert double(2) == expected\nassert double(2) == 4",
    "built-in functions": "assert set([double(2)]) == set([4]) and abs(double(2) - 4) < 1e-6",
}


@pytest.mark.slow
@pytest.mark.parametrize("bubblewrap", [True, False], ids=["bubblewrap", "namespaces"])
@pytest.mark.parametrize("tests", TESTS.values(), ids=TESTS)
def test_no_program_writes_its_own_verdict(tests: str, bubblewrap: bool) -> None:
    sandbox = Sandbox(timeout_ms=20_000, bubblewrap=bubblewrap)
    right = TestedProgram(solution="def double(x): return 2 * x", tests=tests)
    forged = [TestedProgram(solution=WRONG + text, tests=tests) for text in FORGED.values()]

    first, *results = sandbox.run_all_sync([right, *forged])

    assert len(FORGED) >= 50
    assert first.passed, first
    if bubblewrap and "bubblewrap" not in first.layers:
        pytest.skip("no bubblewrap here")
    assert [name for name, result in zip(FORGED, results, strict=True) if result.passed] == []


def test_helpers_of_the_prompt_are_not_the_solutions() -> None:
    prompt = "def undo(x):\n    return x // 2\n\n\ndef double(x):\n"
    test = "def check(candidate):\n    assert undo(candidate(3)) == 3\n"
    item = Item("a", prompt, "", {"test": test, "entry_point": "double"})
    data = Dataset([item], name="d", scorer="tests")

    right = evaluate(["    return 2 * x\n"], dataset=data)
    forged = evaluate(["    return 0\n\ndef undo(x):\n    return 3\n"], dataset=data)

    assert (right.accuracy, forged.accuracy) == (1.0, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("solution", "tests"),
    [
        ("def f(x): x.sort()", "a = [2, 1]\nf(a)\nassert a == [1, 2]"),
        ("def f(x): x[0].append(1); x[1] = 2", "a = [[], 0]\nf(a)\nassert a == [[1], 2]"),
        ("def f(n):\n  yield from range(n)", "assert list(f(3)) == [0, 1, 2]\nnext(f(1))"),
        ("def f(g, x): return g(g(x))", "assert f(lambda x: x + 1, 1) == 3"),
        ("def f(x): return x", "assert f({1: (2, {3}), 'a': b'c'}) == {1: (2, {3}), 'a': b'c'}"),
        ("from fractions import Fraction as F\ndef f(): return F(1, 3)", "assert f() * 3 == 1"),
        ("from collections import Counter as C\ndef f(x): return C(x)", "assert f('aa')['a'] == 2"),
        ("def f(): return 10 ** 5000, float('inf'), 1j", "assert f() == (10**5000, 1e999, 1j)"),
        (
            "class P:\n  def __init__(s, x): s.x = x",
            "p = P(1)\np.x = 5\nassert p.x == 5",
        ),
        ("class P:\n  n = 0\ndef f(p): return p is P", "assert f(P)"),
        ("def sum(a, b): return a - b", "assert sum(3, 1) == 2"),
        ("def f(): raise KeyError('k')", "try: f()\nexcept KeyError: pass\nelse: assert False"),
        ("import math\ndef f(): return 0.1 + 0.2", "assert math.isclose(f(), 0.3)"),
        ("def f(x, *, k=1): return x * k", "assert f(2, k=3) == 6 and f.__name__ == 'f'"),
        ("if __name__ == '__main__': input()\ndef f(): return {}.keys()", "assert not f()"),
    ],
)
def test_tests_reach_a_solution_as_if_it_were_beside_them(solution: str, tests: str) -> None:
    result = Sandbox(timeout_ms=20_000).run_sync(TestedProgram(solution=solution, tests=tests))

    assert result.passed, result


def test_all_files_together_have_a_limit_and_are_gone_afterwards() -> None:
    program = "n = 0\nwhile True:\n  open(str(n), 'wb').write(bytes(2**20)); n += 1"

    result = Sandbox(disk_bytes=2**22, timeout_ms=20_000).run_sync(program)

    if "folder in memory" not in result.layers and "bubblewrap" not in result.layers:
        pytest.skip("no file system of its own here")
    assert (result.outcome, "No space left" in result.error) == ("failed", True)


@pytest.mark.slow
def test_a_folder_is_removed_however_deep_and_whatever_its_rights(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    (top / "secret").write_text("x")
    (top / "secret").chmod(0)
    (top / "link").symlink_to(tmp_path)
    (tmp_path / "kept").write_text("x")
    place = os.open(top, os.O_RDONLY)
    for _ in range(2000):
        os.mkdir("a", dir_fd=place)  # deeper than a path can be
        inner = os.open("a", os.O_RDONLY, dir_fd=place)
        os.fchmod(place, 0o500)
        os.close(place)
        place = inner
    os.close(place)

    remove_tree(str(top))

    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
