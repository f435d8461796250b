"""A chain as plain text or JSON for scripts: ``python -m causal_trace show``."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, TextIO

from .._core.errors import TraceError
from .._core.shown import printable
from .._core.text import one_line
from .._imports.reading import import_chains
from .._model.chain import Chain
from .._model.event import TraceEvent
from .._model.evidence import EVIDENCE_KINDS
from .page import save_visualization

_WIDTH = 160


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Show the chains of a file.

    Args:
        arguments: The arguments after the name of the program; None takes those of the process.
        out: Where to print; None prints to the standard output.

    Returns:
        0; 2 for a file that cannot be read; 130 when it was interrupted. A reader that goes away,
        such as ``head``, ends it with 0.
    """
    options = _parser().parse_args(arguments)
    try:
        _show(options, _standard_output() if out is None else out)
    except BrokenPipeError:
        _discard_rest()
    except KeyboardInterrupt:
        return 130
    except (TraceError, OSError) as error:
        sys.stderr.write(f"causal_trace: {error}\n")
        return 2
    return 0


def _show(options: argparse.Namespace, out: TextIO) -> None:
    chains = import_chains(options.file)
    for number, chain in enumerate(chains, start=1):
        if options.html is not None:
            path = options.html if number == 1 else _numbered(options.html, number)
            out.write(f"{save_visualization(chain, path)}\n")
            continue
        events = [each for each in chain if _wanted(each, options)]
        if options.json:
            values = {**chain.to_dict(), "events": [each.to_dict() for each in events]}
            out.write(json.dumps(values, indent=None if len(chains) > 1 else 2) + "\n")
        else:
            out.writelines(f"{line}\n" for line in _lines(chain, events))
    out.flush()


def _standard_output() -> TextIO:
    """Return the standard output, which shows what its encoding lacks as escapes."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    return sys.stdout


def _discard_rest() -> None:
    """Let what is still buffered go nowhere: the interpreter writes it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """Shows what was typed as text, which a script may have taken from others."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end."""
        super().error(printable(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m causal_trace", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("show", help="show the chains of a file")
    about = "a stored chain, the traces.jsonl of a run, or ATIF, spans, .eval, Claude Code"
    show.add_argument("file", type=Path, help=about)
    show.add_argument("--json", action="store_true", help="print JSON; one line for each of many")
    show.add_argument("--html", type=Path, metavar="FILE", help="write the page instead")
    show.add_argument("--type", help="only events of this type or category")
    show.add_argument("--evidence", choices=EVIDENCE_KINDS, help="only events of this evidence")
    show.add_argument("--text", default="", help="only events that hold this text, in any case")
    return parser


def _wanted(event: TraceEvent, options: argparse.Namespace) -> bool:
    said = " ".join((event.decision, event.reasoning, *event.alternatives)).casefold()
    return (
        options.type in (None, event.type, event.category)
        and options.evidence in (None, event.evidence)
        and options.text.casefold() in said
    )


def _lines(chain: Chain, events: Sequence[TraceEvent]) -> Iterator[str]:
    yield f"{one_line(str(chain))} (chain {chain.id}, {len(events)} of {len(chain)} events shown)"
    numbers = {event.id: number for number, event in enumerate(chain, start=1)}
    for event in events:
        confidence = "" if event.confidence is None else f" {event.confidence:.2f}"
        span = "" if event.span is None else f" @{event.span[0]}-{event.span[1]}"
        said = one_line(event.decision or event.reasoning)[:_WIDTH]
        yield f"{numbers[event.id]:>5} {event.evidence} {event.type}{confidence}{span}: {said}"
        for each in event.alternatives:
            yield f"      rejected: {one_line(each)[:_WIDTH]}"


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
