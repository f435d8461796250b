"""The file of a run, read as the files of other tools are."""

from pathlib import Path

import pytest

from causal_trace import Chain, InvalidTraceError, TraceLog, import_chains


def test_the_log_of_a_run_is_read_and_one_that_holds_no_chains_names_its_line(
    tmp_path: Path,
) -> None:
    log = TraceLog(tmp_path / "traces.jsonl")
    log.save_all([Chain(name="first"), Chain(name="second")])

    assert import_chains(log.path) == tuple(log.chains())
    (second,) = log.chains({log.list()[1].id, "none"})
    assert second.name == log.list()[1].name

    log.path.write_text('{"before": "", "hash": "", "chain": "[]"}\n', encoding="utf-8")
    with pytest.raises(InvalidTraceError, match=r"traces\.jsonl, line 1 does not hold a chain"):
        import_chains(log.path)
