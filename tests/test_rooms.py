"""Each package lies in rooms: private folders in layers, without circles."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from . import rooms_table

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path.parent for path in ROOT.glob("packages/*/src/*/__init__.py"))
PUBLIC = {"__init__", "__main__", "testing", "simulation"}
NO_DUTY = {"_common", "_helpers", "_misc", "_shared", "_util", "_utils"}
MOST_MODULES = 14


@pytest.fixture(params=SOURCES, ids=lambda path: path.name)
def source(request: pytest.FixtureRequest) -> Path:
    folder = Path(request.param)
    if not any(folder.glob("_*/__init__.py")):
        pytest.skip("not yet divided into rooms")
    return folder


def test_a_package_holds_its_face_and_rooms_only(source: Path) -> None:
    assert {path.stem for path in source.glob("*.py")} <= PUBLIC
    for room in _rooms(source):
        top = room.relative_to(source).parts[0]
        assert top.startswith("_"), f"{room.name}: a room is private; begin it with _"
        assert room.name not in NO_DUTY, f"{room.name}: name the room by its duty"


def test_no_room_is_crowded(source: Path) -> None:
    for room in [source, *_rooms(source)]:
        modules = [path for path in room.glob("*.py") if path.name != "__init__.py"]
        assert len(modules) <= MOST_MODULES, f"{room.name} holds {len(modules)} modules"
        plain = [path.stem for path in modules if not path.stem.startswith("_")]
        assert room == source or len(plain) == len(modules), f"{room.name}: plain file names inside"


def test_a_room_says_its_duty_and_exports_nothing(source: Path) -> None:
    for room in _rooms(source):
        body = ast.parse((room / "__init__.py").read_text(encoding="utf-8")).body
        assert len(body) == 1, f"{room.name}/__init__.py: a docstring and nothing else"
        assert isinstance(body[0], ast.Expr), f"{room.name}/__init__.py has no docstring"


def test_no_modules_import_each_other_in_a_circle(source: Path) -> None:
    graph = grimp.build_graph(source.name, cache_dir=None)

    circles = sorted(_circles({name: _imports(graph, name) for name in graph.modules}))

    assert not circles, "circles: " + "; ".join(" -> ".join(circle) for circle in circles)


def test_the_architecture_page_lists_each_room_with_its_own_sentence() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert rooms_table.updated(page) == page, "run: python tests/rooms_table.py"


def test_the_map_for_contributors_leads_to_rooms() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`(\w+)/((?:_\w+|html)(?:/\w+)*)/`", page))

    assert len(paths) >= 10
    for package, room in paths:
        assert (ROOT / "packages" / package / "src" / package / room).is_dir(), f"{package}/{room}"


def _rooms(source: Path) -> list[Path]:
    return sorted(path.parent for path in source.rglob("*/__init__.py"))


def _imports(graph: grimp.ImportGraph, name: str) -> set[str]:
    return set(graph.find_modules_directly_imported_by(name))


def _circles(graph: dict[str, set[str]]) -> Iterator[list[str]]:
    """The strongly connected parts of *graph* with more than one module (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(name: str) -> Iterator[list[str]]:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in index:
                yield from visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            part = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(part) > 1:
                yield sorted(part)

    for name in sorted(graph):
        if name not in index:
            yield from visit(name)
