"""Analysis of variance."""

import math
from importlib import resources

import numpy as np
import pytest

import bench


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("AtmWtAg", 10),
        ("SmLs04", 10),
        ("SmLs05", 10),
        ("SmLs06", 10),
        ("SmLs07", 4),
        ("SmLs08", 4),
        ("SmLs09", 4),
    ],
)
def test_nist_anova_sets_keep_their_digits(name: str, digits: int) -> None:
    """NIST StRD, certified F; the files ship inside scipy."""
    folder = resources.files("scipy") / "stats" / "tests" / "data" / "nist_anova"
    path = folder / f"{name}.dat"
    if not path.is_file():
        pytest.skip("this scipy has no NIST data")
    lines = path.read_text(encoding="utf-8").splitlines()
    certified = float(next(line for line in lines if line.startswith("Between")).split()[-1])
    rows = np.array([[float(cell) for cell in line.split()] for line in lines[60:] if line.strip()])
    groups = {str(code): rows[rows[:, 0] == code, 1] for code in np.unique(rows[:, 0])}

    found = bench.anova(groups)

    off = abs(found.statistic - certified) / certified
    assert off == 0 or -math.log10(off) >= digits
