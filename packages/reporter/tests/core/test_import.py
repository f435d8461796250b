"""The face has every name, and imports what few reports need only when it is used."""

import subprocess
import sys

import reporter


def test_every_public_name_is_found_and_listed() -> None:
    for name in reporter.__all__:
        assert getattr(reporter, name) is not None
    assert set(reporter.__all__) <= set(dir(reporter))


def test_the_import_leaves_out_what_only_some_reports_need() -> None:
    code = (
        "import sys, reporter;"
        "print(*sorted(each for each in sys.modules if each.startswith('reporter._')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = done.stdout.split()
    assert "reporter._report.report" in loaded
    assert "reporter._publication.sources" not in loaded
    assert "reporter._sources.frames" not in loaded
