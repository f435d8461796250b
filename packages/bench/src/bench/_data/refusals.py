"""What cannot be read in one way only, and is refused rather than guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .._core.errors import InvalidDataError
from .._core.lazy import np

MOST = 1e307  # beyond it sums of values are no floats


_MARKS = ("NAType", "NaTType")


def is_missing(value: object) -> bool:
    """Whether a value is None, NaN (of Python, numpy or Decimal), ``pd.NA`` or NaT."""
    if value is None or type(value).__name__ in _MARKS or value is np.ma.masked:
        return True
    if isinstance(value, str | bytes | tuple | list):
        return False
    try:
        return bool(value != value)  # noqa: PLR0124  # NaN is the one value that differs from itself
    except Exception:  # noqa: BLE001  # arrays have no one truth; a value's own code may raise
        return False


def is_unlabelled(label: object) -> bool:
    """Whether a label or id, or a part of one that is a tuple, is missing.

    NaN is not equal to itself, so that equal tuples that hold one would count as several labels.
    """
    if isinstance(label, tuple | frozenset):
        return any(map(is_unlabelled, label))
    return is_missing(label)


def need_column(values: Any, name: str) -> None:
    """Refuse a table, a set, bytes, and what holds no values at all."""
    if isinstance(values, set | frozenset):
        raise InvalidDataError(name, "expected values in order, got a set, which drops equal ones")
    if is_bytes(values):
        raise InvalidDataError(name, "expected one value per item, got bytes")
    if hasattr(values, "columns") or hasattr(values, "column_names"):
        raise InvalidDataError(name, "expected one column of values, got a table: pass its column")
    if type(values).__name__ == "nditer":  # its items are all one place in memory
        raise InvalidDataError(name, "expected values, got an nditer: pass its array")
    if not isinstance(values, Iterable) and not hasattr(values, "__array__"):
        raise InvalidDataError(
            name, f"expected one value per item, got {type(values).__name__} without any"
        )


def is_bytes(values: Any) -> bool:
    """Whether the values are bytes, or a view of bytes, whose items only look like numbers."""
    if isinstance(values, memoryview):
        return values.format in ("B", "b", "c")
    return isinstance(values, bytes | bytearray)


def distinct(labels: Sequence[Any]) -> Iterable[Any]:
    """Every label once, which is soon looked through; all of them where some cannot be hashed."""
    try:
        return set(labels)
    except Exception:  # noqa: BLE001  # of a label's own code as well
        return labels


def is_key(value: object) -> bool:
    """Whether a value can be looked up; a tuple of lists, for one, cannot."""
    try:
        hash(value)
    except Exception:  # noqa: BLE001  # the value's own code
        return False
    return True


def refuse_unusable(labels: Sequence[Any], name: str) -> None:
    """Refuse labels that cannot be looked up, or compared with each other."""
    place = next((place for place, label in enumerate(labels) if not is_key(label)), None)
    if place is None:
        raise InvalidDataError(name, "some labels cannot be compared: use text")
    kind = type(labels[place]).__name__
    raise InvalidDataError(name, f"the label at position {place} is a {kind}: use text")


_TEXTED = {bool, int, float, str, bytes, type(None)}


def refuse_unspeakable(labels: Sequence[Any], name: str, what: str) -> None:
    """Refuse a label that no result or error could name, since its own text raises."""
    if set(map(type, labels)) <= _TEXTED:
        return
    for place, label in enumerate(labels):
        try:
            texts = str(label), repr(label)
        except Exception as error:  # noqa: BLE001  # the label's own code
            kind, cause = type(label).__name__, type(error).__name__
            raise InvalidDataError(
                name, f"the text of the {what} at position {place} ({kind}) raises {cause}"
            ) from None
        del texts


def refuse_alike(labels: Iterable[Any], name: str) -> None:
    """Refuse labels of which some differ only in their type, such as 1 and "1".

    They are one label that was read in two ways, and would count as two.
    """
    try:
        known = set(labels)
    except Exception:  # noqa: BLE001  # lists and other values that are refused where they are used
        return
    texts = {each for each in known if isinstance(each, str)}
    if not texts or len(texts) == len(known):
        return
    for other in known - texts:
        spelled = {str(other)}
        if isinstance(other, int | float):
            spelled |= {f"{other:g}", str(float(other))}
        elif isinstance(other, bytes):
            spelled |= {other.decode(errors="replace")}
        if both := spelled & texts:
            raise InvalidDataError(
                name, f"{other!r} and {min(both)!r} differ only in their type; use one of them"
            )


def refuse_numbered(keys: Sequence[Any], name: str) -> None:
    """Refuse numbers as keys that are not in order, where nothing says what they number."""
    numbers = [_whole(each) for each in keys]
    known = [each for each in numbers if each is not None]
    if len(known) == len(numbers) and known != sorted(known):
        raise InvalidDataError(
            name,
            "are by numbers that are not in order, and the values have no ids: pass both by id",
        )


def _whole(key: Any) -> int | None:
    try:
        return int(key) if isinstance(key, int | str) else None
    except ValueError:
        return None
