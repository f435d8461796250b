"""Anonymisation: hashes or drops ids of people, answers and free text."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
        return self._row(row, set())

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
            self._row(row, seen)
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
        secret = blake2b(self.key.encode(), digest_size=32).digest()
        return hmac.new(
            secret, str(value).encode("utf-8", "backslashreplace"), "sha256"
        ).hexdigest()[:16]

    def _row(self, row: Mapping[str, Any], seen: set[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in row.items():
            if key == "attributes" or self._named(self.drop, key, key, seen):
                continue
            hidden = self._named(self.hash, key, key, seen) and value is not None
            found[key] = self.digest(value) if hidden else self._column(key, value)
        found["attributes"] = self._fields(row["attributes"], "", seen)
        return found

    def _column(self, key: str, value: Any) -> Any:
        return value if key in _IDS or not isinstance(value, str) else self._text(value)

    def _fields(self, values: Mapping[str, Any], prefix: str, seen: set[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in values.items():
            path = f"{prefix}{key}"
            if self._named(self.drop, key, path, seen):
                continue
            hidden = self._named(self.hash, key, path, seen)
            name = self._text(key)
            found[name] = self.digest(value) if hidden else self._value(value, f"{path}.", seen)
        return found

    def _value(self, value: Any, prefix: str, seen: set[str]) -> Any:
        if isinstance(value, Mapping):
            return self._fields(value, prefix, seen)
        if isinstance(value, list):
            return [self._value(each, prefix, seen) for each in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        return self.digest(text) if self.free_text and len(text) > self.max_text else text

    @staticmethod
    def _named(names: Sequence[str], key: str, path: str, seen: set[str]) -> bool:
        """Whether a field is named: by its own name, or by its path from the attributes."""
        fitting = {key, path, f"attributes.{path}"} & set(names)
        seen |= fitting
        return bool(fitting)
