"""Programs that act on what the tests hand over, or on how they compare. None passes."""

from dataset_manager import Sandbox, TestedProgram

_LIES = "  def __eq__(s, o): return True\n  def __ne__(s, o): return False\n  __hash__ = None\n"
# Objects of a class of the tests are not sent: these are callbacks, functions and errors.
_CALLS = "calls = []\ndef keep(x): calls.append(x)\nwant = [4]\nf(keep)\nassert calls == want"
_WANT = "want = 4\nassert f({}) == want"
_TWICE = "assert f(2) == 4"
_CLOSE = "assert abs(f(2) - 4) < 1e-9"
# A program, and the tests that it acts on.
FORGED = {
    "globals of a callback": ("def f(cb): cb.__globals__['want'] = []", _CALLS),
    "two globals of a callback": (
        "def f(cb):\n  g = cb.__globals__\n  g['calls'] = g['want']",
        _CALLS,
    ),
    "the built-in functions of a callback": (
        "def f(cb): cb.__globals__['__builtins__'] = {}",
        _CALLS,
    ),
    "the cell of a callback": (
        "def f(cb): cb.__closure__[0].cell_contents = [4]",
        (
            "def made():\n  kept = []\n  def keep(x): kept.append(x)\n  return kept, keep\n"
            "kept, keep = made()\nf(keep)\nassert kept == [4]"
        ),
    ),
    "the object of a bound method": (
        "def f(m):\n  m.__self__.__class__ = type('L', (list,), {'__eq__': lambda s, o: True})",
        "kept = []\nf(kept.append)\nassert kept == [4]",
    ),
    "the frame of a generator": (
        "def f(g):\n  g.gi_frame.f_globals['want'] = None",
        "want = 4\ndef made(): yield 1\nassert f(made()) == want",
    ),
    "the frame of an error": (
        "def f(e):\n  e.__traceback__.tb_frame.f_globals['want'] = 0\n  return 0",
        (
            "want = 4\ntry: 1 / 0\nexcept ZeroDivisionError as error: got = f(error)\n"
            "assert got == want"
        ),
    ),
    "a module of the tests": (
        "def f(m):\n  m.isclose = lambda *a: True\n  return 0",
        "import math\nassert math.isclose(f(math), 4)",
    ),
    "eval of the tests": (
        "def f(do):\n  do('globals().update(want=0)')\n  return 0",
        _WANT.format("eval"),
    ),
    "exec of the tests": ("def f(do):\n  do('want = 0')\n  return 0", _WANT.format("exec")),
    "globals of the tests": (
        "def f(do):\n  do()['want'] = 0\n  return 0",
        _WANT.format("globals"),
    ),
    "a difference of nothing": (
        (
            "class E(float):\n  def __sub__(s, o): return 0.0\n  __rsub__ = __sub__\n"
            "  def __abs__(s): return 0.0\nf = lambda x: E()"
        ),
        _CLOSE,
    ),
    "a difference that is small": (
        (
            "class E:\n  def __sub__(s, o): return s\n  def __abs__(s): return s\n"
            "  def __lt__(s, o): return True\nf = lambda x: E()"
        ),
        _CLOSE,
    ),
    "a number that rounds itself": (
        "class E(float):\n  def __round__(s, n=None): return 4\nf = lambda x: E()",
        "assert round(f(2), 2) == 4",
    ),
    "a comparison that ends": (
        "import sys\nclass E:\n  def __eq__(s, o): sys.exit(0)\nf = lambda x: E()",
        _TWICE,
    ),
    "a comparison whose result is true": (
        (
            "class T:\n  def __bool__(s): return True\nclass E:\n  def __eq__(s, o): return T()\n"
            "f = lambda x: E()"
        ),
        _TWICE,
    ),
    "a comparison that learns": (
        "class E:\n  def __eq__(s, o): return o == o\nf = lambda x: E()",
        _TWICE,
    ),
    "all that is contained": (
        "class E:\n  def __contains__(s, o): return True\nf = lambda x: E()",
        "assert 4 in f(2)",
    ),
    "a partial function that is equal": (
        f"import functools\nclass E(functools.partial):\n{_LIES}f = lambda x: E(print)",
        _TWICE,
    ),
    "a date that is equal": (
        f"import datetime\nclass E(datetime.date):\n{_LIES}f = lambda x: E(2020, 1, 1)",
        _TWICE,
    ),
    "a path that is equal": (
        f"import pathlib\nclass E(type(pathlib.Path())):\n{_LIES}f = lambda x: E()",
        _TWICE,
    ),
    "a data class that is equal": (
        (
            f"import dataclasses\n@dataclasses.dataclass\nclass E:\n  x: int = 0\n{_LIES}"
            "f = lambda x: E()"
        ),
        _TWICE,
    ),
    "a module that is equal": (
        f"import types\nclass E(types.ModuleType):\n{_LIES}f = lambda x: E('a')",
        _TWICE,
    ),
    "a module with every name": (
        (
            "import types, sys\nm = types.ModuleType('m')\nm.__getattr__ = lambda n: lambda *a: m\n"
            "sys.modules['solution'] = m\nf = lambda x: m"
        ),
        _TWICE,
    ),
    "an awaitable": (
        "class E:\n  def __await__(s):\n    yield\n    return 4\nf = lambda x: E()",
        "import asyncio\nasync def main(): return await f(2)\nassert asyncio.run(main()) == 5",
    ),
    "small numbers in memory": (
        "import ctypes\nctypes.memmove(id(4) + 24, id(0) + 24, 4)\nf = lambda x: 0",
        _TWICE,
    ),
    "an error of a group": (
        "def f(x): raise ExceptionGroup('x', [AssertionError()])",
        "try: ok = f(2) == 4\nexcept* AssertionError: ok = False\nassert ok",
    ),
    "the files of descriptors taken from processes": (
        (
            "import ctypes, os\nlibc = ctypes.CDLL(None)\nfor p in range(1, 32):\n"
            "  n = libc.syscall(434, p, 0)\n  for k in range(8):\n"
            "    g = libc.syscall(438, n, k, 0)\n    if g >= 0: os.write(g, b'passed')\n"
            "f = lambda x: 0"
        ),
        _TWICE,
    ),
    "modules of the same name beside it": (
        (
            "open('sitecustomize.py', 'w').write('import os; os._exit(0)')\n"
            "open('dataset_manager.py', 'w').write('import os; os._exit(0)')\nf = lambda x: 0"
        ),
        _TWICE,
    ),
}


def test_no_program_that_acts_on_what_it_is_given_passes() -> None:
    right = TestedProgram(solution="def f(x): return 2 * x", tests=_TWICE)
    forged = [TestedProgram(solution=own, tests=tests) for own, tests in FORGED.values()]

    first, *results = Sandbox(timeout_ms=20_000).run_all_sync([right, *forged, right])

    assert first.passed, first
    assert results[-1].passed, results[-1]
    assert [name for name, each in zip(FORGED, results, strict=False) if each.passed] == []


def test_each_of_these_tests_is_passed_by_a_right_program() -> None:
    """Else a forged program would fail for another reason."""
    right = [
        ("def f(cb): cb(4)", _CALLS),
        ("def f(x): return 2 * x", _CLOSE),
        ("def f(o): return 4", _WANT.format("exec")),
        ("def f(x): return [4]", "assert 4 in f(2)"),
    ]
    programs = [TestedProgram(solution=own, tests=tests) for own, tests in right]

    results = Sandbox(timeout_ms=20_000).run_all_sync(programs)

    assert [each.passed for each in results] == [True] * len(right), results
