"""Processes that are killed in batch mode: no row is lost or doubled, no job is sent twice."""

import asyncio
import sys
from pathlib import Path

import pytest

from .killed_batches import killed_and_resumed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the system has no SIGKILL")


@pytest.mark.slow
def test_a_run_killed_at_three_stages_loses_and_doubles_nothing_and_costs_what_is_billed(
    tmp_path: Path,
) -> None:
    stages = ("submit", "waiting", "journal")

    found = asyncio.run(killed_and_resumed("openai", stages, tmp_path, seed=0))

    assert found.whole, found
    assert found.kills["submit"] == found.kills["waiting"] == 1
