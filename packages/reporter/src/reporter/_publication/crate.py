"""Metadata of a folder with a report as an RO-Crate 1.1 or 1.2 (https://w3id.org/ro/crate)."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from .._core.checks import checked_address, checked_text, checked_texts, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value
from .._core.plain_files import open_plain
from .._model.evidence import Artifact, Provenance
from .._report.report import Report

CRATE_FILE = "ro-crate-metadata.json"
_Entity = dict[str, object]
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?")
_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_SPDX = re.compile(r"[A-Za-z0-9.+-]+")
_MEDIA_TYPES = {
    ".bib": "application/x-bibtex",
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".typ": "text/plain",
}
_RUN_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_NO_LICENSE = "No license is stated. Ask the authors before you use or share the files."


@dataclass(frozen=True, slots=True, kw_only=True)
class CrateAction(Value):
    """The work that made the files of a crate, such as the run of an experiment.

    Attributes:
        name: What was done.
        description: More about it.
        software: The programs that did it, each with its version.
        addresses: The address on the web of those that have one.
        inputs: The names of the files that it read.
        outputs: The names of the files that it wrote.
        ended_at: When it ended, as ISO 8601.

    Raises:
        ReportError: A field is not a text, or the time is not ISO 8601.
    """

    name: str
    description: str = ""
    software: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()
    ended_at: str = ""

    def __post_init__(self) -> None:
        checked_text(self.name, "crate action, name")
        checked_text(self.description, "crate action, description")
        software = {
            checked_text(name, "crate action, software"): checked_text(
                version, f"version of {name}"
            )
            for name, version in self.software.items()
        }
        for name, address in self.addresses.items():
            if name not in software or not _WEB.fullmatch(
                checked_address(address, f"crate action, address of {name!r:.40}")
            ):
                raise ReportError(
                    f"crate action, address of {name!r:.40}: give that of a program of software,"
                    f" such as https://www.python.org/, got {address!r:.60}"
                )
        if self.ended_at:
            _checked_date(self.ended_at, "crate action, ended_at")
        set_fields(
            self,
            software=software,
            addresses=dict(self.addresses),
            inputs=checked_texts(self.inputs, "crate action, inputs"),
            outputs=checked_texts(self.outputs, "crate action, outputs"),
        )


def ro_crate(
    report: Report,
    files: Mapping[str, bytes | PathLike[str]],
    *,
    license: str = "",
    date_published: str | None = None,
    publisher: str = "",
    action: CrateAction | None = None,
    version: Literal["1.1", "1.2"] = "1.1",
) -> str:
    """Return ``ro-crate-metadata.json`` for a folder that holds a report and its files.

    Files of the report's provenance are found by their hash. Those that are not in the folder are
    described without being parts of it.

    Args:
        report: The report. Its title, authors, subtitle and provenance become metadata.
        files: Each file of the folder by its path in it: the content, as of ``render_files``, or
            a path that is read.
        license: The address or the SPDX name of the license. RO-Crate demands one; without it
            the metadata say that none is stated.
        date_published: As ISO 8601; None takes the report's date.
        publisher: The organization that publishes the folder.
        action: What made the files; its agents are the authors of the report.
        version: The version of RO-Crate.

    Returns:
        The JSON-LD text, in which every file has its size and its SHA-256 hash.

    Raises:
        ReportError: There is no date or no file, a date is not ISO 8601, a path leads out of the
            folder or to no plain file, the action names a file that is not there, or the version is
            unknown.
        OSError: A file cannot be read.
    """
    date = date_published or report.date
    if not date or not files:
        raise ReportError("ro_crate: a date and at least one file are needed")
    if version not in ("1.1", "1.2"):
        raise ReportError(f"ro_crate: version {version!r:.20} is unknown; known: 1.1, 1.2")
    _checked_date(date, "ro_crate, date_published")
    ids = {name: _file_id(name) for name in sorted(files)}
    known = {each.sha256: each for block in report.blocks(Provenance) for each in block.artifacts}
    parts = [_file(name, files[name], ids[name], known) for name in ids]
    there = {each["sha256"] for each in parts}
    others = [
        _described(f"#artifact-{at}", "CreativeWork", each.path, each.description)
        | {"sha256": each.sha256}
        for at, each in enumerate(
            (each for each in known.values() if each.sha256 not in there), start=1
        )
    ]
    authors = [
        {"@id": f"#author-{at}", "@type": "Person", "name": name}
        for at, name in enumerate(report.authors, start=1)
    ]
    terms = _license(license)
    actions = _action(action, ids, authors) if action else []
    publishers = [_described("#publisher", "Organization", publisher, "")] if publisher else []
    root: _Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": report.title,
        "description": report.banner or report.subtitle or report.title,
        "datePublished": date,
        "license": {"@id": terms["@id"]},
        "hasPart": _links(parts),
    }
    root |= {"author": _links(authors)} if authors else {}
    root |= {"publisher": _links(publishers)} if publishers else {}
    root |= {"isBasedOn": _links(others)} if others else {}
    if actions:
        profile = _described(_RUN_PROFILE, "CreativeWork", "Process Run Crate", "") | {
            "version": "0.5"
        }
        actions.append(profile)
        root |= {"mentions": _links(actions[:1]), "conformsTo": _links([profile])}
    descriptor: _Entity = {
        "@id": CRATE_FILE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": f"https://w3id.org/ro/crate/{version}"},
        "about": {"@id": "./"},
    }
    graph = [descriptor, root, *parts, *others, *authors, *publishers, terms, *actions]
    context = f"https://w3id.org/ro/crate/{version}/context"
    return json.dumps({"@context": context, "@graph": graph}, indent=2) + "\n"


def _checked_date(text: str, place: str) -> None:
    if not _DATE.fullmatch(checked_text(text, place)):
        raise ReportError(f"{place}: {text!r:.40} is not ISO 8601; write it as 2026-11-28")


def _file_id(name: object) -> str:
    """Return the address of a file in the crate; its characters are those of RFC 3986."""
    text = checked_text(name, "ro_crate, name of a file")
    steps = text.split("/")
    if not text or "\\" in text or set(steps) & {"", ".", ".."}:
        raise ReportError(f"ro_crate: {text!r:.80} is not the path of a file inside the folder")
    if text == CRATE_FILE:
        raise ReportError(f"ro_crate: {CRATE_FILE} describes the files and is not one of them")
    return quote(text, safe="/", errors="replace")


def _file(
    name: str, content: bytes | PathLike[str], id: str, known: Mapping[str, Artifact]
) -> _Entity:
    """Return a file with its size and hash, and what the report's provenance says of that hash."""
    if isinstance(content, bytes):
        size, digest = len(content), hashlib.sha256(content).hexdigest()
    else:
        path = Path(content)
        try:
            opened = open_plain(path)
        except ValueError as error:
            raise ReportError(f"ro_crate, {name!r:.60}: {error}") from error
        with opened as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    description = known[digest].description if digest in known else ""
    return _described(id, "File", name, description) | {
        "contentSize": str(size),
        "encodingFormat": _MEDIA_TYPES.get(Path(name).suffix.lower(), "application/octet-stream"),
        "sha256": digest,
    }


