"""How the run asked, for the report: models, addresses, parameters, and what computed."""

from collections.abc import Mapping
from typing import Any

_COMPUTING = ("numpy", "scipy", "pyarrow")
_SHOWN_AS_COLUMN = ("condition", "model")


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
