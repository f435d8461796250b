"""Figures as Vega-Lite specifications (version 5), made from the same data as the drawings."""

from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import MissingExtraError
from .._model.charts import (
    MatrixFigure,
    PairedFigure,
    RaincloudFigure,
    RankFigure,
    ScatterFigure,
    TimelineFigure,
)
from .._model.figures import EcdfFigure, FigureValue, IntervalFigure, LineFigure
from .styles import COLORS

Spec = dict[str, Any]
_WIDTH, _HEIGHT = 480, 280
_MAX_STEPS = 1_000
_INSIDE = {"padding": 8}  # pixels, so that no mark is cut at the edge
_INK = "#1c2024"  # on the light squares of a matrix, also of a dark page


def vega_specification(figure: FigureValue) -> Spec:
    """Return a figure as a Vega-Lite specification with its data inside."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": figure.caption or "figure",
        "width": _WIDTH,
        "config": {"range": {"category": list(COLORS)}, "view": {"stroke": None}},
        **_SPECS[type(figure)](figure),
    }


def vega_svg(specification: Mapping[str, Any]) -> str:
    """Return a specification as SVG, drawn by vl-convert without the network.

    Raises:
        MissingExtraError: vl-convert is not installed.
    """
    try:
        import vl_convert  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("charts", "vl-convert-python") from error
    return str(vl_convert.vegalite_to_svg(dict(specification), allowed_base_urls=[]))


def _intervals(figure: IntervalFigure) -> Spec:
    values = [
        {"label": p.label, "value": p.value, "low": p.low, "high": p.high} for p in figure.points
    ]
    y = {"field": "label", "type": "nominal", "sort": None, "title": None}
    scale = {"zero": figure.bars}
    x = _axis("value", figure.axis) | {"scale": scale | ({} if figure.bars else _INSIDE)}
    layers: list[Spec] = [
        {"mark": {"type": "bar", "opacity": 0.45}, "encoding": {"x": x, "y": y}}
        if figure.bars
        else {"mark": {"type": "point", "filled": True, "size": 70}, "encoding": {"x": x, "y": y}},
        {
            "transform": [{"filter": "datum.low != null"}],
            "mark": {"type": "rule", "strokeWidth": 2.5},
            "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y},
        },
    ]
    if figure.reference is not None:
        mark = {"type": "rule", "strokeDash": [4, 4], "aria": False}
        layers.append({"mark": mark, "encoding": {"x": {"datum": figure.reference}}})
    return {"height": {"step": 30}, "data": {"values": values}, "layer": layers}


def _lines(figure: LineFigure) -> Spec:
    values = [
        {"curve": c.label, "x": x, "y": y, "order": at}
        | ({"low": c.low[at], "high": c.high[at]} if c.low else {})
        for c in figure.curves
        for at, (x, y) in enumerate(zip(c.x, c.y, strict=True))
    ]
    encoding = {
        "x": _axis("x", figure.x_axis),
        "y": _axis("y", figure.y_axis),
        "color": _color("curve"),
    }
    line = {
        "mark": {"type": "line", "point": len(values) <= 200},  # dots touch
        "encoding": encoding | {"order": {"field": "order"}, "strokeDash": _color("curve")},
    }
    layers: list[Spec] = [line]
    if any(curve.low for curve in figure.curves):
        band = {"y": _axis("low", figure.y_axis), "y2": {"field": "high"}}
        mark = {"type": "area", "opacity": 0.18}
        # Another channel than that of the lines, whose legend is enough.
        places = {"x": encoding["x"], "fill": _color("curve") | {"legend": None}, **band}
        layers.insert(0, {"mark": mark, "encoding": places})
    if figure.diagonal:
        ends = [value for curve in figure.curves for value in (*curve.x, *curve.y)]
        corners = [{"x": end, "y": end} for end in (min(ends), max(ends))]
        mark = {"type": "line", "strokeDash": [4, 4], "color": "#5b6570"}
        places = {key: _axis(key, encoding[key]["title"] or "") for key in ("x", "y")}
        layers.insert(0, {"data": {"values": corners}, "mark": mark, "encoding": places})
    return {"height": _HEIGHT, "data": {"values": values}, "layer": layers}


def _ecdf(figure: EcdfFigure) -> Spec:
    values = []
    for sample in figure.samples:
        ordered = sorted(sample.values)
        every = -(-len(ordered) // _MAX_STEPS)
        values += [
            {"sample": sample.label, "x": x, "y": (at + 1) / len(ordered)}
            for at, x in enumerate(ordered)
            if (at + 1) % every == 0 or at in (0, len(ordered) - 1)
        ]
    x = _axis("x", figure.axis) | {"scale": {"type": "log" if figure.log else "linear"}}
    y = _axis("y", "share at or below") | {"scale": {"domain": [0, 1]}}
    encoding = {"x": x, "y": y, "color": _color("sample"), "strokeDash": _color("sample")}
    mark = {"type": "line", "interpolate": "step-after"}
    return {"height": _HEIGHT, "data": {"values": values}, "mark": mark, "encoding": encoding}


def _scatter(figure: ScatterFigure) -> Spec:
    values = [{"label": dot.label, "x": dot.x, "y": dot.y} for dot in figure.dots]
    encoding = {"x": _axis("x", figure.x_axis), "y": _axis("y", figure.y_axis)}
    text = {"type": "text", "align": "left", "dx": 8}
    layers: list[Spec] = [
        {"mark": {"type": "point", "filled": True, "size": 70}, "encoding": encoding},
        {"mark": text, "encoding": encoding | {"text": {"field": "label"}}},
    ]
    if figure.front:
        front = [{"x": dot.x, "y": dot.y} for dot in figure.front_dots]
        mark = {"type": "line", "interpolate": "step-after", "color": COLORS[1]}
        layers.insert(0, {"data": {"values": front}, "mark": mark, "encoding": encoding})
    return {"height": _HEIGHT, "data": {"values": values}, "layer": layers}


def _paired(figure: PairedFigure) -> Spec:
    values = [
        {"side": side, "item": at, "value": value}
        for side, numbers in zip(figure.labels, (figure.before, figure.after), strict=True)
        for at, value in enumerate(numbers)
    ]
    x: Spec = {"field": "side", "type": "nominal", "sort": None, "title": None}
    x["axis"] = {"labelAngle": 0}
    y = _axis("value", figure.axis)
    lines = {
        "mark": {"type": "line", "opacity": 0.4, "color": "#5b6570", "strokeWidth": 1},
        "encoding": {"x": x, "y": y, "detail": {"field": "item"}},
    }
    mean = {
        "mark": {"type": "line", "point": True, "strokeWidth": 3},
        "encoding": {"x": x, "y": y | {"aggregate": "mean"}},
    }
    return {"height": _HEIGHT, "data": {"values": values}, "layer": [lines, mean]}


def _raincloud(figure: RaincloudFigure) -> Spec:
    values = [{"sample": s.label, "value": value} for s in figure.samples for value in s.values]
    x = _axis("value", figure.axis)
    y = {"field": "sample", "type": "nominal", "sort": None, "title": None}
    color = _color("sample") | {"legend": None}
    ticks = {"mark": {"type": "tick", "opacity": 0.4}, "encoding": {"x": x, "y": y, "color": color}}
    box = {
        "mark": {"type": "boxplot", "size": 12, "extent": "min-max", "opacity": 0.7},
        "encoding": {"x": x, "y": y, "color": color},
    }
    return {"height": {"step": 56}, "data": {"values": values}, "layer": [ticks, box]}


def _matrix(figure: MatrixFigure) -> Spec:
    values = [
        {"row": row, "column": column, "value": value}
        for row, numbers in zip(figure.rows, figure.values, strict=True)
        for column, value in zip(figure.columns, numbers, strict=True)
    ]
    x: Spec = {"field": "column", "type": "nominal", "sort": None, "title": None}
    x["axis"] = {"labelAngle": -40}
    y = {"field": "row", "type": "nominal", "sort": None, "title": None}
    ends = {
        name: end
        for name, end in (("domainMin", figure.low), ("domainMax", figure.high))
        if end is not None
    }
    scale = {"range": ["#eef3fa", "#7fa6dd"], **ends}
    # The squares have their numbers; a legend would have a gradient whose id changes at each call.
    color = {"field": "value", "type": "quantitative", "legend": None, "scale": scale}
    text = {"field": "value", "type": "quantitative", "format": ".2~r"}
    layers = [
        {"mark": "rect", "encoding": {"x": x, "y": y, "color": color}},
        {
            "transform": [{"filter": "datum.value != null"}],
            "mark": {"type": "text", "color": _INK},
            "encoding": {"x": x, "y": y, "text": text},
        },
    ]
    return {"height": {"step": 28}, "data": {"values": values}, "layer": layers}


def _ranks(figure: RankFigure) -> Spec:
    values = [{"label": name, "rank": rank} for name, rank in figure.ranks]
    cliques = [
        {"first": first, "last": last, "height": -10 - 8 * at}
        for at, (first, last) in enumerate(figure.cliques)
    ]
    x = _axis("rank", "mean rank")
    y = {"field": "label", "type": "nominal", "sort": "x", "title": None}
    layers: list[Spec] = [
        {"mark": {"type": "point", "filled": True, "size": 70}, "encoding": {"x": x, "y": y}}
    ]
    layers += [
        {
            "data": {"values": [each]},
            "mark": {"type": "rule", "strokeWidth": 4},
            "encoding": {
                "x": x | {"field": "first"},
                "x2": {"field": "last"},
                "y": {"value": each["height"]},
            },
        }
        for each in cliques
    ]
    return {"height": {"step": 24}, "data": {"values": values}, "layer": layers}


def _timeline(figure: TimelineFigure) -> Spec:
    values = [{"label": s.label, "start": s.start, "end": s.end} for s in figure.spans]
    encoding = {
        "x": _axis("start", figure.axis),
        "x2": {"field": "end"},
        "y": {"field": "label", "type": "nominal", "sort": None, "title": None},
    }
    mark = {"type": "bar", "opacity": 0.5, "height": 14}
    return {"height": {"step": 24}, "data": {"values": values}, "mark": mark, "encoding": encoding}


def _axis(field: str, title: str) -> Spec:
    scale = {"zero": False, **_INSIDE}
    return {"field": field, "type": "quantitative", "title": title or None, "scale": scale}


def _color(field: str) -> Spec:
    legend = {"symbolOpacity": 1, "symbolType": "stroke"}
    return {"field": field, "type": "nominal", "sort": None, "title": None, "legend": legend}


_SPECS: dict[type, Callable[[Any], Spec]] = {
    EcdfFigure: _ecdf,
    IntervalFigure: _intervals,
    LineFigure: _lines,
    MatrixFigure: _matrix,
    PairedFigure: _paired,
    RaincloudFigure: _raincloud,
    RankFigure: _ranks,
    ScatterFigure: _scatter,
    TimelineFigure: _timeline,
}
