"""Anonymisation: hashes or drops ids of people, answers and free text."""

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from .._core.deprecated import renamed_arguments
from .._core.event import Event
from .._core.renamed import old_fields, renamed_attribute

_IDS = ("experiment_id", "source", "event_id")


@old_fields(renamed_arguments(longest="max_text"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymize:
    """Hides columns and attributes in an export.

    Args:
        hash: Columns or attributes that become a keyed digest: equal values stay equal. A name fits
            at any depth; ``attributes.a.b`` is one attribute. An export refuses a name that fits
            nothing.
        drop: Columns or attributes to omit.
        free_text: Hash every text longer than ``max_text``: columns, attributes and their names,
            also inside of lists and nested values. The ids of experiment, source and event stay.
        max_text: The longest text that is not free text, in characters.
        key: The secret of the digests. Without it, guesses cannot be tested. Use another one for
            each release.

    Raises:
        ValueError: The key is empty.

    Example:
        >>> hide = Anonymize(hash=["user_id"], drop=["phone"], key="a secret")
        >>> hide({"attributes": {"user_id": "alice", "phone": "555"}})
        {'attributes': {'user_id': '9e43c513b4265aae'}}
    """

    hash: Sequence[str] = ()
    drop: Sequence[str] = ()
    free_text: bool = True
    max_text: int = 40
    key: str

    if not TYPE_CHECKING:
        longest = renamed_attribute("max_text")

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError(
                "key is empty: digests without a secret can be guessed; give a secret text"
            )

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Anonymise one row.

        Args:
            row: The row, with its attributes as a dict.
        """
        found: dict[str, Any] = {}
        for key, value in row.items():
            if key == "attributes" or self.drops(key):
                continue
            hidden = self.hashes(key) and value is not None
            found[key] = self.digest(value) if hidden else self.column(key, value)
        found["attributes"] = self.fields(row["attributes"])
        return found

    def require_known(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Check that every name of ``hash`` and ``drop`` fits something.

        Args:
            rows: All rows of the export.

        Raises:
            ValueError: A name is neither a field of events nor the name of an attribute.
        """
        names = {*self.hash, *self.drop}
        seen: set[str] = names & {*Event.__slots__, "level", "latency_ms"}
        for row in rows:
            if seen == names:
                return
            _note_names(row["attributes"], "", names, seen)
        unknown = sorted(names - seen)
        if unknown:
            raise ValueError(
                f"hash= or drop= has names that no event has: {', '.join(map(repr, unknown))};"
                " nothing was written"
            )

    def digest(self, value: object) -> str:
        """The keyed digest of a value: 16 hexadecimal digits of HMAC-SHA-256.

        Args:
            value: Anything; its text is hashed.

        Returns:
            The digest.
        """
        text = str(value).encode("utf-8", "backslashreplace")
        return hmac.digest(_secret(self.key), text, "sha256").hex()[:16]

    def drops(self, name: str) -> bool:
        """Whether a column is omitted.

        Args:
            name: Its name.
        """
        return _is_named(frozenset(self.drop), name, name)

    def hashes(self, name: str) -> bool:
        """Whether each value of a column becomes a digest.

        Args:
            name: Its name.
        """
        return _is_named(frozenset(self.hash), name, name)

    def column(self, name: str, value: Any) -> Any:
        """A value of a column that is not named: a long text becomes a digest.

        Args:
            name: The column.
            value: The value.
        """
        return value if name in _IDS or not isinstance(value, str) else self._text(value)

    def fields(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """The attributes of an event, anonymised.

        Args:
            attributes: The attributes.
        """
        return self._fields(attributes, "", frozenset(self.drop), frozenset(self.hash))

    def _fields(
        self, values: Mapping[str, Any], prefix: str, drop: frozenset[str], hashed: frozenset[str]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in values.items():
            path = f"{prefix}{key}"
            if drop and _is_named(drop, key, path):
                continue
            if hashed and _is_named(hashed, key, path):
                shown: Any = self.digest(value)
            elif isinstance(value, Mapping | list):
                shown = self._nested(value, f"{path}.", drop, hashed)
            else:
                shown = self._text(value) if isinstance(value, str) else value
            found[self._text(key)] = shown
        return found

    def _nested(self, value: Any, prefix: str, drop: frozenset[str], hashed: frozenset[str]) -> Any:
        if isinstance(value, Mapping):
            return self._fields(value, prefix, drop, hashed)
        if isinstance(value, list):
            return [self._nested(each, prefix, drop, hashed) for each in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        return self.digest(text) if self.free_text and len(text) > self.max_text else text


@lru_cache(maxsize=16)
def _secret(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=32).digest()


def _is_named(names: Collection[str], key: str, path: str) -> bool:
    """Whether a field is named: by its own name, or by its path from the attributes."""
    return key in names or path in names or f"attributes.{path}" in names


def _note_names(values: object, prefix: str, names: Collection[str], seen: set[str]) -> None:
    """Add the names that fit a field of these attributes, at any depth."""
    if isinstance(values, list):
        for each in values:
            _note_names(each, prefix, names, seen)
    elif isinstance(values, Mapping):
        for key, value in values.items():
            path = f"{prefix}{key}"
            seen.update(each for each in (key, path, f"attributes.{path}") if each in names)
            _note_names(value, f"{path}.", names, seen)
