"""The code that makes the answers, as hashes of what it means: comments and layout do not count."""

import ast
import dis
import hashlib
import inspect
import sys
import sysconfig
import types
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from .class_parts import READING, attributes_of, functions_of, owners_of

# In the parts of a class: what it takes from where. Runs of before 0.3 do not have it.
_TRIES = 100
CLASS = "the class"
_STORES = frozenset({"STORE_GLOBAL", "STORE_DEREF", "DELETE_GLOBAL", "DELETE_DEREF"})
_CONSTANTS = (str, bytes, int, float, bool, complex, type(None))
_MAX_DEPTH = 8


def code_parts(kind: type) -> dict[str, str]:
    """What the answers of an experiment are made by, part by part.

    Args:
        kind: The experiment's class.

    Returns:
        The SHA-256 of each part by its name: the file of the class and the user's own modules that
        it imports, without comments, docstrings and what only reads the answers; and the functions
        of the class with the constants they close over, which a file does not show. Under
        ``CLASS`` stands which class of the file each attribute comes from or, without a file, what
        its plain attributes are.
    """
    parts: dict[str, str] = {}
    functions = dict(functions_of(kind))
    file = file_of(kind, functions)
    if file is not None:
        add_file(file, file.name, parts)
        parts[CLASS] = _hash(owners_of(kind, is_installed))
    else:
        values = (_value(*each, 0, with_code=False) for each in attributes_of(kind))
        parts[CLASS] = _hash("\n".join(sorted(text for each in values for text in each)))
    for name, function in functions.items():
        described = _described(function, 0, with_code=file is None)
        if file is None or described:
            parts[f"function {name}"] = _hash(described)
    return dict(sorted(parts.items()))


def file_of(kind: type, functions: Mapping[str, types.FunctionType]) -> Path | None:
    """The file of a class; None for one of a notebook, whose functions come from no file."""
    try:
        found = inspect.getsourcefile(kind)
    except (OSError, TypeError):
        return None
    if found is None or not Path(found).is_file():
        return None
    own = [each.__code__.co_filename for each in functions.values() if not _is_made(each)]
    return Path(found) if all(Path(each).is_file() for each in own) else None


def _is_made(function: types.FunctionType) -> bool:
    """Whether a function was written by a decorator, as those of dataclasses are."""
    name = function.__name__
    return function.__code__.co_filename.startswith("<") and name.startswith("__")


def add_file(file: Path, label: str, parts: dict[str, str]) -> None:
    """Add a file and the user's own modules that it imports.

    Args:
        file: The file.
        label: Its name among the parts.
        parts: The SHA-256 of each file by its name, to which is added.
    """
    try:
        parts[label], names = meaning(file.read_bytes())
    except (OSError, ValueError, SyntaxError):
        parts[label] = "unreadable"
        return
    for name in names:
        module = own_module(name, file.parent)
        if module is not None and name not in parts:
            add_file(module, name, parts)


@lru_cache(maxsize=64)
def meaning(source: bytes) -> tuple[str, tuple[str, ...]]:
    """The hash of what a program means, and the names that it imports, in order.

    Args:
        source: The program.

    Raises:
        SyntaxError: It is no program.
        ValueError: It has a null character.
    """
    tree = parsed(source)
    _strip(tree)
    return _hash(ast.dump(tree)), tuple(sorted(imported_names(tree)))


def _strip(tree: ast.AST) -> None:
    """Take out docstrings, and what only reads the answers in the bodies of classes."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        kept = [each for each in body if not _is_text(each)]
        if isinstance(node, ast.ClassDef):
            kept = [each for each in kept if not _only_reads(each)]
        node.body = kept  # type: ignore[attr-defined]  # it has one


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _only_reads(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        targets: list[ast.expr] = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    else:
        return False
    return all(isinstance(each, ast.Name) and each.id in READING for each in targets)


def parsed(source: str | bytes) -> ast.Module:
    """The syntax tree of a program.

    In Python 3.11.7 threads that do this at once disturb each other where the garbage collector
    runs Python code meanwhile: a ``SystemError`` about the depth of the tree, which says nothing of
    the program.

    Args:
        source: The program.

    Raises:
        SyntaxError: It is no program.
        ValueError: It has a null character.
    """
    for _ in range(_TRIES):
        try:
            return ast.parse(source)
        except SystemError:
            continue
    return ast.parse(source)


def imported_names(tree: ast.AST) -> set[str]:
    """The names of the modules that are imported anywhere in a file."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if base:
                names.add(base)
            names.update(f"{base}.{each.name}".strip(".") for each in node.names)
    return names


def own_module(name: str, folder: Path) -> Path | None:
    """The file of a module of the user's own; None for an installed one."""
    loaded = getattr(sys.modules.get(name), "__file__", None)
    parts = Path(*name.split("."))
    near = (folder / parts.with_suffix(".py"), folder / parts / "__init__.py")
    for path in (*([Path(loaded)] if loaded else []), *near):
        if path.suffix == ".py" and path.is_file() and not is_installed(path.resolve()):
            return path
    return None


def is_installed(path: Path) -> bool:
    """Whether a file belongs to an installed package, to Python or to this framework.

    Args:
        path: The file, resolved.
    """
    if "site-packages" in path.parts or "dist-packages" in path.parts:
        return True
    return any(folder in path.parents for folder in _installed_folders())


@cache
def _installed_folders() -> tuple[Path, ...]:
    """The folder of Python, and of this library or all of those in one repository with it."""
    own = Path(__file__).resolve().parents[1]
    repository = own.parents[2]
    standard = Path(sysconfig.get_path("stdlib")).resolve()
    return standard, repository if repository.name == "packages" else own


def described(function: types.FunctionType) -> str:
    """The code of a function of a notebook as text, with that of the functions it calls.

    Args:
        function: The function.
    """
    return _described(function, 0, with_code=True)


def _described(function: types.FunctionType, depth: int, *, with_code: bool) -> str:
    """A function as text: its code, and the constants that it closes over and reads."""
    code = function.__code__
    stored = {each.argval for each in dis.get_instructions(code) if each.opname in _STORES}
    found: list[str] = []
    if with_code:
        found.append(_code_text(code, function.__doc__))
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
        try:
            value = cell.cell_contents
        except ValueError:
            continue
        if name not in stored:
            found += _value(name, value, depth, with_code=with_code)
    if with_code:
        for name in code.co_names:
            if name in function.__globals__ and name not in stored:
                found += _value(name, function.__globals__[name], depth, with_code=True)
    return "\n".join(found)


def _value(name: str, value: Any, depth: int, *, with_code: bool) -> list[str]:
    if isinstance(value, _CONSTANTS):
        return [f"{name} = {value!r}"]
    if isinstance(value, tuple) and all(isinstance(each, _CONSTANTS) for each in value):
        return [f"{name} = {value!r}"]
    if not isinstance(value, types.FunctionType) or depth >= _MAX_DEPTH:
        return []
    if value.__module__.partition(".")[0] in sys.stdlib_module_names:
        return []
    inner = _described(value, depth + 1, with_code=with_code)
    return [f"{name}: {inner}"] if inner else []


def _code_text(code: types.CodeType, doc: str | None = None) -> str:
    constants = [
        _code_text(each) if isinstance(each, types.CodeType) else repr(each)
        for each in code.co_consts
        if doc is None or each != doc
    ]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {constants}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
