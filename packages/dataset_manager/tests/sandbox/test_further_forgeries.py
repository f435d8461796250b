"""Programs that act on comparisons, built-in functions, hooks, threads and memory. None passes."""

import pytest

from dataset_manager import Dataset, Item, ProgramResult, Sandbox, TestedProgram, evaluate

WRONG = "def double(x): return 0\n"
TESTS = (
    "import math\nwant = [4, 6]\ngot = [double(2), double(3)]\n"
    "assert all(a == b for a, b in zip(got, want)) and len(got) == len(want)\n"
    "assert isinstance(got[0], int) and math.isclose(got[0], 4) and sorted(got) == want\n"
    "assert not any(a != b for a, b in zip(want, got)) and got == want and set(got) == set(want)"
)
_LIES = (
    "  def __eq__(s, o): return True\n  def __ne__(s, o): return False\n"
    "  def __hash__(s): return 4\n"
    "  __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__\n"
)
FRAME = r"b'\0\0\0\x10[\"value\", true]'"
_AT_CALL = "def double(x):\n  import sys, os, threading, ctypes, gc\n  {}\n  return 0\n"
_PATCHED = [
    "all",
    "any",
    "len",
    "isinstance",
    "sorted",
    "set",
    "zip",
    "abs",
    "round",
    "type",
    "hash",
    "list",
    "int",
    "float",
    "str",
]
_FRAMES = (
    "import sys\ndef double(x):\n  try: raise ValueError\n  except ValueError as e:\n"
    "    f = e.__traceback__.tb_frame\n"
    "    while f:\n      {}\n      f = f.f_back\n  return 0\n"
)
FORGED = {
    **{
        f"lying {kind}": f"class E({kind}):\n{_LIES}double = lambda x: E()"
        for kind in ("int", "float", "str", "list", "tuple", "set", "frozenset", "bytes", "complex")
    },
    "lying dict": f"class E(dict):\n{_LIES}double = lambda x: E({{4: 4}})",
    "lying object that is an instance of all": (
        f"class M(type):\n  def __instancecheck__(s, o): return True\n"
        f"  def __subclasscheck__(s, o): return True\nclass E(metaclass=M):\n{_LIES}"
        "  __class__ = int\ndouble = lambda x: E()"
    ),
    "lying enumeration": (
        f"import enum\nclass E(enum.IntEnum):\n  A = 0\n{_LIES}double = lambda x: E.A"
    ),
    "lying fraction": (
        f"import fractions\nclass E(fractions.Fraction):\n{_LIES}double = lambda x: E(0)"
    ),
    "lying decimal": f"import decimal\nclass E(decimal.Decimal):\n{_LIES}double = lambda x: E(0)",
    "lying named tuple": (
        f"import collections\nclass E(collections.namedtuple('N', 'a')):\n{_LIES}"
        "double = lambda x: E(0)"
    ),
    "lying array": f"import array\nclass E(array.array):\n{_LIES}double = lambda x: E('i', [0])",
    "an error that is equal": f"class E(Exception):\n{_LIES}double = lambda x: E()",
    "an abstract class that takes all": (
        "import abc\nclass E(abc.ABC): pass\nE.register(int)\ndouble = lambda x: E"
    ),
    **{
        f"patched {name}": f"import builtins\nbuiltins.{name} = lambda *a, **k: True"
        for name in _PATCHED
    },
    "built-in functions in its own names": "\n".join(
        f"{name} = lambda *a, **k: True" for name in _PATCHED
    ),
    "another __builtins__": "__builtins__ = dict(all=bool, len=lambda x: 2, assert_=None)",
    "an emptied __builtins__": (
        "import builtins\nfor k in list(vars(builtins)): vars(builtins).pop(k)"
    ),
    "isclose, patched when called": _AT_CALL.format(
        "import math, builtins; math.isclose = lambda *a: True; builtins.all = bool"
    ),
    "a trace that jumps": (
        "import sys\ndef t(f, e, a):\n  try: f.f_lineno = f.f_code.co_firstlineno\n"
        "  except Exception: pass\n  return t\nsys.settrace(t)"
    ),
    "a profile that ends": _AT_CALL.format("sys.setprofile(lambda *a: os._exit(0))"),
    "an audit hook": "import sys, os\nsys.addaudithook(lambda *a: None)",
    "an audit hook that ends": _AT_CALL.format("sys.addaudithook(lambda *a: os._exit(0))"),
    "objects of the collector": _AT_CALL.format(
        "[o.update(outcome='passed', kind='value') for o in gc.get_objects() if type(o) is dict"
        " and 'request' in o]"
    ),
    "referrers": _AT_CALL.format(
        "[r.clear() for r in gc.get_referrers(x) if type(r) is list]; gc.collect()"
    ),
    "memory of its own constants": _AT_CALL.format(
        "[ctypes.c_int.from_address(id(n) + 24).__setattr__('value', 4) for n in (0, 6)]"
    ),
    "memory through its own file": _AT_CALL.format("open('/proc/self/mem', 'r+b', 0).write(b'x')"),
    "memory of every process": (
        "import os\nfor p in range(1, 400):\n  try: open(f'/proc/{p}/mem', 'r+b', 0).write(b'x')\n"
        "  except OSError: pass"
    ),
    "the descriptors of every process": (
        "import os\nfor p in range(1, 50):\n  for n in range(20):\n"
        "    try: os.write(os.open(f'/proc/{p}/fd/{n}', 1), b'{\"outcome\": \"passed\"}\\n')\n"
        "    except OSError: pass"
    ),
    "a signal for each second": _AT_CALL.format(
        "import signal; signal.signal(14, lambda *a: os._exit(0)); signal.alarm(1)"
    ),
    "a signal to its own thread": _AT_CALL.format(
        "import signal; signal.signal(10, lambda *a: os._exit(0)); signal.raise_signal(10)"
    ),
    "a child by fork": "import os\nif os.fork() == 0: os._exit(0)",
    "a child by fork when called": _AT_CALL.format("os.fork()"),
    "a child by vfork": _AT_CALL.format("ctypes.CDLL(None).syscall(58)"),
    "a pool of processes": "from multiprocessing import Pool\nPool(2)",
    "an exit handler that answers": (
        "import atexit, os, sys\nc = sys._getframe(1).f_locals['self'].channel\n"
        "atexit.register(lambda: os.write(c, b'\\0\\0\\0\\x12[\"value\", 4, null]'))\nsys.exit(0)"
    ),
    "a thread that answers": (
        "import threading, os, sys, time\nc = sys._getframe(1).f_locals['self'].channel\n"
        "def t():\n  while True:\n"
        f"    os.write(c, {FRAME}); time.sleep(0.001)\n"
        "threading.Thread(target=t, daemon=True).start()"
    ),
    "a thread that outlives": (
        "import threading, os, time\ndef t():\n  time.sleep(0.2); os._exit(0)\n"
        "threading.Thread(target=t).start()\ndef double(x):\n  time.sleep(0.4); return 0"
    ),
    "poisoned modules": (
        "import sys, types\nfor n in ('math', 'builtins', 'json', 'os', 'unittest', 'ast'):\n"
        "  m = types.ModuleType(n); m.isclose = m.loads = m.dumps = lambda *a, **k: True\n"
        "  sys.modules[n] = m"
    ),
    "a finder of modules": (
        "import sys\nclass F:\n  @staticmethod\n  def find_spec(n, *a): raise SystemExit(0)\n"
        "sys.meta_path[:] = [F]; sys.path_hooks[:] = [F]; sys.path[:] = []; sys.modules.clear()"
    ),
    "__import__": "import builtins\nbuiltins.__import__ = lambda *a, **k: None",
    "names in the frames of an error": _FRAMES.format(
        "f.f_locals.update(got=[4, 6], want=[0, 0], outcome='passed')"
    ),
    "globals in the frames of an error": _FRAMES.format(
        "f.f_globals.update(want=[0, 0], encode=lambda *a: 4)"
    ),
    "code in the frames of an error": _FRAMES.format(
        "ctypes = __import__('ctypes'); ctypes.pythonapi.PyFrame_LocalsToFast("
        "ctypes.py_object(f), ctypes.c_int(1))"
    ),
    "another encoder, no longer checked by what it returns": (
        "import sys\nm = sys.modules['dataset_manager._sandbox.solution']\n"
        "m.encode = lambda *a: ['made', 'decimal.Decimal', [['str', 'NaN']]]"
    ),
    "other standard files": (
        "import sys, io, os\nsys.stdout = sys.stderr = sys.__stdout__ = io.StringIO()\n"
        "r, w = os.pipe(); os.dup2(w, 1); os.dup2(w, 2); os.dup2(r, 0)"
    ),
    "closed standard files": "import os\nfor n in (0, 1, 2): os.close(n)",
    "channels in place of the standard files": (
        "import sys, os\nc = sys._getframe(1).f_locals['self'].channel\n"
        "os.dup2(c, 1); os.dup2(c, 2)\nprint('[\"value\", true]', flush=True)"
    ),
    "two readers of the channel": (
        "import sys, os, threading\nc = sys._getframe(1).f_locals['self'].channel\n"
        "def t():\n  while os.read(c, 1): pass\nthreading.Thread(target=t, daemon=True).start()"
    ),
    "tracing by ptrace": _AT_CALL.format(
        "[ctypes.CDLL(None).ptrace(n, p, 0, 0) for n in (0, 16, 0x4206) for p in range(9)]"
    ),
    "a weak reference with a callback": (
        "import weakref, os\nclass E: pass\ne = E(); w = weakref.ref(e, lambda r: os._exit(0))\n"
        "def double(x):\n  global e\n  e = None\n  return 0"
    ),
    "a finalizer": "import weakref, os\nclass E: pass\nweakref.finalize(E(), os._exit, 0)",
    "__del__": (
        "import os\nclass E:\n  def __del__(s): os._exit(0)\ndef double(x):\n  E()\n  return 0"
    ),
    "__del__ of what is returned": (
        f"class E(int):\n{_LIES}  def __del__(s): raise SystemExit(0)\ndouble = lambda x: E()"
    ),
    "descriptors that lie": (
        "class P:\n  def __get__(s, o, k): return lambda *a: True\n  __set__ = None\n"
        "class E(int):\n  __eq__ = __ne__ = __hash__ = P()\ndouble = lambda x: E()"
    ),
    "__getattribute__ that lies": (
        f"class E(int):\n{_LIES}  def __getattribute__(s, n): return lambda *a: 4\n"
        "double = lambda x: E()"
    ),
    "an answer of every kind": (
        f"class E:\n{_LIES}  def __iter__(s): return iter([4, 6])\n  def __len__(s): return 2\n"
        "  def __int__(s): return 4\n  __float__ = __index__ = __bool__ = __int__\n"
        "double = lambda x: E()"
    ),
    "numbers in turn": "n = iter([0, 4] * 99)\ndouble = lambda x: next(n)",
    "a hash that finds the wanted one": (
        "class E(int):\n  def __hash__(s): return hash(4)\n  def __eq__(s, o): return True\n"
        "double = lambda x: E(x)"
    ),
    "a generator in place of a value": "def double(x):\n  yield 4",
    "a coroutine in place of a value": "async def double(x): return 4",
    "a proxy of the wanted value": (
        "import weakref\nclass E(int):\n  pass\nk = E(0)\ndouble = lambda x: weakref.proxy(k)"
    ),
    "a debugger": "import bdb, sys\nclass B(bdb.Bdb): pass\nB().set_trace(sys._getframe(1))",
    "a breakpoint": "import sys\nsys.breakpointhook = lambda *a: None\ndef double(x): breakpoint()",
    "limits of recursion": "import sys\nsys.setrecursionlimit(5)",
    "switches of threads": "import sys\nsys.setswitchinterval(1e9)",
    "limits of digits": (
        "import sys\nsys.set_int_max_str_digits(640)\ndef double(x): return 10**700"
    ),
    "a codec": (
        "import codecs\ncodecs.register(lambda n: exit(0))\ncodecs.register_error('strict', exit)"
    ),
    "a name of a class that lies": (
        f"class E:\n{_LIES}E.__name__ = E.__qualname__ = 'int'; E.__module__ = 'builtins'\n"
        "double = lambda x: E()"
    ),
    "a type of the wire that lies": (
        f"class Decimal:\n{_LIES}Decimal.__module__ = 'decimal'\nimport decimal\n"
        "decimal.Decimal = Decimal\ndouble = lambda x: Decimal()"
    ),
    "a copy that lies": (
        f"class E(list):\n{_LIES}  def __reduce__(s): return (list, ([4, 6],))\n"
        "  __copy__ = __deepcopy__ = lambda s, *a: 4\ndouble = lambda x: E()"
    ),
    "the memory of the type of numbers": _AT_CALL.format(
        "p = ctypes.c_void_p.from_address(id(int) + 8 * 25); p.value = 0"
    ),
    "another interpreter of the tests": (
        "import os\nopen('python', 'w').write('#!/bin/sh\\nexit 0')\nos.environ['PATH'] = '.'\n"
        "os.environ['PYTHONSTARTUP'] = 'python'"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("bubblewrap", [True, False], ids=["bubblewrap", "namespaces"])
def test_no_program_of_these_kinds_passes_either(bubblewrap: bool) -> None:
    box = Sandbox(timeout_ms=20_000, bubblewrap=bubblewrap)
    right = TestedProgram(solution="def double(x): return 2 * x", tests=TESTS)
    forged = [TestedProgram(solution=WRONG + text, tests=TESTS) for text in FORGED.values()]

    first, *results = box.run_all_sync([right, *forged, right])

    assert first.passed, first
    assert results[-1].passed, results[-1]
    assert [name for name, each in zip(FORGED, results, strict=False) if each.passed] == []


EMPTIES = "def f(x):\n  x.clear()\n  return []"
COMPARES = "a = [2, 1]\nassert f(a) == sorted(a)"


def _run(solution: str, tests: str) -> ProgramResult:
    return Sandbox(timeout_ms=20_000).run_sync(TestedProgram(solution=solution, tests=tests))


@pytest.mark.parametrize(
    ("solution", "tests", "depends"),
    [
        (EMPTIES, COMPARES, True),
        ("def f(x):\n  x.sort()", "a = [2, 1]\nf(a)\nassert a == [1, 2]", True),
        ("def f(x):\n  x.sort()\n  return x", "assert f([2, 1]) == [1, 2]", False),
        ("def f(x): return sorted(x)", COMPARES, False),
    ],
    ids=["empties a list", "in place", "changes a list that nothing reads", "changes nothing"],
)
def test_a_verdict_that_rests_on_changed_objects_of_the_tests_says_so(
    solution: str, tests: str, depends: bool
) -> None:
    result = _run(solution, tests)

    assert result.passed, result
    assert ("changed objects of the tests" in result.error) == depends


def test_the_remark_stands_in_the_score_of_an_answer() -> None:
    item = Item("a", "Write f(x).", "", {"entry_point": "f", "test": COMPARES})

    result = evaluate([EMPTIES], dataset=Dataset([item], name="d", scorer="tests"))

    assert result.accuracy == 1.0
    assert "changed objects of the tests" in str(result.items[0].score.extracted)


def test_an_argument_that_must_not_change_is_seen_when_it_does() -> None:
    tests = "a = [2, 1]\nb = list(a)\nassert f(a) == [1, 2] and a == b"

    assert not _run("def f(x):\n  x.sort()\n  return x", tests).passed
