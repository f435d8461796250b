"""The sections on the design and on how the models were asked."""

from collections.abc import Mapping
from typing import Any

from .._analysis.schema import DesignValues
from .design_tests import design_figure
from .records import RowRecords

_COMPUTING = ("numpy", "scipy", "pyarrow")
_SHOWN_AS_COLUMN = ("condition", "model")


_MAX_CELLS = 40
_WITHIN = "Within-subjects: every condition answers every item in every repeat."


def design_section(
    config: Mapping[str, Any], records: RowRecords, design: DesignValues | None = None
) -> Any:
    """Data, order, conditions and seeds, and the plan as a figure.

    Args:
        config: ``config.json``.
        records: The counts over the rows.
        design: The design of the analysis; None for ``Within``.
    """
    import reporter

    blocks: list[Any] = [
        reporter.Paragraph(design["text"] if design else _WITHIN),
        reporter.KeyValues(_pairs(config)),
    ]
    described = [
        f"{each['name']}: {each['description']}" if each.get("description") else each["name"]
        for each in config["conditions"]
    ]
    blocks.append(reporter.Bullets(described))
    figure = (design and design_figure(design)) or _plan_figure(config, records)
    return reporter.Section("Design", [*blocks, *([figure] if figure else [])])


def _pairs(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    data = config["dataset"]
    limit = config.get("timeout_ms")
    order = "random within each repeat, seeded" if config["randomize"] else "that of the data set"
    return [
        ("Data set", f"{data['name']}, {data['split'] or 'all'}, version {data['version']}"),
        ("Items", f"{data['size']:,}"),
        ("Sample", _sample_text(config)),
        ("Scorer", str(data["scorer"])),
        ("Metrics", ", ".join(each["name"] for each in config["metrics"])),
        ("Repeats", str(config["repeat"])),
        ("Order", order),
        ("Control", config["control"]),
        ("Seed", str(config["seed"])),
        ("Level of the intervals", f"{100 * (1 - config.get('alpha', 0.05)):g} %"),
        ("Time limit of a row", "none" if limit is None else f"{limit:g} ms"),
        ("Time", "simulated" if config.get("virtual_time") else "measured"),
    ]


def _sample_text(config: Mapping[str, Any]) -> str:
    size = config.get("sample_size")
    return "all items" if size is None else f"{size:,} items drawn at random with the seed"


def _plan_figure(config: Mapping[str, Any], records: RowRecords) -> Any:
    """The number of rows by condition and repeat; None when there are too many to draw."""
    import reporter

    conditions = [each["name"] for each in config["conditions"]]
    repeats = range(config["repeat"])
    if len(conditions) > _MAX_CELLS or len(repeats) > _MAX_CELLS or not records.cells:
        return None
    return reporter.MatrixFigure(
        rows=conditions,
        columns=[f"repeat {number + 1}" for number in repeats],
        values=[[float(records.cells[name, number]) for number in repeats] for name in conditions],
        caption="The plan as it was run: rows of each condition and repeat",
        low=0.0,
        high=float(max(records.cells.values())),
    )


def methods_section(config: Mapping[str, Any], environment: Mapping[str, Any]) -> list[Any]:
    """The section on calls and models; none for a run of before 0.2 or without models.

    Args:
        config: ``config.json``.
        environment: ``environment.json``.
    """
    import reporter

    blocks: list[Any] = []
    calls = config.get("calls") or []
    if calls:
        blocks.append(
            reporter.Table(
                columns=("Condition", "Model", "Parameters and what came back"),
                rows=tuple((each["condition"], each["model"], _call_text(each)) for each in calls),
                caption="Calls to models",
                notes="A parameter that is not listed was left to the provider.",
            )
        )
    models = config.get("models") or {}
    if models:
        lines = tuple(f"{name}: {_model_text(each)}" for name, each in models.items())
        blocks.append(reporter.Bullets(lines))
    versions = environment.get("packages") or {}
    computed = ", ".join(f"{name} {versions[name]}" for name in _COMPUTING if name in versions)
    if blocks and computed:
        blocks.append(reporter.Paragraph(f"Computed with {computed}."))
    return [reporter.Section("Methods: how the models were asked", tuple(blocks))] if blocks else []


def _call_text(call: Mapping[str, Any]) -> str:
    parts = []
    for name, values in call.items():
        if name in _SHOWN_AS_COLUMN:
            continue
        if isinstance(values, Mapping):
            text = f"{values['values']} values from {values['least']} to {values['greatest']}"
        else:
            text = ", ".join(map(str, values))
        parts.append(f"{name.replace('_', ' ')} {text}")
    return "; ".join(parts) or "the provider's"


def _model_text(model: Mapping[str, Any]) -> str:
    rest = [f"{name} {_plain(value)}" for name, value in model.items() if name != "class"]
    return ", ".join([str(model.get("class", "")), *rest])


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        if "class" in value:
            return f"({_model_text(value)})"
        return "(" + ", ".join(f"{key} {_plain(each)}" for key, each in value.items()) + ")"
    if isinstance(value, list):
        return "(" + ", ".join(_plain(each) for each in value) + ")"
    return str(value)
