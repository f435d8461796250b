"""Metadata of a folder with a report as an RO-Crate (https://w3id.org/ro/crate/1.1)."""

import hashlib
import json
from collections.abc import Mapping

from .._core.errors import ReportError
from .._model.evidence import Provenance
from .._report.report import Report

_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".tex": "application/x-tex",
}


def ro_crate(
    report: Report, files: Mapping[str, bytes], *, license: str, date_published: str | None = None
) -> str:
    """Return ``ro-crate-metadata.json`` for a folder that holds a report and its files.

    Args:
        report: The report. Its title, authors, subtitle and provenance become metadata.
        files: The content of each file of the folder by its name, as of ``render_files``.
        license: The address or the SPDX name of the license, which RO-Crate demands.
        date_published: As ISO 8601; None takes the report's date.

    Returns:
        The JSON-LD text, in which every file has its size and its SHA-256 hash.

    Raises:
        ReportError: There is no date or no file.
    """
    date = date_published or report.date
    if not date or not files:
        raise ReportError("ro_crate: a date and at least one file are needed")
    authors = [{"@id": f"#author-{at}"} for at in range(1, len(report.authors) + 1)]
    known = {each.path: each for block in report.blocks(Provenance) for each in block.artifacts}
    entities: list[dict[str, object]] = [_file(name, files[name]) for name in sorted(files)]
    for path, each in known.items():
        if path not in files:
            about = {"description": each.description} if each.description else {}
            entities.append(
                {"@id": path, "@type": "File", "name": path, "sha256": each.sha256, **about}
            )
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": report.title,
        "description": report.banner or report.subtitle or report.title,
        "datePublished": date,
        "license": license,
        "author": authors,
        "hasPart": [{"@id": entity["@id"]} for entity in entities],
    }
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        root,
        *entities,
        *(
            {"@id": f"#author-{at}", "@type": "Person", "name": name}
            for at, name in enumerate(report.authors, start=1)
        ),
    ]
    values = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return json.dumps(values, indent=2) + "\n"


def _file(name: str, content: bytes) -> dict[str, object]:
    ending = "." + name.rpartition(".")[2]
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "contentSize": str(len(content)),
        "encodingFormat": _MEDIA_TYPES.get(ending, "application/octet-stream"),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
