"""Programs that act on the protocol, on what the tests use, on resources, or on neighbours."""

import pytest

from dataset_manager import Sandbox, TestedProgram

WRONG = "def double(x): return 0\n"
RIGHT = "def double(x): return 2 * x\ndef sum(a, b): return a + b\n"
_OWN = "import sys\nown = sys._getframe(1).f_locals['self']\nkind = type(own)\n"
_LIBC = "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.shmat.restype = ctypes.c_void_p\n"
_LATE = (
    "asked = []\ndef do_name(self, name):\n  asked.append(name)\n"
    "  if len(asked) <= {}: return ['missing']\n"
    "  made = dict(double=lambda x: 0, set=lambda x: 1, abs=lambda x: -1, all=lambda x: 1)\n"
    "  return [self.outward(made[name])]\nkind.do_name = do_name\n"
)
_SAYS = (
    "kind.do_name = lambda s, n: [['object', 0]]\n"
    "kind.do_call = lambda s, *a: [{}, None]\nown.objects.append(0)\n"
)
TESTS = {
    "built-in": "assert set([double(2)]) == set([4]) and abs(double(2) - 4) < 1e-6",
    "map": "assert all(map(lambda x: double(x) == 2 * x, range(1, 4)))",
    "zip": "for got, want in zip(map(double, [1, 2]), [2, 4]):\n  assert got == want",
    "catches all": "ok = False\ntry:\n  ok = double(2) == 4\nexcept AttributeError:\n  ok = True\n"
    "except BaseException as error:\n  ok = type(error).__name__ == 'Broken'\nassert ok",
    "shadowed": "assert abs(sum(1, 2) - 3) < 1e-6",
    "unittest": (
        "import unittest\nclass T(unittest.TestCase):\n  def test(self):\n"
        "    self.assertEqual(double(2), 4)\n    self.assertAlmostEqual(double(3), 6)\n"
        "    self.assertIn(double(2), [4])\n    self.assertLess(double(2), 5)\n"
        "found = unittest.defaultTestLoader.loadTestsFromTestCase(T)\n"
        "assert unittest.TextTestRunner().run(found).wasSuccessful()"
    ),
    "math": "import math\nassert math.isclose(double(2), 4) and round(double(2)) == 4",
    "json": "import json\nassert json.dumps(double(2)) == '4' and f'{double(2)}' == '4'",
}
# A program, and the tests that it acts on.
HOSTILE = {
    "names that appear later, first": (_OWN + _LATE.format(1), "built-in"),
    "names that appear later, second": (_OWN + _LATE.format(2), "built-in"),
    "names that appear later, third": (_OWN + _LATE.format(3), "built-in"),
    "a dictionary of names that lies": (
        _OWN + "class N(dict):\n  n = 0\n  def __contains__(s, k):\n    N.n += 1\n"
        "    return N.n > 1\nown.names = N(double=lambda x: 0, set=bool, abs=bool)",
        "built-in",
    ),
    "StopIteration ends a map": ("def double(x): raise StopIteration", "map"),
    "StopIteration ends a zip": ("def double(x): raise StopIteration(4)", "zip"),
    "an error that is StopIteration too": (
        "class E(StopIteration, ValueError): pass\ndef double(x): raise E",
        "zip",
    ),
    "a generator that closes": ("def double(x): raise GeneratorExit", "map"),
    "an error with the name of StopIteration": (
        "def double(x): raise type('StopIteration', (Exception,), {})",
        "zip",
    ),
    "ends where tests catch all": ("import os\ndef double(x): os._exit(0)", "catches all"),
    "speaks nonsense where tests catch all": (
        _OWN + "import os\ndef double(x): os.write(own.channel, b'\\0\\0\\0\\1{')",
        "catches all",
    ),
    "closes the channel where tests catch all": (
        _OWN + "import os\ndef double(x): os.close(own.channel)",
        "catches all",
    ),
    "shadows a function around the one asked for": (
        "def sum(a, b): return 0\ndef abs(x): return 0",
        "shadowed",
    ),
    "ANY of unittest": ("from unittest import mock\ndouble = lambda x: mock.ANY", "unittest"),
    "patches unittest": (
        (
            "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n"
            "unittest.TestCase.run = lambda *a: None\n"
            "unittest.TestResult.wasSuccessful = lambda s: True"
        ),
        "unittest",
    ),
    "skips a test": ("import unittest\ndef double(x): raise unittest.SkipTest", "unittest"),
    "an expected failure": (
        (
            "import unittest\nclass _ExpectedFailure(unittest.case._ShouldStop): pass\n"
            "def double(x): raise unittest.case._ShouldStop"
        ),
        "unittest",
    ),
    "patches math": ("import math\nmath.isclose = lambda *a: True", "math"),
    "a number that rounds as it likes": (
        (
            "class E:\n  def __round__(s, n=0): return 4\n  def __float__(s): return 4.0\n"
            "  def __index__(s): return 4\ndouble = lambda x: E()"
        ),
        "math",
    ),
    "a number whose class lies": (
        (
            "class E:\n  __class__ = int\n  def __eq__(s, o): return True\n"
            "  def __hash__(s): return 4\ndouble = lambda x: E()"
        ),
        "built-in",
    ),
    "an int with methods that lie": (
        (
            "class E(int):\n  def __index__(s): return 4\n  __int__ = __abs__ = __index__\n"
            "  def __sub__(s, o): return 0\n  def __hash__(s): return 4\n"
            "  def __repr__(s): return '4'\ndouble = lambda x: E(0)"
        ),
        "json",
    ),
    "a text with methods that lie": (
        (
            "class E(str):\n  def __str__(s): return '4'\n  __format__ = lambda s, f: '4'\n"
            "  def __len__(s): return 1\ndouble = lambda x: E('0')"
        ),
        "json",
    ),
    "answers with a module": (_OWN + _SAYS.format("['module', 'unittest.mock']"), "built-in"),
    "answers with a type": (_OWN + _SAYS.format("['builtin', 'object']"), "built-in"),
    "answers with a constant": (_OWN + _SAYS.format("['constant', 'NotImplemented']"), "built-in"),
    "answers with a function of the tests": (_OWN + _SAYS.format("['given', -1]"), "map"),
    "answers with a dictionary whose values it makes": (
        _OWN + _SAYS.format("['made', 'collections.defaultdict', [['object', 0], ['dict', []]]]"),
        "json",
    ),
    "answers with an object of number true": (_OWN + _SAYS.format("['object', True]"), "json"),
    "answers with an unknown tag": (_OWN + _SAYS.format("['eval', '4']"), "json"),
    "answers with NaN": (_OWN + _SAYS.format("float('nan')"), "built-in"),
    "an import hook": (
        (
            "import sys\nclass H:\n  def find_spec(s, *a): raise SystemExit(0)\n"
            "sys.meta_path.insert(0, H())\nsys.modules.clear()"
        ),
        "math",
    ),
    "writes to the standard library": (
        "import os\nopen(os.path.dirname(os.__file__) + '/unittest/case.py', 'a').write('#')",
        "unittest",
    ),
    "leaves a module for the tests": (
        (
            "open('math.py', 'w').write('isclose = lambda *a: True')\n"
            "open('sitecustomize.py', 'w').write('import os; os._exit(0)')"
        ),
        "math",
    ),
    "removes its own folder": (
        "import os, shutil\nshutil.rmtree('.', ignore_errors=True)\nos.rmdir(os.getcwd())",
        "built-in",
    ),
    "walks the frames of all threads": (
        (
            "import sys, gc\nfor f in sys._current_frames().values():\n  while f:\n"
            "    f.f_trace = lambda *a: None; f = f.f_back\n"
            "for o in gc.get_objects():\n"
            "  if isinstance(o, dict) and 'token' in o: o['outcome'] = 'passed'"
        ),
        "built-in",
    ),
    "changes the code of the functions that serve": (
        _OWN + "def answer(self, request): return ['value', True, None]\n"
        "kind.answer.__code__ = answer.__code__",
        "built-in",
    ),
    "writes over the memory of an int": (
        "import ctypes\nctypes.memmove(id(4) + 24, id(0) + 24, 4)\ndef double(x): return 4 - 4",
        "built-in",
    ),
    "a thread that goes on": (
        (
            "import threading, time\ndef t():\n  while True: time.sleep(0.01)\n"
            "threading.Thread(target=t).start()"
        ),
        "built-in",
    ),
    "an interpreter within": (
        "import _interpreters as i\ni.run_string(i.create(), 'import os; os._exit(0)')",
        "built-in",
    ),
    "a bomb of processes": (
        "import os\nfor n in range(1000):\n  try: os.fork()\n  except OSError: pass",
        "built-in",
    ),
    "a new process by clone": (_LIBC + "assert libc.syscall(56, 17, 0, 0, 0, 0) > 0", "built-in"),
    "a new process by posix_spawn": (
        "import os, sys\nos.posix_spawn(sys.executable, ['python', '-c', ''], {})",
        "built-in",
    ),
    "a socket by number": (_LIBC + "assert libc.syscall(41, 1, 1, 0) >= 0", "built-in"),
    "a signal to its group": (_LIBC + "assert libc.syscall(62, 0, 9) == 0", "built-in"),
    "a signal through a file": (
        (
            "import fcntl, os, signal\nr, w = os.pipe()\nfcntl.fcntl(r, fcntl.F_SETOWN, 1)\n"
            "fcntl.fcntl(r, 10, signal.SIGKILL)\nfcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC)\n"
            "os.write(w, b'x')"
        ),
        "built-in",
    ),
    "reads the environment": (
        "import os\nassert any('TOKEN' in k or 'KEY' in k for k in os.environ)",
        "built-in",
    ),
    "files that were inherited": (
        (
            'import os\nfor n in range(3, 4096):\n  try: os.write(n, b\'{"outcome": "passed"}\')\n'
            "  except OSError: pass"
        ),
        "built-in",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("bubblewrap", [True, False], ids=["bubblewrap", "namespaces"])
def test_no_program_of_these_kinds_passes(bubblewrap: bool) -> None:
    box = Sandbox(timeout_ms=20_000, bubblewrap=bubblewrap)
    names = list(HOSTILE)
    programs = [
        TestedProgram(solution=WRONG + text, tests=TESTS[tests]) for text, tests in HOSTILE.values()
    ]
    rights = [TestedProgram(solution=RIGHT, tests=tests) for tests in TESTS.values()]

    results = box.run_all_sync([*programs, *rights])

    assert len(HOSTILE) >= 45
    assert [name for name, each in zip(names, results, strict=False) if each.passed] == []
    found = dict(zip(TESTS, results[len(programs) :], strict=True))
    assert {name for name, each in found.items() if not each.passed} == set(), found


@pytest.mark.parametrize(
    "text",
    [
        "assert libc.shmget(0, 1 << 20, 0o1600) >= 0",
        "import os\nassert os.memfd_create('x') >= 0",
        "assert libc.semget(0, 1, 0o1600) >= 0",
        "assert libc.msgget(0, 0o1600) >= 0",
    ],
    ids=["shm", "memfd", "sem", "msg"],
)
def test_no_memory_outlives_its_mapping(text: str) -> None:
    result = Sandbox(timeout_ms=20_000).run_sync(_LIBC + text)

    if "seccomp" not in result.layers:
        pytest.skip("no seccomp here")
    assert result.outcome == "failed", result


@pytest.mark.parametrize("descriptor", [1, 2])
def test_a_flood_of_output_ends_the_program(descriptor: int) -> None:
    program = f"import os\nwhile True: os.write({descriptor}, b'x' * 65536)"

    result = Sandbox(timeout_ms=60_000).run_sync(program)

    assert (result.outcome, len(result.output)) == ("killed", 2**16)
    assert result.error == "it wrote more than 67,108,864 bytes"


def test_too_many_threads_end_the_program() -> None:
    program = _LIBC + (
        "size = ctypes.create_string_buffer(64)\nlibc.pthread_attr_init(size)\n"
        "libc.pthread_attr_setstacksize(size, ctypes.c_size_t(16384))\n"
        "name = ctypes.c_ulong()\npause = ctypes.cast(libc.pause, ctypes.c_void_p)\n"
        "for n in range(400): libc.pthread_create(ctypes.byref(name), size, pause, None)\n"
        "import time\nwhile True: time.sleep(1)\n"
    )

    result = Sandbox(timeout_ms=60_000).run_sync(program)

    if result.outcome == "timed_out":
        pytest.skip("the system does not list the children of a process")
    assert (result.outcome, result.error) == ("killed", "it had more than 256 threads")


@pytest.mark.parametrize(
    ("solution", "tests"),
    [
        ("def sum(a, b): return a - b", "assert sum(3, 1) == 2"),
        ("def sum(a, b): return a - b\ndef abs(x): return x", "assert abs(sum(1, 3)) == 2"),
        ("def f(n):\n  yield from range(n)", "assert list(map(next, [f(1), f(2)])) == [0, 0]"),
        ("def f(n):\n  yield n", "g = f(1)\nnext(g)\nassert next(g, 'end') == 'end'"),
        ("def f(x): raise ValueError", "try: f(1)\nexcept: pass\nelse: assert False"),
    ],
    ids=["built-in name", "two built-in names", "generators", "end of a generator", "catches all"],
)
def test_right_programs_of_the_same_kinds_pass(solution: str, tests: str) -> None:
    result = Sandbox(timeout_ms=20_000).run_sync(TestedProgram(solution=solution, tests=tests))

    assert result.passed, result
