"""Find the program in a model's answer, with or without code fences."""

import re

from .outcome import Extraction, nothing_in

_FENCE = re.compile(r"```[ \t]*(\w*)[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)


def extract_code(text: str | None, entry_point: str = "") -> Extraction:
    """The program in a model's answer.

    Args:
        text: The model's answer.
        entry_point: The name of the function that the task asks for.

    Returns:
        The last block between fences that defines the function, else the last block of Python,
        else the last block, else the whole text.
    """
    if text is None or not text.strip():
        return Extraction(outcome="empty")
    blocks = list(_FENCE.finditer(text))
    if not blocks:
        refused = nothing_in(text).outcome == "refused" and not _compiles(text)
        if refused:
            return Extraction(outcome="refused")
        return Extraction(outcome="found", value=text, span=(0, len(text)))
    defines = re.compile(rf"^\s*(?:async\s+)?def\s+{re.escape(entry_point)}\b", re.MULTILINE)
    chosen = max(
        enumerate(blocks),
        key=lambda pair: (
            bool(entry_point and defines.search(pair[1][2])),
            pair[1][1].lower() in ("python", "py", "python3"),
            pair[0],
        ),
    )[1]
    return Extraction(outcome="found", value=chosen[2], span=chosen.span(2))


def _compiles(text: str) -> bool:
    try:
        compile(f"def f():\n{text}" if text[:1].isspace() else text, "<answer>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
