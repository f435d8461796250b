"""The errors of this package.

BenchError
├── NotEnoughDataError (ValueError)     too few values or clusters for the method
├── UnequalLengthsError (ValueError)    paired data whose two sides do not match
├── MissingValuesError (ValueError)     a missing value where ``missing="error"``
├── InvalidDataError (ValueError)       text, infinities, tables, values out of range
├── InvalidOptionError (ValueError)     the value of an option is unknown
├── UnknownRowError (KeyError)          a result has no row of this name
└── MissingExtraError (ImportError)     the feature needs an extra that is not installed
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .shown import repr_of, shown


class BenchError(Exception):
    """The base of all errors that this package raises itself."""

    @shown
    def __str__(self) -> str:
        return super().__str__()


class NotEnoughDataError(BenchError, ValueError):
    """There are too few values or clusters for the method."""

    def __init__(self, what: str, *, needed: int, got: int, hint: str = "") -> None:
        self.needed: int = needed
        self.got: int = got
        super().__init__(f"{what}: need at least {needed}, got {got}{'; ' + hint if hint else ''}")


class UnequalLengthsError(BenchError, ValueError):
    """Paired data do not match item by item."""

    def __init__(self, control: int, treatment: int, detail: str = "") -> None:
        self.control: int = control
        self.treatment: int = treatment
        super().__init__(
            f"paired data need one value of each side per item: control has {control},"
            f" treatment has {treatment}{'; ' + detail if detail else ''}."
            " Pass mappings from item id to value to pair by id."
        )


class MissingValuesError(BenchError, ValueError):
    """There are missing values, and ``missing`` is ``error``."""

    def __init__(self, name: str, count: int) -> None:
        self.name: str = name
        self.count: int = count
        super().__init__(
            f"{name} has {count} missing value(s) (None or NaN). Score them, or pass"
            " missing='omit' to leave them out; the result then says how many."
        )


class InvalidDataError(BenchError, ValueError):
    """The data do not fit the function."""

    def __init__(self, name: str, problem: str) -> None:
        self.name: str = name
        self.problem: str = problem
        super().__init__(f"{name}: {problem}")


class InvalidOptionError(BenchError, ValueError):
    """The value of an option is unknown or out of range."""

    def __init__(self, option: str, value: object, known: Iterable[object] | str) -> None:
        self.option: str = option
        self.value: object = value
        self.known: tuple[object, ...] = () if isinstance(known, str) else tuple(known)
        choices = known if isinstance(known, str) else ", ".join(map(repr, self.known))
        super().__init__(
            f"{option}={repr_of(value)} is not possible here; it must be {choices}"
            + _nearest(value, self.known)
        )


class UnknownRowError(BenchError, KeyError):
    """A result has no row of this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name: str = name
        self.known: tuple[str, ...] = tuple(known)
        super().__init__(name)

    @shown
    def __str__(self) -> str:
        rows = ", ".join(map(repr, self.known))
        return f"no row {self.name!r} in the result; it has {rows}" + _nearest(
            self.name, self.known
        )


class MissingExtraError(BenchError, ImportError):
    """A feature needs an extra that is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        self.feature: str = feature
        self.extra: str = extra
        self.package: str = "crucible-framework-bench"
        super().__init__(
            f"{feature} needs the extra {extra!r}: pip install '{self.package}[{extra}]'"
        )


def _nearest(value: object, known: Sequence[object]) -> str:
    """A hint at the nearest of the known names, if one is near."""
    from difflib import get_close_matches  # noqa: PLC0415  # only an error needs it

    names = [each for each in known if isinstance(each, str)]
    found = get_close_matches(value, names, n=1) if isinstance(value, str) else []
    return f". Did you mean {found[0]!r}?" if found else ""
