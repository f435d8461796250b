"""The face has every name, and imports what few programs need only when it is used."""

import subprocess
import sys

import causal_trace


def test_every_public_name_is_found_and_listed() -> None:
    for name in causal_trace.__all__:
        assert getattr(causal_trace, name) is not None
    assert set(causal_trace.__all__) <= set(dir(causal_trace))


def test_the_import_leaves_out_what_only_some_programs_need() -> None:
    code = (
        "import sys, causal_trace;"
        "print(*sorted(each for each in sys.modules if each.startswith('causal_trace._')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = done.stdout.split()
    assert "causal_trace._model.chain" in loaded
    assert "causal_trace._study.analysis" not in loaded
    assert "causal_trace._checks.importance" not in loaded
