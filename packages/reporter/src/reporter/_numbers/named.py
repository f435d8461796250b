"""The numbers of a report, and those among them that have a name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace

from .._core.errors import ReportError
from .number import Number


def all_numbers(part: object) -> Iterator[Number]:
    """Yield every ``Number`` in a part of a report, in reading order."""
    if isinstance(part, Number):
        yield part
    elif is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from all_numbers(getattr(part, field.name))
    elif isinstance(part, Sequence) and not isinstance(part, str | bytes):
        for entry in part:
            yield from all_numbers(entry)
    elif isinstance(part, Mapping):
        return  # metadata


def named_numbers(part: object) -> dict[str, Number]:
    """Return the numbers that have a name, by their name in order of first use.

    Raises:
        ReportError: Two different numbers have one name.
    """
    named: dict[str, Number] = {}
    for number in all_numbers(part):
        if not number.name:
            continue
        plain = replace(number, show="value")
        if named.setdefault(number.name, plain) != plain:
            raise ReportError(
                f"number {number.name!r}: two different numbers have this name"
                f" ({named[number.name].as_full.text!r} and {plain.as_full.text!r})"
            )
    return named
