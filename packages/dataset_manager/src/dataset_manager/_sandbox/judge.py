"""The process of the tests: it decides, and the solution's process cannot reach it.

It reads the settings and the solution, starts the solution's process, and only then reads the
tests and the token that the verdict carries. Names that the tests use and do not define are looked
up in the solution's process. A value from there is rebuilt here; an object of another type stays
there and is equal to nothing but itself, whatever it says.
"""

import json
import os
import signal
import socket
import sys
from typing import Any

from .layers import inner, outer, suffice
from .remote import Broken, Names, Peer
from .solution import main as run_solution
from .wire import exactly, receive, send


def main() -> None:
    """Run one solution with its tests, and report the layers and the outcome."""
    settings = json.loads(_part())
    source = _part().decode("utf-8", "replace")
    verdict = os.dup(2)
    os.dup2(1, 2)
    layers = outer(settings)
    here, there = socket.socketpair()
    if os.fork() == 0:
        here.close()
        os.close(verdict)
        os.close(0)
        os.open(os.devnull, os.O_RDONLY)
        sys.dont_write_bytecode = True
        try:
            run_solution(there.fileno(), source, settings)
        finally:
            os._exit(1)
    there.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    private = json.loads(_part())
    report = _Report(verdict, private["token"])
    channel = here.fileno()
    try:
        layers += receive(channel)
    except EOFError:
        return
    if not suffice(layers) and not settings["unsafe"]:
        report(layers, "refused", "")
        return
    report(layers, "started", "")
    inner(settings)
    peer = Peer(channel, frozen=settings["frozen"])
    outcome = _outcome(peer, private)
    if peer.problem is not None:
        outcome = "killed", peer.problem
    report(layers, *outcome, changed=peer.changed)


class _Report:
    """Writes the lines that the evaluator takes for those of the judge."""

    def __init__(self, descriptor: int, token: str) -> None:
        self.descriptor, self.token = descriptor, token

    def __call__(
        self, layers: list[str], outcome: str, error: str, *, changed: bool = False
    ) -> None:
        line = {"token": self.token, "layers": layers, "outcome": outcome, "error": error}
        text = json.dumps(line | {"changed": changed})
        os.write(self.descriptor, text.encode() + b"\n")


def _outcome(peer: Peer, private: dict[str, Any]) -> tuple[str, str]:
    try:
        send(peer.channel, ["begin"])
        peer.answer()
        if private["tests"]:
            names = Names(peer, private["tests"])
            for text in (private["helpers"], private["tests"]):
                exec(compile(text, "<tests>", "exec", dont_inherit=True), names)  # noqa: S102  # of the data set
    except Broken as error:
        return "killed", str(error)
    except BaseException as error:  # noqa: BLE001  # what the solution raised arrives as itself
        return "failed", _line(error)
    return "passed", ""


def _line(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001  # its text may raise as well
        text = ""
    name = type(error).__name__
    return f"{name}: {text}"[:500] if text else name


def _part() -> bytes:
    return exactly(0, int.from_bytes(exactly(0, 8), "big"))
