"""The report of an experiment, as data that any format can be rendered from."""

from typing import Any

from .._analysis.schema import Analysis
from .tables import comparison_section, conditions_table, criteria_table, interval_figures
from .wording import banner_text, count_text, failures_text, incomplete_text, value_text


def build_report(
    config: dict[str, Any],
    analysis: Analysis,
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
        *(comparison_section(family) for family in analysis["comparisons"]),
        _failures(analysis),
        _reproducibility(config, environment, run_id),
    ]
    return reporter.Report(
        title=config["name"],
        subtitle=config["description"] or None,
        authors=(config["author"],) if config["author"] else (),
        date=environment["recorded_at"][:10],
        banner=_banner(analysis),
        sections=tuple(sections),
    )


def _banner(analysis: Analysis) -> str | None:
    texts = (incomplete_text(analysis), banner_text(analysis["origin"]))
    return ". ".join(each for each in texts if each) or None


def _summary(config: dict[str, Any], analysis: Analysis) -> Any:
    import reporter

    blocks: list[Any] = []
    if config["hypothesis"]:
        blocks.append(reporter.Paragraph(f"Hypothesis: {config['hypothesis']}"))
    blocks.append(
        reporter.Paragraph(
            f"{count_text(len(analysis['conditions']), 'condition')} answered"
            f" {count_text(analysis['items'], 'item')} {count_text(analysis['repeat'], 'time')}:"
            f" {count_text(analysis['rows'], 'row')}, {analysis['failures']:,} of them failed."
            " Failed rows count as wrong. Their cost is unknown. In latencies they count as taking"
            " at least the time limit."
        )
    )
    blocks.append(conditions_table(analysis))
    blocks += interval_figures(analysis)
    blocks += [
        reporter.Callout(kind="warning", text=failures_text(each))
        for each in analysis["conditions"]
        if each["failures"]
    ]
    if analysis["criteria"]:
        blocks.append(criteria_table(analysis["criteria"]))
    if analysis["criteria"] and analysis["withheld"]:
        text = f"No claim was judged: {analysis['withheld']}."
        blocks.append(reporter.Callout(kind="warning", text=text))
    if analysis["deviations"]:
        text = "The run was resumed although it had changed: " + "; ".join(analysis["deviations"])
        blocks.append(reporter.Callout(kind="warning", text=text))
    return reporter.Section("Summary", tuple(blocks))


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


def _failures(analysis: Analysis) -> Any:
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


def _code_text(code: Any) -> str:
    """The hashes of the code's parts; runs of before 0.2 have one for all."""
    if isinstance(code, str):
        return code
    return ", ".join(f"{name} {value[:16]}" for name, value in code.items())


def _reproducibility(config: dict[str, Any], environment: dict[str, Any], run_id: str) -> Any:
    import reporter

    commit = environment["commit"]
    pairs = (
        ("Run", run_id),
        ("Content of the data set, SHA-256", config["dataset_hash"]),
        ("Code of the experiment, SHA-256", _code_text(config["code"])),
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
