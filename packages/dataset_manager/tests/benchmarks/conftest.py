"""Shared by the tests of benchmarks."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import Dataset, dataset_info, load_sync
from dataset_manager._sources.pins import pins


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Dataset]:
    """Write files into a mirror, pinned by their own hashes, and load the benchmark from it."""

    def load(
        name: str, files: dict[str, bytes], counts: dict[str, int] | None = None, **options: Any
    ) -> Dataset:
        for file, content in files.items():
            path = tmp_path / "mirror" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            known = replace(pins()[file], sha256=digest, bytes=len(content))
            monkeypatch.setitem(pins(), file, known)
        for split, count in (counts or {}).items():
            monkeypatch.setitem(dataset_info(name).splits, split, count)
        folders: dict[str, Any] = {"mirror": tmp_path / "mirror", "cache_dir": tmp_path / "cache"}
        return load_sync(name, offline=True, **folders, **options)

    return load
