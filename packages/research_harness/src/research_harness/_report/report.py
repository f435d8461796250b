"""The report of an experiment, as data that any format can be rendered from."""

from collections.abc import Mapping
from typing import Any

from .._analysis.schema import Analysis
from .._canaries.section import canaries_section
from .._sensitivity.section import sensitivity_section
from .closing import (
    claims_section,
    limitations_section,
    references_section,
    reproducibility_section,
    simulated_section,
)
from .design import design_section, methods_section
from .design_tests import design_tests_section, is_paired
from .evidence import MAX_PAIRS, assumptions_section, matrix_section
from .numbers import all_numbers
from .overview import conclusions_section, cost_section, summary_block
from .recomputed import recomputed
from .records import RowRecords
from .rows import consensus_section, detail_section
from .tables import comparison_section, conditions_table, criteria_table, interval_figures
from .wording import (
    answer_lines,
    banner_text,
    count_text,
    early_text,
    failures_text,
    incomplete_text,
    tries_lines,
    unscored_lines,
)


def build_report(
    config: dict[str, Any],
    analysis: Analysis,
    environment: dict[str, Any],
    *,
    run_id: str,
    records: RowRecords | None = None,
    state: Mapping[str, Any] | None = None,
    hashes: Mapping[str, str] | None = None,
) -> Any:
    """Put the report together from what the artifact files hold.

    Args:
        config: ``config.json``.
        analysis: ``analysis.json``.
        environment: ``environment.json``.
        run_id: The run's id.
        records: The counts over the rows of ``results.csv``.
        state: ``checkpoints/run.json``.
        hashes: The SHA-256 of the artifact files by name.

    Returns:
        A ``reporter.Report``.
    """
    import reporter

    records, state = records or RowRecords(), state or {}
    sections = [
        _summary(config, analysis),
        conclusions_section(config, analysis),
        design_section(config, records, analysis.get("design")),
        *(_comparison(family, analysis, config) for family in analysis["comparisons"]),
        design_tests_section(analysis),
        assumptions_section(analysis),
        detail_section(analysis, records),
        _failures(analysis),
        sensitivity_section(analysis.get("sensitivity")),
        canaries_section(analysis.get("canaries")),
        consensus_section(records),
        cost_section(config, analysis),
        *methods_section(config, environment),
        limitations_section(config, analysis),
        simulated_section(analysis),
        claims_section(config, analysis, state),
        reproducibility_section(config, environment, state, hashes or {}, run_id=run_id),
        references_section(config, analysis, environment),
    ]
    data, recipes = recomputed(analysis, records)
    return reporter.Report(
        title=config["name"],
        subtitle=config["description"] or None,
        authors=(config["author"],) if config["author"] else (),
        date=environment["recorded_at"][:10],
        banner=_banner(analysis),
        sections=tuple(each for each in sections if each is not None),
        numbers=all_numbers(analysis, config),
        data=data,
        recipes=recipes,
    )


def _comparison(family: Any, analysis: Analysis, config: dict[str, Any]) -> Any:
    if len(family["pairs"]) > MAX_PAIRS:
        return matrix_section(family, analysis, config)
    return comparison_section(family, config, paired=is_paired(analysis))


def _banner(analysis: Analysis) -> str | None:
    texts = (incomplete_text(analysis), banner_text(analysis["origin"]))
    return ". ".join(each for each in texts if each) or None


def _summary(config: dict[str, Any], analysis: Analysis) -> Any:
    import reporter

    block = summary_block(config, analysis)
    blocks: list[Any] = [block] if block else []
    if config["hypothesis"]:
        blocks.append(reporter.Paragraph(f"Hypothesis: {config['hypothesis']}"))
    blocks.append(
        reporter.Paragraph(
            f"{count_text(len(analysis['conditions']), 'condition')}"
            f" {'answered' if is_paired(analysis) else 'shared'}"
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
    early = early_text(analysis)
    if early is not None:
        blocks.append(reporter.Callout(kind="note", text=early))
    if analysis["deviations"]:
        text = "The run was resumed although it had changed: " + "; ".join(analysis["deviations"])
        blocks.append(reporter.Callout(kind="warning", text=text))
    return reporter.Section("Summary", tuple(blocks))


def _failures(analysis: Analysis) -> Any:
    import reporter

    rows = []
    for each in analysis["conditions"]:
        kinds = {**each["extraction"], **each["errors"]}
        rows += [(each["name"], kind or "none", f"{count:,}") for kind, count in kinds.items()]
    blocks: list[Any] = [
        reporter.Table(
            columns=("Condition", "Outcome", "Rows"),
            rows=tuple(rows),
            caption="How answers were found, and what failed",
            notes="not_found, empty and refused are extraction failures; they count as wrong.",
        )
    ]
    lines = [*answer_lines(analysis), *unscored_lines(analysis), *tries_lines(analysis)]
    if lines:
        blocks.append(reporter.Bullets(tuple(lines)))
    missing = [
        (each["name"], found["metric"], f"{found['unknown']:,}", f"{found.get('censored', 0):,}")
        for each in analysis["conditions"]
        for found in each["metrics"]
        if found["unknown"] or found.get("censored")
    ]
    if missing:
        blocks.append(
            reporter.Table(
                columns=("Condition", "Metric", "Unknown", "Censored"),
                rows=missing,
                caption="Missing and censored values",
                notes="Censored: a latency of which only is known that it is longer.",
            )
        )
    else:
        blocks.append(reporter.Paragraph("No value of a metric is missing."))
    return reporter.Section("Failures, missing and censored values", tuple(blocks))
