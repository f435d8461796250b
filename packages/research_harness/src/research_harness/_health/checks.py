"""What ``crucible doctor`` looks at."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from .._core.system import supported, sync_file
from .._core.text import error_text, type_name

State = Literal["ok", "absent", "problem"]
# The variables in which providers' keys are looked for.
_KEYS = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "openrouter": ("OPENROUTER_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
    "groq": ("GROQ_API_KEY",),
    "together": ("TOGETHER_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
}
_SERVERS = {
    "ollama": "http://127.0.0.1:11434",
    "vllm": "http://127.0.0.1:8000",
    "llama.cpp": "http://127.0.0.1:8080",
    "lm studio": "http://127.0.0.1:1234",
}
_CONNECT_SECONDS = 0.5
_LEAST_FREE_BYTES = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        topic: ``version``, ``key``, ``server``, ``sandbox`` or ``disk``.
        name: What it is about.
        state: ``ok``, ``absent`` for what not every experiment needs, or ``problem``.
        text: The finding in words.
    """

    topic: str
    name: str
    state: State
    text: str

    def to_dict(self) -> dict[str, object]:
        """The finding as plain values."""
        return {"topic": self.topic, "name": self.name, "state": self.state, "text": self.text}


def examine(output_dir: Path, *, servers: tuple[str, ...] = ()) -> list[Finding]:
    """Look at everything that a run may need; nothing is sent to a provider.

    Args:
        output_dir: The folder of all runs.
        servers: Addresses of further servers, such as ``http://localhost:8001/v1``.
    """
    return [
        *_guarded("version", _versions),
        *_guarded("key", _keys),
        *_guarded("server", lambda: _servers({**_SERVERS, **{each: each for each in servers}})),
        *_guarded("sandbox", _sandbox),
        *_guarded("disk", lambda: _disk(output_dir)),
    ]


def _guarded(topic: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """The findings of a topic; one that cannot be looked at is a problem itself."""
    try:
        return list(look())
    except Exception as error:  # noqa: BLE001  # the others are looked at all the same
        text = f"could not be examined: {type_name(error)}: {error_text(error)}"
        return [Finding(topic=topic, name=topic, state="problem", text=text)]


def _versions() -> Iterator[Finding]:
    from .._artifacts.environment import versions

    found = versions()
    yield Finding(topic="version", name="python", state="ok", text=str(found["python"]))
    libraries = {f"crucible-framework-{name}": each for name, each in found["crucible"].items()}
    for name, version in {**libraries, **found["numeric"]}.items():
        state: State = "problem" if version is None else "ok"
        text = version or f"is not installed: pip install {name}"
        yield Finding(topic="version", name=name, state=state, text=text)


def _keys() -> Iterator[Finding]:
    from .._core.env_file import read_env_file

    written = read_env_file(Path(".env"))
    places = (("the environment", os.environ), (".env", written))
    for provider, names in _KEYS.items():
        given = [
            (name, where, bool(values[name].strip()))
            for where, values in places
            for name in names
            if name in values
        ]
        found = next((each for each in given if each[2]), None)
        state: State = "ok"
        if found is not None:
            text = f"{found[0]} is set in {found[1]}"
        elif given:
            state, text = "problem", f"{given[0][0]} is set in {given[0][1]}, but it is blank"
        else:
            state, text = "absent", f"{' or '.join(names)} is not set"
        yield Finding(topic="key", name=provider, state=state, text=text)


def _servers(servers: dict[str, str]) -> Iterator[Finding]:
    for name, address in servers.items():
        asked = name == address  # the user named it, so it should be there
        try:
            parts = urlsplit(address if "//" in address else f"//{address}")
            port = parts.port or (443 if parts.scheme == "https" else 80)
            with socket.create_connection((parts.hostname or "", port), _CONNECT_SECONDS):
                yield Finding(topic="server", name=name, state="ok", text=f"answers at {address}")
        except (OSError, ValueError):
            state: State = "problem" if asked else "absent"
            text = f"nothing answers at {address}"
            yield Finding(topic="server", name=name, state=state, text=text)


def _sandbox() -> Iterator[Finding]:
    import dataset_manager

    try:
        found = dataset_manager.Sandbox().run_sync("pass")
    except dataset_manager.SandboxError as error:
        text = f"programs of models cannot be run here: {error_text(error)}"
        yield Finding(topic="sandbox", name="layers", state="absent", text=text)
        return
    layers = ", ".join(found.layers) or "none"
    yield Finding(topic="sandbox", name="layers", state="ok", text=layers)


def _disk(output_dir: Path) -> Iterator[Finding]:
    folder = output_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    state: State = "ok" if free >= _LEAST_FREE_BYTES else "problem"
    text = f"{free / 2**30:,.1f} GiB free in {folder}"
    yield Finding(topic="disk", name="space", state=state, text=text)
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"1")
            file.flush()
            sync_file(file.fileno())
        yield Finding(topic="disk", name="writing", state="ok", text=f"{folder} can be written")
    except OSError as error:
        text = f"{folder} cannot be written: {error.strerror or error}; give another --output-dir"
        yield Finding(topic="disk", name="writing", state="problem", text=text)
    safety = ", ".join(f"{name} {each}" for name, each in supported().items())
    yield Finding(topic="disk", name="safety", state="ok", text=safety)
