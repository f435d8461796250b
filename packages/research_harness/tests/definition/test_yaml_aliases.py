"""A page of YAML whose aliases mean more than a memory holds is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from research_harness import HarnessError, load_experiment
from research_harness._settings.sources import load_settings

pytest.importorskip("yaml", reason="the extra yaml is not installed")

LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{number}: &a{number} [{','.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 10)
)
ITSELF = "a9: &a9 [*a9]\n"


@pytest.mark.parametrize("bomb", [LAUGHS, ITSELF])
@pytest.mark.parametrize(
    ("read", "keys"),
    [(load_settings, "ceilings: *a9\n"), (load_experiment, "name: x\ndataset: *a9\n")],
)
def test_aliases_that_stand_for_too_much_are_refused(
    tmp_path: Path, read: Callable[[Path], object], keys: str, bomb: str
) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(bomb + keys)

    with pytest.raises(HarnessError, match=r"study\.yaml"):
        read(file)


def test_anchors_of_ordinary_size_are_read(tmp_path: Path) -> None:
    file = tmp_path / "crucible.yaml"
    file.write_text("seed: &seed 3\nrepeat: *seed\n")

    settings, _ = load_settings(file)

    assert (settings.seed, settings.repeat) == (3, 3)
