"""Find the form of a file and read its chains."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from .._core.errors import InvalidTraceError
from .._core.plain_files import read_plain
from .._model.chain import Chain
from .._model.records import chain_from_dict
from .._store.trace_log import TraceLog, is_log_line
from . import atif, claude_code, inspect_log, prov, spans

ImportForm = Literal["atif", "spans", "inspect", "claude_code", "prov", "causal_trace"]
_FIRST_LINES = 20


def import_chains(source: str | Path | Any, *, form: ImportForm | None = None) -> tuple[Chain, ...]:
    """Return the chains of another tool's file.

    Native reasoning, summaries, redacted blocks, calls of tools and stated events keep their kinds
    of evidence. The same file gives the same chains, with the same ids.

    Args:
        source: A path, or the decoded JSON of a file: an ATIF trajectory, OpenTelemetry or
            OpenInference spans, an Inspect log, a Claude Code session, stored chains, or the path
            of a ``TraceLog`` such as the ``traces.jsonl`` of a run.
        form: The form; None finds it from the keys.

    Returns:
        One chain for each trajectory, trace, sample or session.

    Raises:
        InvalidTraceError: The source has none of the known forms, or breaks its form.
        FileNotFoundError: There is no file at the path.

    Example:
        >>> step = {"step_id": 1, "source": "agent", "message": "A", "reasoning_content": "weigh"}
        >>> (chain,) = import_chains({"schema_version": "ATIF-v1.4", "steps": [step]})
        >>> [event.evidence for event in chain]
        ['native_reasoning', 'observed']
    """
    if form is not None and form not in get_args(ImportForm):
        known = ", ".join(get_args(ImportForm))
        raise InvalidTraceError("import", f"form {form!r} is unknown; use one of {known}")
    try:
        if isinstance(source, str | Path):
            return tuple(_file(Path(source), form))
        return tuple(_payload(source, "import", form))
    except RecursionError:
        raise InvalidTraceError("import", "its values are nested too deeply") from None


def _file(path: Path, form: ImportForm | None) -> Iterator[Chain]:
    if path.suffix == ".eval":
        yield from inspect_log.read_archive(path)
        return
    try:
        text = read_plain(path, errors="surrogateescape")
    except ValueError as error:
        raise InvalidTraceError("import", f"{path}: {error}") from None
    if form in (None, "causal_trace") and is_log_line(text.partition("\n")[0]):
        yield from TraceLog(path).chains()
        return
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        yield from _lines(text.split("\n"), path, form)  # JSON holds other ends of lines
    else:
        yield from _payload(payload, path.stem, form)


def _lines(lines: list[str], path: Path, form: ImportForm | None) -> Iterator[Chain]:
    session = form is None and claude_code.fits_lines(lines[:_FIRST_LINES])
    if session or form == "claude_code":
        yield from claude_code.read_lines(lines, path.stem)
        return
    values = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                values.append(json.loads(line))
            except (ValueError, RecursionError):
                raise InvalidTraceError("import", f"{path}, line {number} is not JSON") from None
    if form in (None, "spans") and spans.fits(values):
        yield from spans.read(values, path.stem)
        return
    for number, value in enumerate(values, start=1):
        yield from _payload(value, f"{path.stem}/{number}", form)


def _payload(payload: Any, origin: str, form: ImportForm | None) -> Iterator[Chain]:
    if form == "claude_code" or (form is None and claude_code.fits(payload)):
        yield from claude_code.read(payload, origin)
    elif form == "atif" or (form is None and atif.fits(payload)):
        yield from atif.read(payload, origin)
    elif form == "inspect" or (form is None and inspect_log.fits(payload)):
        yield from inspect_log.read(_object(payload, origin), origin)
    elif form == "prov" or (form is None and prov.fits(payload)):
        yield from prov.read(_object(payload, origin))
    elif form == "causal_trace" or (form is None and _own(payload)):
        yield from map(chain_from_dict, payload if isinstance(payload, list) else [payload])
    elif form == "spans" or spans.fits(payload):
        yield from spans.read(payload, origin)
    else:
        known = ", ".join(get_args(ImportForm))
        raise InvalidTraceError("import", f"{origin}: none of the forms {known}; give form=")


def _object(payload: object, origin: str) -> Mapping[str, Any]:
    if isinstance(payload, Mapping):
        return payload
    raise InvalidTraceError("import", f"{origin}: it is {type(payload).__name__}, not an object")


def _own(payload: Any) -> bool:
    values = payload if isinstance(payload, list) else [payload]
    return bool(values) and all(
        isinstance(each, dict)
        and "name" in each
        and isinstance(each.get("events"), list)
        and "created_at" in each
        for each in values
    )
