r"""When MATH's authors take two answers for one (Hendrycks et al. 2021, math_equivalence).

Both are brought into one form: no spaces, units or degrees, ``\frac`` with braces, and so on.
"""

import re

_DROPPED = ("\n", "\\!", "\\left", "\\right", "^{\\circ}", "^\\circ", "\\$", "\\%", "%")
_FRAC = re.compile(r"\\frac(?P<over>[^{])(?P<under>[^{]|(?=\{))")
_NO_FRAC = re.compile(r"\\frac[^{]?(?:$|\\frac)")  # the authors leave such a text as it is
_ROOT = re.compile(r"\\sqrt([^{])")
_SLASH = re.compile(r"(-?\d+)/(-?\d+)")


def same_text(one: str, other: str) -> bool:
    """Whether two answers have one form."""
    return plain(one) == plain(other)


def plain(text: str) -> str:
    """An answer in the form in which the authors compare it."""
    text = text.replace("\\\\", "\\").replace("tfrac", "frac").replace("dfrac", "frac")
    for each in _DROPPED:
        text = text.replace(each, "")
    text = text.split("\\text{ ")[0]
    text = text.replace(" .", " 0.").replace("{.", "{0.")
    text = f"0{text}" if text.startswith(".") else text
    sides = text.split("=")
    if len(sides) == 2 and len(sides[0]) <= 2:  # "x = 5", as the authors have it
        text = sides[1]
    text = _ROOT.sub(r"\\sqrt{\1}", text).replace(" ", "")
    if not _NO_FRAC.search(text):
        text = _FRAC.sub(_braced, text)
    if text == "0.5":
        return "\\frac{1}{2}"
    whole = _SLASH.fullmatch(text)
    return f"\\frac{{{int(whole[1])}}}{{{int(whole[2])}}}" if whole else text


def _braced(found: re.Match[str]) -> str:
    under = f"{{{found['under']}}}" if found["under"] else ""
    return f"\\frac{{{found['over']}}}{under}"
