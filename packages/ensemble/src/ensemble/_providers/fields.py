"""Fields of requests and responses that all dialects read and write in the same way."""

from typing import Any

from .._core.models import SamplingParameters


def count(usage: object, name: str) -> int | None:
    """A number of tokens, where the provider reports one."""
    number = usage.get(name) if isinstance(usage, dict) else None
    if isinstance(number, str) and number.isdecimal() and number.isascii():
        return int(number)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return number if type(number) is int and number >= 0 else None


def at_index_0(choices: Any) -> Any:
    """The first of several alternative answers; an empty one where it is not among them."""
    found = [each for each in choices or () if each.get("index") in (0, None)]
    return found[0] if found else {}


def text_or_none(value: object) -> str | None:
    """A text, where the provider sends one."""
    return value if isinstance(value, str) else None


def seed_of(sampling: SamplingParameters) -> int | None:
    """The seed of this sample: another sample of the same seed is another answer."""
    return None if sampling.seed is None else sampling.seed + sampling.sample


def given(**values: Any) -> dict[str, Any]:
    """Those that are not None; the others are left to the provider."""
    return {name: value for name, value in values.items() if value is not None}
