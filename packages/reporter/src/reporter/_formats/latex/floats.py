r"""Ends of pages between many figures and tables.

TeX gives up when too many floats wait for a page: at 18 of them in old kernels of LaTeX, and after
100 calls of the output routine without a page (``\maxdeadcycles``).
"""

import re

_MOST_WAITING = 12
_FLOAT_END = re.compile(r"\\end\{(?:table|figure)\*?\}")
_PAGE_END = r"\clearpage"


def with_page_ends(text: str) -> str:
    """Return the text with the waiting floats set on pages after every twelfth one.

    Args:
        text: LaTeX of the library, which has the ends of floats on lines of their own.
    """
    lines: list[str] = []
    waiting = 0
    for line in text.split("\n"):
        if line.startswith(_PAGE_END):
            waiting = 0
        elif waiting == _MOST_WAITING and line:
            lines.append(_PAGE_END)
            waiting = 0
        waiting += bool(_FLOAT_END.fullmatch(line))
        lines.append(line)
    return "\n".join(lines)
