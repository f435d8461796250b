"""The text of the code that makes the answers, as a run keeps it."""

import inspect
from pathlib import Path

from .._core.secrets import redacted
from .class_parts import functions_of
from .code import file_of, meaning, own_module

_MAX_CHARACTERS = 400_000


def source_texts(kind: type) -> dict[str, str]:
    """The source of an experiment and of the user's own modules that it imports.

    Args:
        kind: The experiment's class.

    Returns:
        The text of each file by its name; of a class without a file, as in a notebook, that of its
        functions. Keys of the environment are replaced.
    """
    functions = dict(functions_of(kind))
    file = file_of(kind, functions)
    texts: dict[str, str] = {}
    if file is not None:
        _add(file, file.name, texts)
    else:
        for name, function in functions.items():
            try:
                texts[f"function {name}"] = inspect.getsource(function)
            except (OSError, TypeError):
                continue
    return {name: _safe(text) for name, text in sorted(texts.items())}


def _add(file: Path, label: str, texts: dict[str, str]) -> None:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
        _, names = meaning(text.encode())  # it is parsed already, for the hash of the code
    except (OSError, ValueError, SyntaxError):
        return
    texts[label] = text
    for name in names:
        module = own_module(name, file.parent)
        if module is not None and name not in texts:
            _add(module, name, texts)


def _safe(text: str) -> str:
    cut = text if len(text) <= _MAX_CHARACTERS else text[:_MAX_CHARACTERS] + "\n# (cut)\n"
    return redacted(cut.encode("utf-8", "replace")).decode("utf-8", "replace")
