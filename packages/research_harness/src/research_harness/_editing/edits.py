"""The record of scores that people have changed."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from .._core.errors import EditRefusedError, JournalError, OutputError
from .._core.files import bounded_lines, is_there
from .._core.secrets import redacted
from .._core.system import open_plain
from .._engine.frames import Frame, cut_torn_line, open_for_append, write_all
from .._outcome.row import Row

_FRAME = Frame("edit")


class ScoreEdit(msgspec.Struct, frozen=True, kw_only=True):
    """A score that a person has changed.

    Attributes:
        index: The number of the row in the plan.
        correct: Whether its answer is right, in the person's judgement.
        by: Who changed it.
        why: The reason.
        scorer: The scorer whose mark it replaces.
        edited_us: When, in microseconds since the epoch.
    """

    index: int
    correct: bool
    by: str
    why: str
    scorer: str
    edited_us: int


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(ScoreEdit)


def append_edits(path: Path, edits: Sequence[ScoreEdit]) -> None:
    """Add edits to the record; earlier ones stay in it.

    Raises:
        JournalError: The file cannot be written.
    """
    try:
        file = open_for_append(path)
        try:
            cut_torn_line(file)
            lines = [_FRAME.line(redacted(_encoder.encode(each))) for each in edits]
            write_all(file, b"".join(lines))
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise JournalError(path, f"cannot be written: {error.strerror or error}") from error


def read_edits(path: Path) -> dict[int, ScoreEdit]:
    """The last edit of each row, by the row's number.

    Args:
        path: The file; without one there are no edits.

    Raises:
        OutputError: A line that is whole is not an edit.
    """
    found: dict[int, ScoreEdit] = {}
    if is_there(path):
        with open_plain(path) as file:
            for line in bounded_lines(file, path):
                text = _FRAME.value(line)
                if text is not None:
                    edit = _decoded(text, path)
                    found[edit.index] = edit
    return found


def _decoded(text: bytes, path: Path) -> ScoreEdit:
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise OutputError(
            path, f"it has a line that is not an edit ({error})", reading=True
        ) from error


def require_one_scorer(edits: Mapping[int, ScoreEdit], *, scorer: str) -> None:
    """Refuse edits of marks of another scorer.

    Args:
        edits: The edits by the number of the row.
        scorer: The scorer of the other marks.

    Raises:
        EditRefusedError: An edit was made on the marks of another scorer.
    """
    others = sorted({each.scorer for each in edits.values()} - {scorer})
    if others:
        raise EditRefusedError(
            f"{len(edits):,} scores were changed by people on marks of {', '.join(others)};"
            f" marks of {scorer} beside them would be a mixture. Analyse with {others[0]}, or a"
            " copy of the run without checkpoints/edits.jsonl"
        )


def edited(row: Row, edit: ScoreEdit | None) -> Row:
    """The row with the score that a person gave.

    Args:
        row: The row with the scorer's mark.
        edit: The edit; None leaves the row as it is.
    """
    if edit is None:
        return row
    return msgspec.structs.replace(
        row, correct=edit.correct, score=float(edit.correct), extraction="edited by a person"
    )
