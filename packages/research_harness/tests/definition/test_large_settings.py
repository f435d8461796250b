"""Settings of two megabytes that would take minutes to read are refused at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from research_harness import HarnessError, load_experiment
from research_harness._core.files import read_toml, read_yaml
from research_harness._settings.sources import load_settings

KEY = "a." * 400_000 + "a = 1\n"
SPACED = "a . " * 200_000 + "a = 1\n"
HEADING = f"[{'a.' * 400_000}a]\n"
VALUES = "name: x\nmodels:\n" + "- a\n" * 250_000


@pytest.mark.parametrize("read", [load_settings, load_experiment])
@pytest.mark.parametrize(
    ("name", "text"),
    [("a.toml", KEY), ("a.toml", SPACED), ("a.toml", HEADING), ("a.yaml", VALUES)],
    ids=["a key", "a key with spaces", "a heading", "values"],
)
def test_a_file_that_takes_minutes_to_read_is_refused(
    tmp_path: Path, read: Callable[[Path], object], name: str, text: str
) -> None:
    if name.endswith("yaml"):
        pytest.importorskip("yaml", reason="the extra yaml is not installed")
    file = tmp_path / name
    file.write_text(text)

    with pytest.raises(HarnessError, match=r"more than|larger than"):
        read(file)


def test_numbers_and_texts_with_many_points_are_read() -> None:
    numbers = "a = [" + ",".join(["1.5"] * 1000) + "]\n"
    prose = 'b = "' + "A sentence. " * 1000 + '"\n'

    found = read_toml(numbers + prose)

    assert len(found["a"]) == 1000
    assert found["b"].count(".") == 1000


def test_yaml_of_ordinary_size_is_read() -> None:
    pytest.importorskip("yaml", reason="the extra yaml is not installed")
    assert read_yaml("a: [1, 2]\nb: {c: d}\n") == {"a": [1, 2], "b": {"c": "d"}}
