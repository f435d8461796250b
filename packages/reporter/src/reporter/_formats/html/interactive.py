"""The script that draws the figures of a page with Vega, where a reader asked for that.

Vega reads its expressions through its interpreter and not through ``Function``, so that the
page's policy allows this one script by its hash and no other.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

from ..._core.errors import MissingExtraError
from ..._figures.vega import vega_specification
from ..._model.charts import ScatterFigure
from ..._model.figures import EcdfFigure, FigureValue, LineFigure

# Vega-Lite's selection that moves the scales: drag to pan, Shift and the wheel to zoom.
_ZOOM = {
    "name": "view",
    "select": {"type": "interval", "zoom": "wheel![event.shiftKey]"},
    "bind": "scales",
}


def page_script() -> str:
    """Return Vega with the program that draws the figures, as one module.

    Raises:
        MissingExtraError: vl-convert is not installed.
    """
    try:
        import vl_convert  # noqa: F401, PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("charts", "vl-convert-python") from error
    return _bundle()


@lru_cache(maxsize=1)
def _bundle() -> str:
    import vl_convert  # noqa: PLC0415  # an extra

    program = resources.files(__package__ or "").joinpath("templates", "figures.js")
    bundle = str(vl_convert.javascript_bundle(program.read_text("utf-8")))
    # Such an ending or comment inside a text of the script would end the element.
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def page_specifications(figures: Iterable[FigureValue]) -> str:
    """Return the Vega-Lite specifications of figures as JSON that an element can hold."""
    text = json.dumps([_specification(each) for each in figures], allow_nan=False)
    return text.replace("<", "\\u003c")


def _specification(figure: FigureValue) -> dict[str, object]:
    specification = vega_specification(figure) | {"width": "container"}
    # The page's colors, light or dark, and the versions in the script take their place.
    del specification["config"], specification["$schema"]
    specification["autosize"] = {"type": "fit-x", "contains": "padding"}
    if isinstance(height := specification["height"], dict):
        # Vega-Lite warns of a step in a view whose width fits the page.
        values = specification["data"]["values"]
        rows = {each.get("label", each.get("sample", each.get("row"))) for each in values}
        specification["height"] = height["step"] * max(1, len(rows))
    if isinstance(figure, LineFigure | EcdfFigure | ScatterFigure):
        first = specification["layer"][0] if "layer" in specification else specification
        first["params"] = [_ZOOM]
    return specification
