"""Anonymisation: hashes or drops ids of people, answers and free text."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from .._core.deprecated import renamed_arguments
from .._core.renamed import old_fields, renamed_attribute


@old_fields(renamed_arguments(longest="max_text"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymize:
    """Hides columns and attributes in an export.

    Args:
        hash: Columns or attributes that become a keyed digest: equal values stay equal.
        drop: Columns or attributes to omit.
        free_text: Hash every text attribute longer than ``max_text``, also inside of lists and
            nested values.
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
        found = {key: value for key, value in row.items() if key not in self.drop}
        for key in self.hash:
            if found.get(key) is not None:
                found[key] = self.digest(found[key])
        found["attributes"] = {
            key: self._attribute(key, value)
            for key, value in row["attributes"].items()
            if key not in self.drop
        }
        return found

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

    def _attribute(self, key: str, value: Any) -> Any:
        if key in self.hash:
            return self.digest(value)
        return self._text(value) if self.free_text else value

    def _text(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > self.max_text:
            return self.digest(value)
        if isinstance(value, Mapping):
            return {
                self._text(key): self._attribute(str(key), each)
                for key, each in value.items()
                if key not in self.drop
            }
        return [self._text(each) for each in value] if isinstance(value, list) else value
