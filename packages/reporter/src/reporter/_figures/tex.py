r"""A drawing as a LaTeX picture: shapes as PDF operators, texts in the fonts of the document.

The operators need no package. ``\reportdraw``, which the preamble defines, gives them to pdfTeX,
LuaTeX or XeTeX. Operators: ISO 32000-1, tables 57 to 60 and 74.
"""

import itertools
from collections.abc import Callable, Iterator

from .shapes import Box, Dot, Drawing, Line, Path, Shape, Words
from .styles import style_of

_CIRCLE = 0.5523  # control points of a quarter circle as a Bezier curve
_SCALE = 0.5  # big points for one unit of the drawing
_BOXES = {"start": "[lb]", "middle": "[b]", "end": "[rb]"}


def drawing_tex(drawing: Drawing, escape: Callable[[str], str]) -> str:
    """Return a drawing as a picture as wide as the line.

    Args:
        drawing: The drawing.
        escape: Makes LaTeX of a plain text.
    """
    marks = [line for shape in drawing.shapes for line in _operators(shape, drawing.height)]
    texts = [_text(shape, drawing.height, escape) for shape in drawing.shapes if _is_text(shape)]
    return "\n".join(
        [
            r"\resizebox{\linewidth}{!}{\setlength{\unitlength}{0.5bp}%",
            rf"\begin{{picture}}({drawing.width:g},{drawing.height:g})",
            r"\fontsize{6.5}{8}\selectfont\sffamily",
            r"\put(0,0){\reportdraw{%",
            *marks,
            "}}",
            *texts,
            r"\end{picture}}",
        ]
    )


def _is_text(shape: Shape) -> bool:
    return isinstance(shape, Words)


def _text(shape: Shape, height: float, escape: Callable[[str], str]) -> str:
    assert isinstance(shape, Words)  # noqa: S101  # its only caller looks before
    text = escape(shape.text)
    color = _hex(style_of(shape.kind).fill)
    box = rf"\makebox(0,0){_BOXES[style_of(shape.kind).anchor]}"
    content = rf"\textcolor[HTML]{{{color}}}{{{text}}}"
    if shape.turned:
        content = rf"\rotatebox{{90}}{{{content}}}"
        if style_of(shape.kind).anchor == "middle":
            box = r"\makebox(0,0)"
    return rf"\put({shape.x:.1f},{height - shape.y:.1f}){{{box}{{{content}}}}}"


def _operators(shape: Shape, height: float) -> Iterator[str]:
    if isinstance(shape, Words):
        return
    style = style_of(shape.kind)
    yield "q"
    if style.stroke:
        yield f"{_rgb(style.stroke, style.opacity)} RG {style.width * _SCALE:g} w"
        yield f"[{' '.join(f'{float(n) * _SCALE:g}' for n in style.dash.split())}] 0 d"
    if style.fill:
        yield f"{_rgb(style.fill, style.opacity)} rg"
    yield from _outline(shape, height)
    yield "f Q" if style.fill and not style.stroke else "S Q"


def _outline(shape: Shape, height: float) -> Iterator[str]:
    match shape:
        case Line(_, x1, y1, x2, y2):
            yield f"{_at(x1, height - y1)} m {_at(x2, height - y2)} l"
        case Box(_, x, y, width, tall):
            yield f"{_at(x, height - y - tall)} {_at(width, tall)} re"
        case Dot(_, x, y, radius):
            yield from _circle(x, height - y, radius)
        case Path(_, positions, closed):
            for number, (x, y) in enumerate(positions):
                yield f"{_at(x, height - y)} {'l' if number else 'm'}"
            if closed:
                yield "h"


def _circle(x: float, y: float, radius: float) -> Iterator[str]:
    bend = radius * _CIRCLE
    yield f"{_at(x + radius, y)} m"
    corners = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 0))
    for (a, b), (c, d) in itertools.pairwise(corners):
        first = _at(x + radius * a + bend * c, y + radius * b + bend * d)
        second = _at(x + radius * c + bend * a, y + radius * d + bend * b)
        yield f"{first} {second} {_at(x + radius * c, y + radius * d)} c"


def _at(x: float, y: float) -> str:
    return f"{x * _SCALE:.2f} {y * _SCALE:.2f}"


def _hex(color: str) -> str:
    return color.lstrip("#").upper()


def _rgb(color: str, opacity: float) -> str:
    """Return a colour on white paper; transparency would need a resource of the page."""
    parts = (int(_hex(color)[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return " ".join(f"{1 - opacity * (1 - part):.3f}" for part in parts)
