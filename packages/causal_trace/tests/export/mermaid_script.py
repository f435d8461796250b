"""Mermaid itself, for the tests of diagrams: one version, fetched once by npm and kept."""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest

VERSION = "11.17.0"
SHA256 = "8d8e0eec56d3a83b4b3c87f42050845546dee93ebe1875d2117c12e6947c0cb3"


def mermaid_script() -> Path:
    """Return the path of ``mermaid.min.js``. The test skips where it cannot be had.

    ``MERMAID_JS`` names one of your own. Otherwise it is fetched into the cache folder of the user.
    """
    if own := os.environ.get("MERMAID_JS"):
        return Path(own)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = cache / "crucible-tests" / f"mermaid-{VERSION}.min.js"
    if not kept.is_file():
        try:
            _fetch(kept)
        except (OSError, subprocess.SubprocessError, tarfile.TarError) as error:
            pytest.skip(f"Mermaid is not in the cache and cannot be fetched: {error}")
    if hashlib.sha256(kept.read_bytes()).hexdigest() != SHA256:
        pytest.fail(f"{kept} is not Mermaid {VERSION}; remove it")
    return kept


def _fetch(target: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        options = ("--silent", "--fetch-retries=0", "--fetch-timeout=30000")
        subprocess.run(
            [npm, "pack", f"mermaid@{VERSION}", *options],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=120,
        )
        with tarfile.open(Path(folder) / f"mermaid-{VERSION}.tgz") as package:
            script = package.extractfile("package/dist/mermaid.min.js")
            if script is None:
                raise FileNotFoundError("the package holds no script")
            unpacked = Path(folder) / "mermaid.min.js"
            unpacked.write_bytes(script.read())
        unpacked.replace(target)
