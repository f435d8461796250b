"""Logs of Inspect: ``.eval``, a zip whose members are packed with Zstandard, or one JSON file."""

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._core.extras import optional
from .row import LogRow, as_count, as_ms, as_number, as_score, question_of

_ZSTD = 93
_HEADER = struct.Struct("<4s5H3I2H")
_MOST_BYTES = 1 << 31
_ATTACHMENT = "attachment://"


def read_inspect(path: Path, score: str | None) -> tuple[str, list[LogRow]]:
    """The task, and the answers by epoch and then in the order of the log."""
    if path.suffix == ".eval" or zipfile.is_zipfile(path):
        about, samples = _packed(path)
    else:
        whole = _parsed(path.read_bytes(), path, path.name)
        about, samples = whole["eval"], iter(whole.get("samples") or ())
    model = str(about.get("model", ""))
    rows = [_row(sample, model, score, path) for sample in samples]
    rows.sort(key=lambda row: row.epoch)
    return str(about.get("task", path.stem)), rows


def _packed(path: Path) -> tuple[Mapping[str, Any], Iterator[Mapping[str, Any]]]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise DatasetFileError(path, f"is not an Inspect log: {error}") from error
    with archive:
        members = {info.filename: info for info in archive.infolist()}
    # The log of a run that was killed has no header; its journal names the task.
    head = next((name for name in ("header.json", "_journal/start.json") if name in members), None)
    if head is None:
        raise DatasetFileError(path, "is not an Inspect log: it has neither header nor journal")
    about = _parsed(_content(path, members[head]), path, head)["eval"]
    samples = (
        _parsed(_content(path, info), path, name)
        for name, info in members.items()
        if name.startswith("samples/") and name.endswith(".json")
    )
    return about, samples


def _content(path: Path, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, checked. Python before 3.14 cannot unpack Zstandard in a zip."""
    if member.file_size > _MOST_BYTES:
        raise DatasetFileError(path, f"{member.filename} would take {member.file_size:,} bytes")
    try:
        if member.compress_type != _ZSTD:
            with zipfile.ZipFile(path) as archive:
                return archive.read(member)
        content = _unpacked(path, member)
    except (OSError, EOFError, struct.error, zlib.error, zipfile.BadZipFile) as error:
        raise DatasetFileError(path, f"{member.filename} is damaged: {error}") from error
    if len(content) != member.file_size or zlib.crc32(content) != member.CRC:
        raise DatasetFileError(path, f"{member.filename} is damaged: its checksum does not fit")
    return content


def _unpacked(path: Path, member: zipfile.ZipInfo) -> bytes:
    zstandard = optional("zstandard", extra="logs", purpose="reading .eval logs")
    with path.open("rb") as file:
        file.seek(member.header_offset)
        # The lengths of name and extra field here are not those of the directory at the end.
        *_, name, extra = _HEADER.unpack(file.read(_HEADER.size))
        file.seek(name + extra, 1)
        packed = file.read(member.compress_size)
    try:
        with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
            content: bytes = reader.read(member.file_size + 1)
            return content
    except zstandard.ZstdError as error:
        raise DatasetFileError(path, f"{member.filename} is damaged: {error}") from error


def _parsed(content: bytes, path: Path, name: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DatasetFileError(path, f"{name} is not JSON: {error}") from error


def _row(sample: Mapping[str, Any], model: str, score: str | None, path: Path) -> LogRow:
    output = sample.get("output") or {}
    usage = _usage(sample, output)
    error = sample.get("error")
    taken = sample.get("working_time")
    attachments = sample.get("attachments") or {}
    return LogRow(
        id=str(sample["id"]),
        input=question_of(_input(sample["input"], attachments), sample.get("choices")),
        expected=sample.get("target"),
        prediction=None if error and not _completion(output) else _completion(output),
        score=_score(sample, score, path),
        model=model or str(output.get("model", "")),
        epoch=int(sample.get("epoch", 1)),
        input_tokens=as_count(usage.get("input_tokens")),
        output_tokens=as_count(usage.get("output_tokens")),
        cost_usd=as_number(usage.get("total_cost")),
        latency_ms=as_ms(sample.get("total_time") if taken is None else taken),
        error=str(error.get("message", error)) if isinstance(error, Mapping) else error,
        metadata=sample.get("metadata") or {},
    )


def _input(given: Any, attachments: Mapping[str, str]) -> str:
    """The question: a text, or the user's messages of a conversation."""
    if isinstance(given, str):
        return attachments.get(given.removeprefix(_ATTACHMENT), given)
    said = [message for message in given if message.get("role") == "user"] or list(given)
    return "\n\n".join(_input(_text(message.get("content", "")), attachments) for message in said)


def _text(content: Any) -> str:
    """The text of a message, whose content is a text or a list of parts."""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content if part.get("type") == "text")


def _completion(output: Mapping[str, Any]) -> str | None:
    choices = output.get("choices") or ()
    if choices:
        return _text((choices[0].get("message") or {}).get("content", ""))
    return output.get("completion") or None


def _usage(sample: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, Any]:
    """The tokens of all calls for the sample; of the last one where the log has no sum."""
    of_all = [each for each in (sample.get("model_usage") or {}).values() if each]
    calls = of_all or [output.get("usage") or {}]
    names = ("input_tokens", "output_tokens", "total_cost")
    known = {name: [each[name] for each in calls if each.get(name) is not None] for name in names}
    return {name: sum(values) for name, values in known.items() if values}


def _score(sample: Mapping[str, Any], wanted: str | None, path: Path) -> float | None:
    scores = sample.get("scores") or {}
    if not scores:
        return None
    if wanted is not None and wanted not in scores:
        known = ", ".join(scores)
        raise DatasetFileError(path, f"sample {sample['id']!r} has no score {wanted!r} ({known})")
    return as_score(scores[wanted or next(iter(scores))].get("value"))
