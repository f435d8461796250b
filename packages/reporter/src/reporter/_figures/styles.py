"""The styles of shapes: their classes in the page, and their looks where there is no style sheet.

The eight colours differ in lightness and the curves in their dashes, so that readers who see no
colours can distinguish them. They are those of the light page.
"""

from dataclasses import dataclass

COLORS = ("#1f5fbf", "#c24a00", "#00795a", "#a83279", "#6b4bc4", "#8a6d00", "#4a5560", "#b0182b")
DASHES = ("", "8 4", "2 3", "10 3 2 3", "5 3", "14 4", "1 4", "10 3 2 3 2 3")
_TEXT, _SOFT, _RULE = "#1c2024", "#5b6570", "#d9dee3"
# Digits and letters of a sans-serif font are about so wide, as a share of the font size.
FONT_SIZE = 13.0


@dataclass(frozen=True, slots=True)
class Style:
    """How a shape looks.

    Attributes:
        stroke: The colour of its line; empty for none.
        fill: The colour of its area; empty for none.
        width: The width of its line.
        dash: The dashes of its line.
        opacity: The opacity of its area.
        anchor: Where a text stands: ``start``, ``middle`` or ``end`` of it at its position.
    """

    stroke: str = ""
    fill: str = ""
    width: float = 1.0
    dash: str = ""
    opacity: float = 1.0
    anchor: str = "start"


_STYLES = {
    "grid": Style(stroke=_RULE),
    "reference": Style(stroke=_SOFT, dash="4 4"),
    "interval": Style(stroke=COLORS[0], width=3.0),
    "whisker": Style(stroke=_TEXT, width=2.0),
    "value": Style(fill=COLORS[0]),
    "bar": Style(fill=COLORS[0], opacity=0.45),
    "label": Style(fill=_TEXT, anchor="end"),
    "tick-left": Style(fill=_SOFT, anchor="end"),
    "tick": Style(fill=_SOFT, anchor="middle"),
    "axis": Style(fill=_SOFT, anchor="middle"),
    "key": Style(fill=_TEXT),
    "turned": Style(fill=_TEXT),
    "note": Style(fill=_TEXT, anchor="middle"),
    "clique": Style(stroke=_TEXT, width=4.0),
    "rule": Style(stroke=_TEXT),
    "pair": Style(stroke=_SOFT, width=1.0, opacity=0.5),
}
_SERIES = {
    "c": lambda n: Style(stroke=COLORS[n], width=2.0, dash=DASHES[n]),
    "d": lambda n: Style(fill=COLORS[n]),
    "b": lambda n: Style(fill=COLORS[n], opacity=0.18),
    "e": lambda n: Style(stroke=COLORS[n], width=2.0),
}


def style_of(kind: str) -> Style:
    """Return the style of a kind, which is one or several class names; the last one counts."""
    name = kind.rsplit(maxsplit=1)[-1]
    if name[1:].isdigit() and name[0] in _SERIES:
        return _SERIES[name[0]](int(name[1:]) % len(COLORS))
    if name.startswith("shade"):
        return Style(fill=COLORS[0], opacity=int(name[5:]) / 100)
    return _STYLES[name]
