"""The report of an experiment, as data that any format can be made from."""

from collections.abc import Sequence
from typing import Any

from ._metrics import metric_units
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

    units = metric_units(config)
    sections = [
        _summary(config, analysis, units),
        _design(config),
        *(_metric(family, units) for family in analysis["comparisons"]),
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


def _summary(config: dict[str, Any], analysis: dict[str, Any], units: dict[str, str]) -> Any:
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
    blocks.append(_conditions_table(analysis, units))
    if analysis["criteria"]:
        blocks.append(_criteria_table(analysis["criteria"], units))
    if analysis["deviations"]:
        text = "The run was resumed although it had changed: " + "; ".join(analysis["deviations"])
        blocks.append(reporter.Callout(kind="warning", text=text))
    return reporter.Section("Summary", tuple(blocks))


def _conditions_table(analysis: dict[str, Any], units: dict[str, str]) -> Any:
    import reporter

    names = [found["metric"] for found in analysis["conditions"][0]["metrics"]]
    columns = [
        "Condition",
        *(part for name in names for part in (name, _level(analysis))),
        "Failed",
    ]
    rows = []
    for each in analysis["conditions"]:
        cells = [each["name"]]
        for found in each["metrics"]:
            unit = units.get(found["metric"], "")
            cells += [value_text(found["value"], unit), interval_text(found["interval"], unit)]
        rows.append((*cells, str(each["failures"])))
    methods = {
        found["metric"]: found["interval"]["method"]
        for each in analysis["conditions"]
        for found in each["metrics"]
        if found["interval"]
    }
    notes = "Intervals: " + "; ".join(f"{name}: {method}" for name, method in methods.items())
    unknown = sum(found["unknown"] for each in analysis["conditions"] for found in each["metrics"])
    if unknown:
        notes += f". {unknown} values are unknown and left out of their metric."
    return reporter.Table(
        columns=tuple(columns), rows=tuple(rows), caption="Metrics by condition", notes=notes
    )


def _criteria_table(criteria: Sequence[dict[str, Any]], units: dict[str, str]) -> Any:
    import reporter

    rows = tuple(
        (
            each["claim"],
            each["holds_when"],
            value_text(each["estimate"], units.get(each["metric"], "")),
            interval_text(each["interval"], units.get(each["metric"], "")),
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


def _metric(family: dict[str, Any], units: dict[str, str]) -> Any:
    import reporter

    unit = units.get(family["metric"], "")
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