def _license(license: str) -> _Entity:
    text = checked_address(license, "ro_crate, license")
    if not text.strip():
        return _described("#license", "CreativeWork", "No license", _NO_LICENSE)
    if _WEB.fullmatch(text):
        return _described(text, "CreativeWork", text, "The license of the files.")
    if _SPDX.fullmatch(text):
        address = f"https://spdx.org/licenses/{text}"
        return _described(address, "CreativeWork", text, f"The license {text} of the SPDX list.")
    return _described("#license", "CreativeWork", text, text)


def _action(
    action: CrateAction, ids: Mapping[str, str], authors: Sequence[Mapping[str, object]]
) -> list[_Entity]:
    """Return an action, first, with the programs that it used."""
    unknown = [name for name in (*action.inputs, *action.outputs) if name not in ids]
    if unknown:
        raise ReportError(f"ro_crate: the action names {unknown[0]!r:.80}, which is not a file")
    programs: list[_Entity] = [
        {
            "@id": action.addresses.get(name, f"#software-{at}"),
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": version,
            **({"url": action.addresses[name]} if name in action.addresses else {}),
        }
        for at, (name, version) in enumerate(action.software.items(), start=1)
    ]
    linked = {
        "instrument": _links(programs),
        "object": _links({"@id": ids[name]} for name in action.inputs),
        "result": _links({"@id": ids[name]} for name in action.outputs),
        "endTime": action.ended_at,
        "agent": _links(authors),
        "description": action.description,
    }
    made: _Entity = {"@id": "#action", "@type": "CreateAction", "name": action.name}
    return [made | {key: value for key, value in linked.items() if value}, *programs]


def _described(id: str, type: str, name: str, description: str) -> _Entity:
    about = {"description": description} if description else {}
    return {"@id": id, "@type": type, "name": name, **about}


def _links(entities: Iterable[Mapping[str, object]]) -> Any:
    """Return links to entities; one alone is not a list, as RO-Crate recommends."""
    links = [{"@id": each["@id"]} for each in entities]
    return links[0] if len(links) == 1 else links
