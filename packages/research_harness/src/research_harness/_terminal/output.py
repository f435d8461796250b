"""The options and the output that ``run`` and ``resume`` share."""

import json
import shutil
import sys
from typing import Any

import click

from .._control.broken import resume_command
from .._core.text import typed
from .._definition.retries import Cause
from .errors import INCOMPLETE, echo

RETRIED: tuple[Cause, ...] = ("world", "time")  # what retry asks again by itself
output_dir_option = click.option(
    "--output-dir", default="results", show_default=True, help="The folder of all runs."
)
concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    help="The maximum number of rows that run at the same time.",
)
trust_option = click.option(
    "--trust",
    is_flag=True,
    help="Run the file that a folder from elsewhere names, if it has the recorded hash.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
quiet_option = click.option("--quiet", is_flag=True, help="Show no progress.")


def display(quiet: bool) -> Any:  # private, one argument
    from .._run.progress import show_progress

    return None if quiet else show_progress


def show(result: Any, *, as_json: bool = False) -> None:
    """Print a finished run and end with the exit status of its state."""
    from .._report.summary import summary_text
    from .._report.wording import count_text

    if as_json:
        echo_json({**result.to_dict(), "complete": result.complete})
        if not result.complete:
            sys.exit(INCOMPLETE)
        return
    fresh = result.rows - result.resumed_rows
    echo(summary_text(result.analysis, terminal_width()))
    echo("")
    for name, path in result.reports.items():
        echo(f"{name} report: {path}")
    echo(f"artifacts: {result.folder}")
    echo(f"{count_text(fresh, 'row')} in {result.duration_ms / 1000:.1f} s")
    if result.failures:
        failed = f"{count_text(result.failures, 'row')} failed"
        echo(f"{failed}; ask again with: {_retry_command(result)}")
    if not result.complete:
        echo(f"incomplete; go on with: {resume_command(result.folder)}")
        sys.exit(INCOMPLETE)


def _retry_command(result: Any) -> str:
    """The command that asks the rows again that failed, also those for which it needs an option."""
    causes = {cause for each in result.analysis["conditions"] for cause in each["causes"]}
    only = "" if causes <= {*RETRIED} else " --only dead"
    return typed("crucible", "retry", str(result.folder)) + only


def terminal_width() -> int | None:
    """The columns of the terminal that is written to; None for a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def echo_json(value: Any) -> None:
    """Print a value as JSON in which no character acts on a terminal."""
    # DEL is the one control character that JSON does not escape.
    echo(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))
