"""The report of an experiment, as data that any format can be made from."""

from collections.abc import Sequence
from typing import Any

from ._wording import banner_text, interval_text, p_text, value_text


def build_report(
    config: dict[str, Any],
    analysis: dict[str, Any],
    environment: dict[str, Any],
    *,
    run_id: str,
) -> Any:
    """Put the report together from what the artifact files hold.

    Args:
        config: ``config.json``.
        analysis: ``analysis.json``.
        environment: ``environment.json``.
        run_id: The run's id.

    Returns:
        A ``reporter.Report``.
    """
    import reporter

    sections = [
        _summary(config, analysis),
        _design(config),
        *(_metric(family) for family in analysis["comparisons"]),
        _failures(analysis),
        _reproducibility(config, environment, run_id),
    ]
    return reporter.Report(
        title=config["name"],
        subtitle=config["description"] or None,
        authors=(config["author"],) if config["author"] else (),
        date=environment["recorded_at"][:10],
        banner=banner_text(analysis["origin"]),
        sections=tuple(sections),
    )


def _summary(config: dict[str, Any], analysis: dict[str, Any]) -> Any:
    import reporter

    blocks: list[Any] = []
    if config["hypothesis"]:
        blocks.append(reporter.Paragraph(f"Hypothesis: {config['hypothesis']}"))
    blocks.append(
        reporter.Paragraph(
            f"{len(analysis['conditions'])} conditions answered {analysis['items']} items"
            f" {analysis['repeat']} times: {analysis['rows']} rows,"
            f" {analysis['failures']} of them failed. Failed rows count as wrong."
        )
    )
    blocks.append(_conditions_table(analysis))
    blocks += _figures(analysis)
    if analysis["criteria"]:
        blocks.append(_criteria_table(analysis["criteria"]))
    if analysis["deviations"]:
        text = "The run was resumed although it had changed: " + "; ".join(analysis["deviations"])
        blocks.append(reporter.Callout(kind="warning", text=text))
    return reporter.Section("Summary", tuple(blocks))


def _conditions_table(analysis: dict[str, Any]) -> Any:
    import reporter

    rows = [
        (
            found["metric"],
            each["name"],
            value_text(found["value"], found["unit"]),
            interval_text(found["interval"], found["unit"]),
            found["interval"]["method"] if found["interval"] else "-",
            str(found["n"]),
        )
        for place in range(len(analysis["conditions"][0]["metrics"]))
        for each in analysis["conditions"]
        for found in [each["metrics"][place]]
    ]
    unknown = sum(found["unknown"] for each in analysis["conditions"] for found in each["metrics"])
    notes = "Repeats of an item are averaged before an interval of a mean is made."
    if unknown:
        notes += f" {unknown} values are unknown and left out of their metric."
    return reporter.Table(
        columns=("Metric", "Condition", "Value", _level(analysis), "Method", "Rows"),
        rows=rows,
        caption="Metrics by condition",
        notes=notes,
    )


def _figures(analysis: dict[str, Any]) -> list[Any]:
    """The shares of the conditions with their intervals, one drawing a metric."""
    import reporter

    drawn = []
    for place, first in enumerate(analysis["conditions"][0]["metrics"]):
        points = [
            reporter.Point(
                label=each["name"],
                value=found["value"],
                low=found["interval"]["low"],
                high=found["interval"]["high"],
            )
            for each in analysis["conditions"]
            for found in [each["metrics"][place]]
            if found["value"] is not None and found["interval"] and _drawable(found["interval"])
        ]
        if points:
            drawn.append(
                reporter.IntervalFigure(
                    points=points,
                    axis=f"{first['metric']} with its {_level(analysis)}",
                )
            )
    return drawn


def _drawable(interval: dict[str, Any]) -> bool:
    """Whether both ends are numbers; infinite ones are written as words."""
    return all(isinstance(interval[end], int | float) for end in ("low", "high"))


def _criteria_table(criteria: Sequence[dict[str, Any]]) -> Any:
    import reporter

    rows = tuple(
        (
            each["claim"],
            each["holds_when"],
            value_text(each["estimate"], each["unit"]),
            interval_text(each["interval"], each["unit"]),
            each["verdict"],
        )
        for each in criteria
    )
    return reporter.Table(
        columns=("Claim", "Holds when", "Estimate", "Interval", "Verdict"),
        rows=rows,
        caption="Claims stated before the run",
        notes="SUPPORTED: the whole interval fulfils the claim. NOT SUPPORTED: no part of it does.",
    )


