"""The script that programs are forked from: ``python -I -S jail.py``, with a socket as its input.

It imports what each process of a program needs, and never runs a program itself: it holds no tests
and no token, and each program gets a copy of it that nothing has run in. The parts beside it are
imported without the package, whose import would take longer than a run.

A message ``fork N`` with two descriptors, one for settings and verdict and one for the output,
starts process N, and ``end N`` waits for it. Each process says itself that it was born, so that
the kernel gives the evaluator its number.
"""

# Without pathlib: to import it takes longer than to build all layers.
# ruff: noqa: PTH100, PTH120
import gc
import importlib
import os
import socket
import sys
import types
from typing import Any, NoReturn

HERE = os.path.dirname(os.path.abspath(__file__))
# What most programs import; none of them keeps a state that programs could differ by.
_COMMON = ("collections", "functools", "heapq", "itertools", "math", "re", "string", "typing")


def main() -> None:
    """Import the parts, say whether namespaces can be had, and fork as asked."""
    packages = {"dataset_manager": os.path.dirname(HERE), "dataset_manager._sandbox": HERE}
    for name, path in packages.items():
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [path]
    judge = importlib.import_module("dataset_manager._sandbox.judge")
    layers = importlib.import_module("dataset_manager._sandbox.layers")
    for name in _COMMON:
        importlib.import_module(name)
    gc.freeze()
    layers.die_with_parent()
    control = socket.socket(fileno=0)
    control.send(b"namespaces" if _tried(layers) else b"none")
    _serve(control, judge)


def _serve(control: socket.socket, judge: Any) -> None:
    children: dict[str, int] = {}
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 2)
        if not message:
            return
        verb, _, number = message.decode().partition(" ")
        if verb == "fork":
            children[number] = os.fork()
            if children[number] == 0:
                _become(control, judge, number, descriptors)
            for each in descriptors:
                os.close(each)
        else:
            os.waitpid(children.pop(number), 0)  # killed by the evaluator
            control.send(b"ended " + number.encode())


def _become(control: socket.socket, judge: Any, number: str, descriptors: list[int]) -> NoReturn:
    try:
        os.setsid()
        control.send(b"born " + number.encode())
        channel, output = descriptors
        os.dup2(channel, 0)
        os.dup2(channel, 2)
        os.dup2(output, 1)
        os.closerange(3, 256)
        control.detach()
        judge.main()
        sys.stdout.flush()
    finally:
        os._exit(1)


def _tried(layers: Any) -> bool:
    """Whether a process can have namespaces and a file system of its own here."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if layers.namespaces() and layers.memory_over("/", 4096) else 1)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


if __name__ == "__main__":
    main()
