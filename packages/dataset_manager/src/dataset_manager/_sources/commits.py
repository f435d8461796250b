"""The files of a commit of a Hugging Face repository, with their hashes.

A commit names a tree of files, and the tree names each file by its hash. The list of a tree is
requested once and kept in the cache, so every later load checks its files against the same hashes.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from .._core.bounds import budget_of, read_whole
from .._core.errors import MISREAD, DatasetFileError, DownloadError, UnavailableError
from .._core.replacing import replacing
from .credentials import shown_address
from .download import ask
from .pins import Pin

_MOST_PAGES = 1000


class Places(Protocol):
    """What is needed of ``Sources`` to find the list of a commit."""

    @property
    def cache_dir(self) -> Path:
        """The folder of the cache."""
        ...

    @property
    def mirror(self) -> Path | None:
        """The mirror folder."""
        ...

    @property
    def offline(self) -> bool:
        """Whether the network may not be used."""
        ...

    @property
    def hub(self) -> str:
        """The address of Hugging Face."""
        ...


def hub_token() -> str | None:
    """The token for repositories of Hugging Face that need one."""
    return os.environ.get("HF_TOKEN", "").strip() or None


def tree_name(repository: str, revision: str) -> str:
    """The path of the list of a commit in the cache and in a mirror."""
    return f"hub/{repository}/{revision}/tree.json"


def with_hash(sources: Places, pin: Pin) -> Pin:
    """The pin with the hash and size that its commit gives it; as it is where it has a hash.

    Raises:
        UnavailableError: No source has the list of the commit, or the commit lacks the file.
    """
    if pin.digest_known:
        return pin
    for each in file_list(sources, pin.repository, pin.commit):
        if each.path == pin.path:
            return replace(each, name=pin.name)
    where = f"{pin.repository}@{pin.commit}"
    raise UnavailableError(pin.name, [f"{where} has no file {pin.path}"])


def file_list(sources: Places, repository: str, revision: str) -> tuple[Pin, ...]:
    """The files of a commit with their hashes; requested once, then kept.

    Raises:
        UnavailableError: No source has it.
    """
    name = tree_name(repository, revision)
    folders = [each for each in (sources.cache_dir, sources.mirror) if each is not None]
    for folder in folders:
        kept = folder / name
        if kept.is_file():
            return _kept_pins(kept, repository, revision)
    if sources.offline:
        raise UnavailableError(
            name, [*(f"{folder}: no {name}" for folder in folders), "offline mode"]
        )
    entries = _ask(sources, repository, revision)
    _keep(sources.cache_dir / name, entries)
    return _pins(entries, repository, revision)


def _kept_pins(path: Path, repository: str, revision: str) -> tuple[Pin, ...]:
    try:
        budget = budget_of(path)
        text = read_whole(path)
        budget.parse(text)
        return _pins(json.loads(text), repository, revision)
    except MISREAD as error:
        problem = f"is not a list of files ({type(error).__name__} {error}); delete it"
        raise DatasetFileError(path, problem) from error


def _pins(entries: Iterable[dict[str, Any]], repository: str, revision: str) -> tuple[Pin, ...]:
    return tuple(
        Pin(
            name=f"hub/{repository}/{revision}/{_inside(entry['path'])}",
            repository=repository,
            commit=revision,
            path=_inside(entry["path"]),
            sha256=entry.get("sha256", ""),
            git_blob=entry.get("git_blob", ""),
            bytes=entry["bytes"],
            host="huggingface",
        )
        for entry in entries
    )


def _ask(sources: Places, repository: str, revision: str) -> list[dict[str, Any]]:
    url = f"{sources.hub}/api/datasets/{repository}/tree/{revision}?recursive=true"
    found: list[dict[str, Any]] = []
    problem = "the list of files has more than 1,000 pages"
    try:
        for _ in range(_MOST_PAGES):
            answer = ask(url, token=hub_token())
            found += [_kept(entry) for entry in answer.json() if entry["type"] == "file"]
            following = answer.following
            if not following:
                return found
            url = _same_server(following, sources.hub)
    except (DownloadError, ValueError, KeyError, TypeError) as error:
        problem = f"{type(error).__name__}: {error}"
    raise UnavailableError(f"{repository}@{revision}", [f"network: {problem}"])


def _same_server(url: str, hub: str) -> str:
    """Refuse another server: the token is meant for this one."""
    if not url.startswith(f"{hub}/"):
        raise ValueError(f"the list of files continues on another server, {shown_address(url)}")
    return url


def _inside(path: object) -> str:
    """A path that leads out of its folder on no system.

    Raises:
        ValueError: It does.
    """
    text = str(path)
    if "\\" in text or ":" in text.partition("/")[0] or {"", ".", ".."} & set(text.split("/")):
        raise ValueError(f"the list names a file {text!r} outside its folder")
    return text


def _kept(entry: dict[str, Any]) -> dict[str, Any]:
    """Large files are known by SHA-256, small ones by git's hash."""
    path = _inside(entry["path"])
    large = entry.get("lfs")
    if large:
        return {"path": path, "bytes": large["size"], "sha256": large["oid"]}
    return {"path": path, "bytes": entry["size"], "git_blob": entry["oid"]}


def _keep(path: Path, entries: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(entries, indent=1), "utf-8")
