"""A link that leads nowhere is no log."""

from pathlib import Path

import pytest

from research_harness import ComparisonError
from research_harness._logs.sources import expanded


@pytest.mark.parametrize("to", ["nothing", "a.eval"])
def test_a_link_to_nothing_or_to_itself_is_refused(to: str, tmp_path: Path) -> None:
    link = tmp_path / "a.eval"
    link.symlink_to(tmp_path / to)

    with pytest.raises(ComparisonError, match="no such file, folder or pattern"):
        expanded(str(link))
    with pytest.raises(ComparisonError, match="no such file, folder or pattern"):
        expanded(str(tmp_path / "*.eval"))
