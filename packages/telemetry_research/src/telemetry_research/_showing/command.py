"""The command line: ``python -m telemetry_research ls|show|tail SOURCE``."""

import argparse
import os
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from time import sleep
from typing import NoReturn, TextIO

import msgspec

from .._core.errors import TelemetryError
from .._core.event import Event
from .._core.safe import printable
from .._experiment.recording import Recording
from .._metrics.metrics import dollars
from .._query.queries import events_of
from .page import write_page
from .sources import one_stored, stored_in

_WIDTH = 200
_POLL_S = 1.0
_SOURCE = "a file, a folder, or the address of a database (postgresql://...)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: The arguments; None takes those of the process.

    Returns:
        0 when all could be read, or the reader, such as ``head``, has ended; 1 when something is
        damaged; 2 when a source cannot be used; 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    run = {"ls": _list, "show": _show, "tail": _tail}[options.command]
    try:
        status = run(options)
        _flush()
    except BrokenPipeError:
        _discard(sys.stdout)
        return 0
    except KeyboardInterrupt:
        return 130
    except (TelemetryError, OSError, ValueError) as error:
        _complain(f"error: {error}")
        return 2
    return status


def _say(text: str) -> None:
    if _is_open(sys.stdout):
        sys.stdout.write(f"{printable(text)}\n")


def _flush() -> None:
    if _is_open(sys.stdout):
        sys.stdout.flush()


def _complain(text: str) -> None:
    if not _is_open(sys.stderr):
        return
    try:
        sys.stderr.write(f"{printable(text)}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        _discard(sys.stderr)


def _is_open(stream: TextIO | None) -> bool:
    """Whether the process was started with a stream: None is one that was closed before."""
    return stream is not None


def _discard(stream: TextIO) -> None:
    """Let the process end quietly with output that nothing reads."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _complain_of(problem: str) -> int:
    if problem:
        _complain(problem)
    return 1 if problem else 0


class _Parser(argparse.ArgumentParser):
    """Shows what was typed as text, which a script may have taken from others."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end."""
        super().error(printable(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m telemetry_research", description="Show stored experiments.")
    commands = parser.add_subparsers(dest="command", required=True)
    listed = commands.add_parser("ls", help="list the experiments of files, folders, databases")
    listed.add_argument("sources", nargs="*", default=["."], help=_SOURCE)
    show = commands.add_parser("show", help="metrics and failures of one experiment")
    show.add_argument("--html", metavar="FILE", help="write one static page")
    tail = commands.add_parser("tail", help="the last events of one experiment")
    tail.add_argument("-n", type=_count, default=10, help="how many events")
    tail.add_argument("-f", "--follow", action="store_true", help="wait for more events")
    for each in (show, tail):
        each.add_argument("source", help=_SOURCE)
        each.add_argument("--id", help="the id of the experiment, or its first characters")
    return parser


def _count(given: str) -> int:
    number = int(given)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}: give a number from 1 up")
    return number


def _list(options: argparse.Namespace) -> int:
    status = 0
    for source in options.sources:
        for each in stored_in(source):
            if each.experiment is None:
                _complain(f"{each.source}: {each.problem}")
            else:
                _say(f"{_line(each.experiment)}  {each.source}")
                if each.problem:
                    _complain(f"  {each.problem}")
            status = 1 if each.problem else status
    return status


def _line(experiment: Recording) -> str:
    started = experiment.started_at.isoformat(timespec="seconds")
    count = f"{len(experiment)} events"
    return f"{experiment.id}  {started}  {experiment.status:8}  {count:>14}  {experiment.name}"


def _show(options: argparse.Namespace) -> int:
    experiment, problem = one_stored(options.source, options.id)
    status = _complain_of(problem)
    if options.html is not None:
        _say(str(write_page(experiment, options.html)))
        return status
    metrics = experiment.metrics()
    _say(str(experiment))
    _say(str(metrics))
    for level in metrics.levels:
        for error, count in level.error_types.items():
            _say(f"{level.level}: {count:.10g} {error}"[:_WIDTH])
    return status


def _tail(options: argparse.Namespace) -> int:
    experiment, problem = one_stored(options.source, options.id)
    status = _complain_of(problem)
    latest: deque[Event] = deque(maxlen=options.n)
    for batch in experiment.batches():
        latest.extend(events_of(batch.slice(max(0, batch.num_rows - options.n))))
    for event in latest:
        _say(_event_line(event))
    if options.follow:
        _flush()
        for event in _following(experiment, len(experiment)):
            _say(_event_line(event))
            _flush()
    return status


def _following(experiment: Recording, seen: int) -> Iterator[Event]:
    """Events beyond those that were seen, for ever."""
    while True:
        sleep(_POLL_S)
        if len(experiment) == seen:
            continue
        skipped = 0
        for batch in experiment.batches():
            fresh = batch.slice(min(batch.num_rows, max(0, seen - skipped)))
            skipped += batch.num_rows
            yield from events_of(fresh)
        seen = max(seen, skipped)


def _event_line(event: Event) -> str:
    at = datetime.fromtimestamp(event.timestamp_us / 1e6, UTC).isoformat(timespec="milliseconds")
    outcome = {True: "ok", False: "failed", None: "-"}[event.success]
    parts = [at, event.name, outcome]
    if event.latency_ms is not None:
        parts.append(f"{event.latency_ms:.4g} ms")
    if event.cost_usd is not None:
        parts.append(dollars(event.cost_usd))
    parts += [str(each) for each in (event.model, event.error_type, event.item_id) if each]
    if event.attributes:
        parts.append(msgspec.json.encode(event.attributes).decode())
    return "  ".join(parts)[:_WIDTH].replace("\n", "\\n")