def _design(config: dict[str, Any]) -> Any:
    import reporter

    data = config["dataset"]
    order = "random within each repeat, seeded" if config["randomize"] else "that of the data set"
    pairs = (
        ("Data set", f"{data['name']}, {data['split'] or 'all'}, version {data['version']}"),
        ("Items", str(data["size"])),
        ("Scorer", str(data["scorer"])),
        ("Repeats", str(config["repeat"])),
        ("Order", order),
        ("Control", config["control"]),
        ("Seed", str(config["seed"])),
        (
            "Time limit of a row",
            "none" if config["timeout_ms"] is None else f"{config['timeout_ms']:g} ms",
        ),
        ("Time", "simulated" if config["virtual_time"] else "measured"),
    )
    described = tuple(
        f"{each['name']}: {each['description']}" if each["description"] else each["name"]
        for each in config["conditions"]
    )
    return reporter.Section(
        "Design",
        (
            reporter.Paragraph(
                "Within-subjects: every condition answers every item in every repeat."
            ),
            reporter.KeyValues(pairs),
            reporter.Bullets(described),
        ),
    )


def _metric(family: dict[str, Any]) -> Any:
    import reporter

    unit = family["unit"]
    blocks: list[Any] = []
    if family["omnibus"]:
        blocks.append(reporter.Paragraph(family["omnibus"]["sentence"]))
    rows = []
    for pair in family["pairs"]:
        result = pair["result"]
        if result is None:
            rows.append((f"{pair['treatment']} minus {pair['control']}", "-", "-", "-", "-"))
            continue
        rows.append(
            (
                f"{pair['treatment']} minus {pair['control']}",
                value_text(result["estimate"], unit),
                interval_text(result["interval"], unit),
                p_text(result["p_value"]),
                p_text(pair["p_adjusted"]) if "p_adjusted" in pair else "-",
            )
        )
    blocks.append(
        reporter.Table(
            columns=("Difference", "Estimate", "Interval", "p", "p (Holm)"),
            rows=tuple(rows),
            caption=f"Differences in {family['metric']}, paired by item",
        )
    )
    blocks += [
        reporter.Paragraph(f"{pair['treatment']} against {pair['control']}: {pair['sentence']}")
        for pair in family["pairs"]
    ]
    return reporter.Section(f"Comparison: {family['metric']}", tuple(blocks))


def _failures(analysis: dict[str, Any]) -> Any:
    import reporter

    rows = []
    for each in analysis["conditions"]:
        kinds = {**each["extraction"], **each["errors"]}
        rows += [(each["name"], kind or "none", str(count)) for kind, count in kinds.items()]
    blocks: list[Any] = [
        reporter.Table(
            columns=("Condition", "Outcome", "Rows"),
            rows=tuple(rows),
            caption="How answers were found, and what failed",
            notes="not_found, empty and refused are extraction failures; they count as wrong.",
        )
    ]
    if analysis["detectable"]:
        blocks.append(
            reporter.Bullets(
                tuple(
                    f"{each['metric']}, {each['treatment']} against {each['control']}: a true"
                    f" difference of {value_text(each['difference'], 'share')} would be found with"
                    f" {each['power']:.0%} power"
                    for each in analysis["detectable"]
                )
            )
        )
    return reporter.Section("Failures and sensitivity", tuple(blocks))


def _reproducibility(config: dict[str, Any], environment: dict[str, Any], run_id: str) -> Any:
    import reporter

    commit = environment["commit"]
    pairs = (
        ("Run", run_id),
        ("Content of the data set, SHA-256", config["dataset_hash"]),
        ("Code of the experiment, SHA-256", config["code"]),
        (
            "Commit",
            "none" if commit is None else commit["id"] + (" (changed)" if commit["dirty"] else ""),
        ),
        ("Python", f"{environment['python']} on {environment['system']} {environment['machine']}"),
        (
            "Crucible",
            ", ".join(f"{name} {version}" for name, version in environment["crucible"].items()),
        ),
    )
    return reporter.Section(
        "Reproducibility",
        (
            reporter.KeyValues(pairs),
            reporter.Code(f"crucible verify {run_id}", language="sh"),
        ),
    )


def _level(analysis: dict[str, Any]) -> str:
    return f"{100 * analysis['level']:g} % interval"
