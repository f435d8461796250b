"""The command line: ``python -m reporter check FILE``."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ._checks.check import check_file
from ._comparison.compare import compare_reports
from ._core.errors import ReporterError
from ._core.plain_files import read_plain
from ._core.shown import printable
from ._report.formats import format_names, write
from ._report.report import Report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: The arguments; None takes those of the process.

    Returns:
        0 when all fits, 1 when something does not, 2 when a file cannot be used.
    """
    options = _parser().parse_args(arguments)
    run = {"check": _check, "compare": _compare, "render": _render}[options.command]
    try:
        return run(options)
    except (ReporterError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _check(options: argparse.Namespace) -> int:
    report = _read(options.report) if options.report else None
    findings = [finding for file in options.files for finding in check_file(file, report=report)]
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{len(options.files)} checked: every p-value fits its statistic")
    return 1 if findings else 0


def _render(options: argparse.Namespace) -> int:
    print(write(_read(options.report), options.out, options.format))
    return 0


def _compare(options: argparse.Namespace) -> int:
    print(write(compare_reports(_read(options.old), _read(options.new)), options.out))
    return 0


def _read(path: Path) -> Report:
    return Report.from_dict(json.loads(read_plain(path)))


class _Parser(argparse.ArgumentParser):
    """Shows what was typed as text, which a script may have taken from others."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end."""
        super().error(printable(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m reporter", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="recompute p-values and compare numbers")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.add_argument("--report", type=Path, help="the report's JSON, to compare its numbers")
    render = commands.add_parser("render", help="render a report's JSON again")
    render.add_argument("report", type=Path, help="the report's JSON")
    render.add_argument("out", type=Path, help="the file to write")
    render.add_argument("--format", choices=format_names(), help="else the file's extension")
    compare = commands.add_parser("compare", help="write what changed between two reports")
    compare.add_argument("old", type=Path, help="the JSON of the earlier report")
    compare.add_argument("new", type=Path, help="the JSON of the later report")
    compare.add_argument("out", type=Path, help="the file to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
