"""``canaries.jsonl``: every answer to a fixed request, one a line, only ever appended to."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from .._core.files import bounded_lines, is_there
from .._core.secrets import redacted_text
from .._core.system import open_own, open_plain

Moment = Literal["start", "resume", "middle", "end"]


class CanaryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One fixed request and its answer.

    Attributes:
        session: The number of the session, from 1.
        moment: When in the session it was asked.
        model: The model's name.
        prompt: The number of the prompt, from 0.
        prompt_sha256: The SHA-256 of its text.
        number: The number of the request among those of the prompt at this moment; 0 is the
            reference, which the first moment alone has.
        answer_sha256: The SHA-256 of the answer without white space around it.
        answer: The first 500 characters of that answer.
        characters: The answer's length.
        cost_usd: What it cost; None when unknown.
        model_version: The version that the provider reports.
        error: Why there is no answer; empty when there is one.
        asked_us: When it was asked, in microseconds of Unix time.
    """

    session: int
    moment: Moment
    model: str
    prompt: int
    prompt_sha256: str
    number: int
    answer_sha256: str = ""
    answer: str = ""
    characters: int = 0
    cost_usd: float | None = None
    model_version: str | None = None
    error: str = ""
    asked_us: int = 0


def append_canaries(path: Path, records: Sequence[CanaryRecord]) -> None:
    """Append records in one write.

    Args:
        path: The file.
        records: The records of one moment.
    """
    lines = [json.dumps(_plain(each), sort_keys=True) for each in records]
    with os.fdopen(open_own(path, os.O_RDWR | os.O_APPEND | os.O_CREAT), "ab+") as file:
        if file.tell() and not _ends_a_line(file):
            file.write(b"\n")  # a kill left half of a line
        file.write(redacted_text("\n".join(lines) + "\n").encode())


def read_canaries(path: Path) -> list[CanaryRecord]:
    """The records of a run; lines that a kill cut off are left out.

    Args:
        path: The file, which need not be there.
    """
    if not is_there(path):
        return []
    found = []
    with open_plain(path) as file:
        for line in bounded_lines(file, path):
            try:
                found.append(msgspec.json.decode(line, type=CanaryRecord))
            except (ValueError, RecursionError, msgspec.MsgspecError):
                continue
    return found


def _plain(record: CanaryRecord) -> dict[str, Any]:
    return msgspec.structs.asdict(record)


def _ends_a_line(file: Any) -> bool:
    file.seek(-1, 2)
    return bool(file.read(1) == b"\n")
