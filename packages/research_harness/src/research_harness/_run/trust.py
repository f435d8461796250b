"""Whether the file that a run's folder names may be imported without asking.

Importing a file runs it. A run that was begun here is signed with a key of this user, which no
folder from elsewhere can carry.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Any

from .._core.errors import UntrustedFileError
from .._core.files import MAX_LINE
from .._core.system import read_file
from .._definition.experiment import Experiment
from .._definition.load import load_content, load_experiment

_KEY_BYTES = 32


def signature(folder: Path, file: Path | None) -> str:
    """The signature of a run that begins here; empty without a file or a place for the key.

    Args:
        folder: The run's folder.
        file: The file that defines the experiment.
    """
    key = _key(make=True)
    if file is None or key is None:
        return ""
    return _signed(key, folder, str(file.resolve()))


def trusted_experiment(folder: Path, state: dict[str, Any], *, trust: bool) -> type[Experiment]:
    """The experiment that a run names, if its file may be imported.

    Args:
        folder: The run's folder.
        state: What its ``run.json`` holds.
        trust: The user's word that the file may be run; its hash must be the recorded one.

    Raises:
        UntrustedFileError: It may not.
        ExperimentFileError: It cannot be imported.
    """
    file = str(state.get("experiment_file") or "")
    name = str(state.get("experiment_class") or "")
    key = _key(make=False)
    signed = str(state.get("signature") or "")
    if key is not None and hmac.compare_digest(
        _signed(key, folder, file).encode(), signed.encode()
    ):
        return load_experiment(file, name or None)
    # What is hashed is what runs: the file may be another one a moment later.
    content = _content(Path(file)) if trust else None
    if content is not None and _sha256(content) == state.get("experiment_sha256"):
        return load_content(Path(file), content, name)
    raise UntrustedFileError(folder, file, changed=trust)


def file_sha256(file: Path | None) -> str | None:
    """The SHA-256 of a file; None where it cannot be read."""
    content = None if file is None else _content(file)
    return None if content is None else _sha256(content)


def _content(file: Path) -> bytes | None:
    try:
        return read_file(file, most=MAX_LINE)
    except (OSError, ValueError):
        return None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _signed(key: bytes, folder: Path, file: str) -> str:
    text = f"{folder.resolve()}\n{file}"
    return hmac.new(key, text.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()


def _key(*, make: bool) -> bytes | None:
    """This user's key; None when it cannot be kept or read."""
    try:
        home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        path = Path(home) / "crucible" / "key"
        if make and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
        key = path.read_bytes()
    except (OSError, RuntimeError):
        return None
    return key if len(key) == _KEY_BYTES else None
