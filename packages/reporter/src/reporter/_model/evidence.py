"""Blocks of a scientific text: the verdict on a claim, references, and files with their hashes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from .._core.checks import checked_address, checked_text, checked_tuple, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value
from .inline import Inline, checked_inline

VerdictName = Literal["SUPPORTED", "NOT SUPPORTED", "INCONCLUSIVE", "INCOMPLETE"]
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")  # RFC 3986 without []
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Value):
    """The verdict on a claim that was stated before the run.

    Attributes:
        claim: The claim.
        verdict: ``SUPPORTED``, ``NOT SUPPORTED``, ``INCONCLUSIVE`` or ``INCOMPLETE``.
        reason: What the verdict rests on, such as the estimate with its interval.

    Raises:
        ReportError: The verdict is unknown, or a field is not a text.
    """

    claim: str
    verdict: VerdictName
    reason: Inline = ""

    def __post_init__(self) -> None:
        checked_text(self.claim, "verdict, claim")
        if self.verdict not in get_args(VerdictName):
            known = ", ".join(get_args(VerdictName))
            raise ReportError(f"verdict: unknown verdict {self.verdict!r}; known: {known}")
        set_fields(self, reason=checked_inline(self.reason, "verdict, reason"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Value):
    """An entry of a list of references.

    Attributes:
        key: The key of the entry, such as "cohen1988".
        text: The entry as it is printed.
        url: Its address; only ``https`` and ``http`` addresses are allowed.

    Raises:
        ReportError: A field is not a text, or the address has another scheme, a user or a password.
    """

    key: str
    text: str
    url: str = ""

    def __post_init__(self) -> None:
        checked_text(self.key, "reference, key")
        checked_text(self.text, f"reference {self.key!r}, text")
        checked_address(self.url, f"reference {self.key!r}, url")
        if self.url and not _ADDRESS.fullmatch(self.url):
            raise ReportError(
                f"reference {self.key!r}: {self.url!r:.60} is not an http or https address"
            )


@dataclass(frozen=True, slots=True)
class References(Value):
    """A list of references.

    Attributes:
        entries: The entries in order.

    Raises:
        ReportError: An entry is not a ``Reference``, or two have the same key.
    """

    entries: Sequence[Reference]

    def __post_init__(self) -> None:
        entries = checked_tuple(self.entries, "references")
        keys = set()
        for entry in entries:
            if not isinstance(entry, Reference):
                raise ReportError(f"references: an entry is {type(entry).__name__}, not Reference")
            if entry.key in keys:
                raise ReportError(f"references: the key {entry.key!r} is there twice")
            keys.add(entry.key)
        set_fields(self, entries=entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact(Value):
    """A file that a report rests on.

    Attributes:
        path: Its path or name.
        sha256: The SHA-256 hash of its content, in hexadecimal.
        description: What it holds.

    Raises:
        ReportError: A field is not a text, or the hash does not have 64 hexadecimal digits.
    """

    path: str
    sha256: str
    description: str = ""

    def __post_init__(self) -> None:
        checked_text(self.path, "artifact, path")
        checked_text(self.description, f"artifact {self.path!r}, description")
        if not _SHA256.fullmatch(checked_text(self.sha256, f"artifact {self.path!r}, sha256")):
            raise ReportError(f"artifact {self.path!r}: sha256 needs 64 hexadecimal digits")


@dataclass(frozen=True, slots=True)
class Provenance(Value):
    """The files that a report rests on.

    Attributes:
        artifacts: The files in order.

    Raises:
        ReportError: An entry is not an ``Artifact``.
    """

    artifacts: Sequence[Artifact]

    def __post_init__(self) -> None:
        artifacts = checked_tuple(self.artifacts, "provenance")
        for entry in artifacts:
            if not isinstance(entry, Artifact):
                raise ReportError(f"provenance: an entry is {type(entry).__name__}, not Artifact")
        set_fields(self, artifacts=artifacts)
