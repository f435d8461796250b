r"""The numbers of a report as LaTeX macros: a paper writes ``\valAccuracyGain``, not 3.1."""

import re
from collections.abc import Mapping

from ..._core.errors import ReportError
from ..._numbers.number import Number
from .text import escape

_DIGITS = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]


def values_tex(numbers: Mapping[str, Number]) -> str:
    r"""Return a file that defines one macro for each number, and for its interval and p-value.

    ``\val`` and the parts of the name make the macro: "accuracy.gain" is ``\valAccuracyGain``,
    with ``\valAccuracyGainInterval``, ``\valAccuracyGainP`` and ``\valAccuracyGainFull``. Digits
    are spelled: "latency.p99" is ``\valLatencyPNineNine``.

    Raises:
        ReportError: Two names give the same macro.
    """
    lines = ["% Numbers of the report by name. Made by reporter; do not edit."]
    made: dict[str, str] = {}
    for name, number in numbers.items():
        for macro, text in _macros(name, number).items():
            if made.setdefault(macro, name) != name:
                raise ReportError(
                    f"numbers {made[macro]!r} and {name!r} both give the LaTeX macro \\{macro};"
                    " rename one of them"
                )
            lines.append(rf"\newcommand{{\{macro}}}{{{escape(text)}}}")
    return "\n".join(lines) + "\n"


def macro_name(name: str) -> str:
    """Return the macro of a number's name, without its backslash."""
    parts = re.split(r"[^A-Za-z0-9]+", name)
    words = "".join(part[:1].upper() + part[1:] for part in parts)
    return "val" + re.sub(r"\d", lambda digit: _DIGITS[int(digit[0])], words)


def _macros(name: str, number: Number) -> dict[str, str]:
    macro = macro_name(name)
    texts = {macro: number.text}
    if number.interval is not None:
        texts[macro + "Interval"] = number.as_interval.text
    if number.p is not None:
        texts[macro + "P"] = number.as_p.text
    if len(texts) > 1:
        texts[macro + "Full"] = number.as_full.text
    return texts
