"""Run the experiments of this folder and write their reports.

uv run --no-dev python docs/experiments/run.py h1 [h2 ...] [--output-dir results] [--quick]
uv run --no-dev python docs/experiments/run.py all
"""

import argparse
import importlib
import sys
from pathlib import Path

from kit import REGISTRATIONS, MissingDataError, registered, save

from reporter import Callout, Report


def names() -> list[str]:
    """The experiments that have a plan."""
    return sorted(path.stem for path in REGISTRATIONS.glob("*.md"))


def conclusion(report: Report) -> str:
    """The summary of a report."""
    for block in report.sections[0].blocks:
        if isinstance(block, Callout):
            return str(block.text)
    return report.title


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names.

    Returns:
        0, or 1 when nothing could be run.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("experiments", nargs="+", choices=[*names(), "all"])
    parser.add_argument("--output-dir", type=Path, default=Path("results/experiments"))
    parser.add_argument("--quick", action="store_true", help="small samples, to try the code")
    options = parser.parse_args(arguments)
    chosen = names() if "all" in options.experiments else options.experiments
    written = 0
    for name in chosen:
        registration = registered(name)  # before any data are opened
        try:
            report = importlib.import_module(name).study(registration, quick=options.quick)
        except MissingDataError as missing:
            print(f"{name}: skipped. {missing}")
            continue
        save(report, name, options.output_dir)
        print(f"{name}: {conclusion(report)}\n  {options.output_dir / name}")
        written += 1
    return 0 if written else 1


if __name__ == "__main__":
    sys.exit(main())
