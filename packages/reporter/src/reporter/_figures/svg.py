"""A drawing as SVG. Every text in it is escaped."""

from .._core.text import one_line
from .shapes import Box, Dot, Drawing, Line, Path, Shape, Words
from .styles import FONT_SIZE, style_of


def drawing_svg(drawing: Drawing, *, standalone: bool = False) -> str:
    """Return a drawing as SVG markup.

    Args:
        drawing: The drawing.
        standalone: Write the styles into the shapes, for use without the page's style sheet.
    """
    head = f'<svg viewBox="0 0 {drawing.width:g} {drawing.height:g}" role="img" class="figure"'
    if standalone:
        size = f'width="{drawing.width:g}" height="{drawing.height:g}"'
        font = f'font-family="DejaVu Sans, Liberation Sans, sans-serif" font-size="{FONT_SIZE:g}"'
        head += f' xmlns="http://www.w3.org/2000/svg" {size} {font}'
    shapes = (_shape(shape, standalone=standalone) for shape in drawing.shapes)
    return f"{head}><title>{_escaped(drawing.title)}</title>{''.join(shapes)}</svg>"


def _shape(shape: Shape, *, standalone: bool) -> str:
    look = f'class="{shape.kind}"' + (_look(shape) if standalone else "")
    match shape:
        case Line(_, x1, y1, x2, y2):
            return f'<line {look} x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'
        case Dot(_, x, y, radius):
            return f'<circle {look} cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'
        case Box(_, x, y, width, height):
            size = f'width="{width:.1f}" height="{height:g}"'
            return f'<rect {look} x="{x:.1f}" y="{y:.1f}" {size}/>'
        case Path():
            return f'<path {look} d="{_steps(shape)}"/>'
        case Words(_, x, y, text, turned):
            place = f'x="{x:.1f}" y="{y:.1f}"'
            if turned:
                place = f'transform="translate({x:.1f} {y:.1f}) rotate(-90)"'
            return f"<text {look} {place}>{_escaped(text)}</text>"


def _steps(path: Path) -> str:
    """Return the steps, with the shorter commands for horizontal and vertical ones."""
    first, *others = path.positions
    steps, before = [f"M{first[0]:g} {first[1]:g}"], first
    for x, y in others:
        if y == before[1]:
            steps.append(f"H{x:g}")
        elif x == before[0]:
            steps.append(f"V{y:g}")
        else:
            steps.append(f"L{x:g} {y:g}")
        before = (x, y)
    return "".join(steps) + ("Z" if path.closed else "")


def _look(shape: Shape) -> str:
    style = style_of(shape.kind)
    look = f' fill="{style.fill or "none"}"'
    if isinstance(shape, Words):
        return look + f' text-anchor="{style.anchor}"'
    if style.stroke:
        look += f' stroke="{style.stroke}" stroke-width="{style.width:g}"'
    if style.dash:
        look += f' stroke-dasharray="{style.dash}"'
    return look + (f' opacity="{style.opacity:g}"' if style.opacity < 1 else "")


def _escaped(text: str) -> str:
    from markupsafe import escape  # noqa: PLC0415  # only a page with figures needs it

    return str(escape(one_line(text)))
