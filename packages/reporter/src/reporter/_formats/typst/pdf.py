"""A document as a tagged PDF, which the typst package makes."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.errors import FormatError, MissingExtraError
from ..._model.document import Document
from .page import render_typst

# What typst says where no font has a character; PDF/UA-1 (ISO 14289-1, 7.21) forbids such texts.
_NO_GLYPH = re.compile(r"the text `?\"(.+?)\"`? could not be displayed", re.DOTALL)
_MAX_SCRIPTS = 30
_KEPT = {"LATIN", "GREEK", "RIGHT", "LEFT", "EM", "EN", "ZERO", "HORIZONTAL", "MINUS"}


@dataclass(frozen=True, slots=True)
class PdfRenderer:
    """The PDF format: tagged for assistive technology (PDF/UA-1), and the same bytes each time.

    Attributes:
        columns: The number of columns of a page.
    """

    columns: int = 1

    def files(self, report: Document, stem: str) -> Mapping[str, str | bytes]:
        """Return the PDF. Characters that no font has are printed as their code.

        Raises:
            MissingExtraError: The typst package is not installed.
            FormatError: Typst refuses the document.
        """
        try:
            import typst  # noqa: PLC0415  # an extra
        except ImportError as error:
            raise MissingExtraError("typst", "typst") from error
        source = render_typst(report, columns=self.columns).encode("utf-8", "replace").decode()
        for _ in range(_MAX_SCRIPTS):
            try:
                made: Any = typst.compile(source.encode(), format="pdf", pdf_standards="ua-1")
            except Exception as error:  # typst raises errors of several kinds
                readable = _without_script(source, str(error))
                if readable == source:
                    raise FormatError("pdf", f"typst refused it: {error!s:.400}") from error
                source = readable
            else:
                return {f"{stem}.pdf": made}
        raise FormatError("pdf", "no font has its characters; install more fonts")


def _without_script(source: str, problem: str) -> str:
    """Return the source with codes for the characters of the scripts that no font has."""
    found = _NO_GLYPH.search(problem)
    missing = {_script(sign) for sign in found[1] if not sign.isascii()} if found else set()
    if not missing and "PDF/UA" in problem:  # typst does not say which text; keep Latin and Greek
        missing = {_script(sign) for sign in source if not sign.isascii()} - _KEPT
    if not missing:
        return source
    return "".join(
        f"[U+{ord(sign):04X}]" if not sign.isascii() and _script(sign) in missing else sign
        for sign in source
    )


def _script(sign: str) -> str:
    """Return the first word of a character's name, such as HEBREW; itself without a name."""
    return unicodedata.name(sign, sign).split()[0]
