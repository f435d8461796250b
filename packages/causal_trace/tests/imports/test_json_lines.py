"""Files of JSON lines end a line at its newline only."""

import json
from pathlib import Path
from typing import Any

from causal_trace import import_chains


def test_line_separators_inside_of_a_text_do_not_end_a_json_line(tmp_path: Path) -> None:
    said = "one\u2028two\u2029three\x85four"
    entry: dict[str, Any] = {
        "type": "assistant",
        "sessionId": "s",
        "uuid": "u",
        "timestamp": "2026-01-31T12:00:00Z",
        "message": {
            "id": "m",
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": said, "signature": "x"}],
        },
    }
    path = tmp_path / "session.jsonl"
    lines = [entry, {**entry, "uuid": "v", "message": {**entry["message"], "id": "n"}}]
    path.write_text(
        "\r\n".join(json.dumps(each, ensure_ascii=False) for each in lines) + "\n", "utf-8"
    )

    (chain,) = import_chains(path)

    assert [event.reasoning for event in chain] == [said, said]
    assert "unreadable_lines" not in chain.metadata
