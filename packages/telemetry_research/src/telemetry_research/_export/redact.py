"""Hashing and dropping what must not leave: ids of people, answers, free text."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymize:
    """What to hide in an export.

    Args:
        hash: Columns or attributes that become a keyed digest: equal values stay equal.
        drop: Columns or attributes to leave out.
        free_text: Hash every text attribute longer than ``longest``, whatever its name, also inside
            of lists and nested values.
        longest: What counts as a word and not as free text, in characters.
        key: Secret of the digests; without it nobody can test a guess. Use another for each
            release.
    """

    hash: Sequence[str] = ()
    drop: Sequence[str] = ()
    free_text: bool = True
    longest: int = 40
    key: str

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("key: digests without a secret can be undone by guessing")

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One row with its secrets hidden."""
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

    def digest(self, value: Any) -> str:
        """The keyed digest of a value."""
        secret = blake2b(self.key.encode(), digest_size=32).digest()
        return hmac.new(
            secret, str(value).encode("utf-8", "backslashreplace"), "sha256"
        ).hexdigest()[:16]

    def _attribute(self, key: str, value: Any) -> Any:
        if key in self.hash:
            return self.digest(value)
        return self._text(value) if self.free_text else value

    def _text(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > self.longest:
            return self.digest(value)
        if isinstance(value, Mapping):
            return {
                self._text(key): self._attribute(str(key), each)
                for key, each in value.items()
                if key not in self.drop
            }
        return [self._text(each) for each in value] if isinstance(value, list) else value
