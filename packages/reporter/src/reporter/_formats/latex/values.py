r"""The numbers of a report as LaTeX macros: a paper writes ``\valAccuracyGain``, not 3.1."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from ..._core.errors import ReportError
from ..._numbers.number import Number
from .preamble import COMMANDS
from .text import escape

_DIGITS = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]
_SIGNS = {".": "Dot", "-": "Dash", "_": "Underscore"}  # a name has no others


def values_tex(numbers: Mapping[str, Number]) -> str:
    r"""Return a file that defines one macro for each number, and for its interval and p-value.

    ``\val`` and the parts of the name make the macro: "accuracy.gain" is ``\valAccuracyGain``,
    with ``\valAccuracyGainInterval``, ``\valAccuracyGainP`` and ``\valAccuracyGainFull``. Digits
    are spelled: "latency.p99" is ``\valLatencyPNineNine``. Names that would give the same macro
    have their other signs spelled too: "a.b" and "a-b" are ``\valaDotb`` and ``\valaDashb``.

    Raises:
        ReportError: Two names give the same macro all the same.
    """
    macros = macro_names(numbers)
    lines = ["% Numbers of the report by name. Made by reporter; do not edit.", COMMANDS]
    for name, number in numbers.items():
        spelled = macros[name] != macro_name(name)
        lines += [f"% {escape(name)}"] if spelled else []
        lines += [
            rf"\newcommand{{\{macros[name]}{part}}}{{{escape(text)}}}"
            for part, text in _parts(number).items()
        ]
    return "\n".join(lines) + "\n"


def macro_names(numbers: Mapping[str, Number]) -> dict[str, str]:
    """Return the macro of each number by the number's name. No two share a macro or a part of one.

    Raises:
        ReportError: Two names give the same macro.
    """
    made = {name: macro_name(name) for name in numbers}
    for name in _clashing(made, numbers):
        made[name] = _spelled_name(name)
    if clash := _clashing(made, numbers):
        raise ReportError(
            f"numbers {clash[0]!r} and {clash[1]!r} both give the LaTeX macro \\{made[clash[0]]};"
            " rename one of them"
        )
    return made


def macro_name(name: str) -> str:
    """Return the macro of a number's name, without its backslash."""
    parts = re.split(r"[^A-Za-z0-9]+", name)
    words = "".join(part[:1].upper() + part[1:] for part in parts)
    return "val" + _with_digits(words)


def macro_part(number: Number) -> str:
    """Return what is put behind the macro of a number that is shown in one of its parts."""
    wanted = {"interval": "Interval", "p": "P", "full": "Full"}.get(number.show, "")
    return wanted if wanted in _parts(replace(number, show="value")) else ""


def _spelled_name(name: str) -> str:
    """Return the macro in which every sign of the name is spelled."""
    return "val" + _with_digits("".join(_SIGNS.get(sign, sign) for sign in name))


def _with_digits(text: str) -> str:
    return re.sub(r"[0-9]", lambda digit: _DIGITS[int(digit[0])], text)


def _clashing(made: Mapping[str, str], numbers: Mapping[str, Number]) -> list[str]:
    """Return the names whose macros, parts included, other names have too."""
    own = {name: [made[name] + part for part in _parts(number)] for name, number in numbers.items()}
    count = Counter(macro for macros in own.values() for macro in macros)
    return [name for name, macros in own.items() if any(count[macro] > 1 for macro in macros)]


def _parts(number: Number) -> dict[str, str]:
    """Return the texts of a number by what is put behind its macro."""
    texts = {"": number.text}
    if number.interval is not None:
        texts["Interval"] = number.as_interval.text
    if number.p is not None:
        texts["P"] = number.as_p.text
    if len(texts) > 1:
        texts["Full"] = number.as_full.text
    return texts
