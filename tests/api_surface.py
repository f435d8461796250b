"""The public names of each library with their arguments, and what went since the last release.

``python tests/api_surface.py`` prints what went or has other arguments since the last release.
``python tests/api_surface.py 0.2.0`` records the names of a release in ``tests/api``.
"""

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

RECORDED = Path(__file__).parent / "api"
ANY_NAME = "**"  # before an argument that takes every name
LIBRARIES = [
    "bench",
    "causal_trace",
    "dataset_manager",
    "ensemble",
    "hedging",
    "reporter",
    "research_harness",
    "telemetry_research",
]


def surface(library: str) -> list[str]:
    """Each public name of a library and each public member of its classes, a line each.

    Args:
        library: The name by which the library is imported.

    Returns:
        Lines such as ``compare(a, b, *, alpha=0.05)``; annotations are left out.
    """
    module = importlib.import_module(library)
    return [line for name in module.__all__ for line in _lines(name, getattr(module, name))]


def _lines(name: str, value: object) -> Iterator[str]:
    if not inspect.isclass(value):
        yield f"{name}{_arguments(value)}"
        return
    yield f"{name}{_arguments(value)}"
    members = {
        member: attribute
        for base in reversed(value.__mro__)
        if base.__module__.split(".")[0] in LIBRARIES
        for member, attribute in vars(base).items()
        if not member.startswith("_")
    }
    for member, attribute in sorted(members.items()):
        called = getattr(attribute, "__func__", attribute)
        yield f"{name}.{member}{_arguments(called) if inspect.isroutine(called) else ''}"


def _arguments(value: object) -> str:
    """The arguments of a function or class in brackets; nothing for other values."""
    if not callable(value):
        return ""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "()"
    bare = [
        each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()
    ]
    text = str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def last_release() -> Path:
    """The folder of the newest recorded release."""
    return max(RECORDED.iterdir(), key=lambda each: [int(part) for part in each.name.split(".")])


def removed(library: str) -> Iterator[tuple[str, str]]:
    """What a library had in its last release and has no more.

    Args:
        library: The name by which the library is imported.

    Yields:
        The name that went, and where: ``("delay", "request(delay)")``.
    """
    recorded = (last_release() / f"{library}.txt").read_text(encoding="utf-8").splitlines()
    before, now = _parsed(recorded), _parsed(surface(library))
    for name, arguments in before.items():
        owner = name.partition(".")[0]
        if name not in now:
            if name == owner or owner in now:
                yield name.rpartition(".")[2], name
        elif ANY_NAME not in now[name]:
            gone = arguments - now[name] - {ANY_NAME}
            yield from ((each, f"{name}({each})") for each in gone)


def _parsed(lines: list[str]) -> dict[str, set[str]]:
    """The names of the arguments by the name of the function, class or member."""
    split = [line.partition("(") for line in lines]
    pattern = rf"(?:^|, )([A-Za-z]\w*|{re.escape(ANY_NAME)})"
    return {name: set(re.findall(pattern, arguments)) for name, _, arguments in split}


def record(version: str) -> None:
    """Record the public names of all libraries as those of a release."""
    folder = RECORDED / version
    folder.mkdir(parents=True)
    for library in LIBRARIES:
        text = "\n".join(surface(library))
        (folder / f"{library}.txt").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        record(sys.argv[1])
    else:
        for each in LIBRARIES:
            for _, place in removed(each):
                print(f"{each}: {place}")
