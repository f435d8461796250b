"""Names: the known one that a misspelt one was meant to be, of files anywhere, of a package."""

import re
import stat
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

# Names of devices in Windows, in any case and with any ending.
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE
)
# What separates folders, drives and streams of a file, what a shell takes for a pattern, controls.
_SIGNS = re.compile('[\x00-\x1f\x7f<>:"/\\\\|?*\ud800-\udfff]')
_MOST_BYTES = 255


def nearest(name: str, known: Iterable[str], *, similarity: float = 0.6) -> str | None:
    """The most similar known name.

    Args:
        name: The name as written.
        known: The names there are.
        similarity: The least similarity, from 0 to 1 (1 for equal names), by the ratio of Ratcliff
            and Obershelp that ``difflib`` computes.

    Returns:
        The name; None when none is similar enough.
    """
    by_plain = {_plain(each): each for each in known}
    found = get_close_matches(_plain(name), by_plain, n=1, cutoff=similarity)
    return by_plain[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """A part of an error text: `` (did you mean 'split'?)``, or nothing."""
    found = nearest(name, known)
    return f" (did you mean {found!r}?)" if found else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def is_portable(name: str) -> bool:
    """Whether a name is that of one file on Linux, macOS and Windows, inside of its folder.

    Windows leaves points and blanks at the end out, and takes ``NUL`` for a device and what
    follows a colon for a stream of another file. macOS takes composed and decomposed letters for
    the same.

    Args:
        name: The name, without folders.
    """
    return (
        _SIGNS.search(name) is None
        and 0 < len(name.encode()) <= _MOST_BYTES
        and name[-1] not in ". "
        and _DEVICES.match(name) is None
        and unicodedata.is_normalized("NFC", name)
    )


def names_of_modules(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a module ``__getattr__`` that imports the module of a name when it is used first.

    Args:
        package: The import name of the package.
        modules: The names, separated by spaces, by their module, such as ``._plan.plan``.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(places[name], package), name)
        setattr(sys.modules[package], name, found)
        return found

    return find


def other_kind(path: Path) -> str:
    """What lies there when it is no folder, in words; empty otherwise.

    Args:
        path: The place of a folder.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return ""
    kinds = {stat.S_IFDIR: "", stat.S_IFREG: "a file", stat.S_IFIFO: "a pipe"}
    kind = kinds.get(stat.S_IFMT(mode), "a device or socket")
    return f", which is {kind}" if kind else ""
