"""The marks of a drawing as SVG. Every text in them is escaped."""

from collections.abc import Iterable

from .._core.text import one_line


def page(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """Return a whole drawing with its title for screen readers."""
    return "".join(
        [
            f'<svg viewBox="0 0 {width:g} {height:g}" role="img" class="figure">',
            f"<title>{_escaped(title)}</title>",
            *parts,
            "</svg>",
        ]
    )


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a straight line."""
    return f'<line class="{kind}" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


def dot(kind: str, x: float, y: float, radius: float) -> str:
    """Return a filled circle."""
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'


def box(kind: str, x1: float, x2: float, y: float, height: float) -> str:
    """Return a filled rectangle between two positions in either order."""
    size = f'width="{abs(x2 - x1):.1f}" height="{height:g}"'
    return f'<rect class="{kind}" x="{min(x1, x2):.1f}" y="{y:.1f}" {size}/>'


def path(kind: str, steps: Iterable[str]) -> str:
    """Return a line of many steps."""
    return f'<path class="{kind}" d="{"".join(steps)}"/>'


def words(kind: str, x: float, y: float, text: str) -> str:
    """Return a text in full."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{_escaped(text)}</text>'


def label(kind: str, x: float, y: float, text: str, max_length: int) -> str:
    """Return a name beside a mark, cut to a length; the table of the figure has all of it."""
    return words(kind, x, y, text if len(text) <= max_length else text[: max_length - 1] + "…")


def upright(x: float, y: float, text: str) -> str:
    """Return the name of a vertical axis, turned to read upwards."""
    transform = f'transform="translate({x:.1f} {y:.1f}) rotate(-90)"'
    return f'<text class="axis" {transform}>{_escaped(text)}</text>'


def _escaped(text: str) -> str:
    from markupsafe import escape  # noqa: PLC0415  # only a page with figures needs it

    return str(escape(one_line(text)))
