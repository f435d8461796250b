"""The code that called this package, so that an experiment that was left running is found."""

import sys
from types import FrameType

_OWN = __name__.partition(".")[0]
_PASSED_OVER = (_OWN, "contextlib")
_MAX_CALLERS = 12


def callers() -> tuple[str, ...]:
    """The lines of code that called this package, innermost first, as ``file:line in function``."""
    found: list[str] = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # the way of the standard library's warnings
    while frame is not None and len(found) < _MAX_CALLERS:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in _PASSED_OVER:
            code = frame.f_code
            found.append(f"{code.co_filename}:{frame.f_lineno} in {code.co_name}")
        frame = frame.f_back
    return tuple(found)
