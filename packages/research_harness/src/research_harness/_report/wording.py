"""How the harness's own numbers read: one way in the terminal and in every report."""

from typing import Any

BANNER = "SIMULATED"


def value_text(value: float | None, unit: str) -> str:
    """One number with its unit.

    Args:
        value: The number; None reads as unknown.
        unit: ``share``, ``usd``, ``ms`` or empty.
    """
    if value is None:
        return "unknown"
    if isinstance(value, str):
        return value  # an infinity, as JSON holds it
    if unit == "usd":
        return f"${value:.6f}" if abs(value) < 1 else f"${value:,.2f}"
    if unit == "ms":
        return f"{value:,.1f} ms"
    return f"{value:.4f}"


def interval_text(interval: dict[str, Any] | None, unit: str) -> str:
    """An interval in brackets, or a dash where there is none."""
    if interval is None:
        return "-"
    return f"[{value_text(interval['low'], unit)}, {value_text(interval['high'], unit)}]"


def with_interval(found: dict[str, Any]) -> str:
    """A described metric: its value and interval."""
    unit = found["unit"]
    text = value_text(found["value"], unit)
    return text if found["interval"] is None else f"{text} {interval_text(found['interval'], unit)}"


def p_text(p_value: float | None) -> str:
    """A p-value as APA prints it, without the leading zero."""
    if p_value is None:
        return "-"
    if p_value < 0.001:  # noqa: PLR2004  # APA's floor
        return "< .001"
    return f"{p_value:.3f}".lstrip("0") if p_value < 1 else "1.000"


def banner_text(origin: dict[str, Any]) -> str | None:
    """The warning that stands above everything that was not measured on real models."""
    if not origin["simulated"]:
        return None
    return (
        f"{BANNER}: {', '.join(origin['reasons'])}. These numbers show how the experiment works,"
        " not how good any model is."
    )
