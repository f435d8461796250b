"""Options that many functions share, and the checks of their values."""

from __future__ import annotations

import math
import types
import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import wraps
from typing import (
    Any,
    Literal,
    ParamSpec,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from .errors import InvalidOptionError
from .lazy import np

P = ParamSpec("P")
R = TypeVar("R")
Value = TypeVar("Value", bound=str)
Check = Callable[[str, Any], Any]
MIN_RESAMPLES = 100
MissingPolicy = Literal["error", "omit"]
MISSING_POLICIES: tuple[MissingPolicy, ...] = ("error", "omit")
Alternative = Literal["two-sided", "less", "greater"]
ALTERNATIVES: tuple[Alternative, ...] = ("two-sided", "less", "greater")

RankMethod = Literal["auto", "exact", "asymptotic"]
RANK_METHODS: tuple[RankMethod, ...] = get_args(RankMethod)
_ANY_COUNT = -(2**63)


def check_choice(option: str, value: object, known: Iterable[object]) -> None:
    choices = tuple(known)
    try:
        found = value in choices
    except ValueError:  # an array has no one truth
        found = False
    if not found:
        raise InvalidOptionError(option, value, choices)


def check_share(option: str, value: float) -> None:
    """Levels, probabilities of error and power lie strictly between 0 and 1."""
    if not 0.0 < share_number(value) < 1.0:
        raise InvalidOptionError(option, value, "between 0 and 1 (such as 0.95)")


def share_number(value: Any) -> float:
    """A share to calculate with; NaN for what floats do not mix with, such as a Decimal."""
    mixes = isinstance(value, float | int) or hasattr(value, "dtype")
    return plain_number(value) if mixes else math.nan


_NO_NUMBERS = (str, bytes, bytearray, complex)


def plain_number(value: Any) -> float:
    """A single number of any library as a float; NaN for everything else."""
    if isinstance(value, _NO_NUMBERS) or getattr(value, "ndim", 0) != 0:
        return math.nan
    if isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b":
        return math.nan  # an option that is true was meant as another one
    try:
        return float(value)
    except Exception:  # noqa: BLE001  # the value's own code
        return math.nan


def check_number(option: str, value: Any) -> float:
    """The value of an option as a finite float."""
    found = plain_number(value)
    if not math.isfinite(found):
        raise InvalidOptionError(option, value, "a finite number")
    return found


def check_above(option: str, value: Any, least: float = 0.0) -> float:
    """The value of an option as a finite float above ``least``."""
    found = check_number(option, value)
    if not found > least:
        raise InvalidOptionError(option, value, f"above {least:g}")
    return found


def check_whole(option: str, value: Any, least: int = 1) -> int:
    """The value of an option as a whole number that is not below ``least``."""
    found = plain_number(value)
    if not math.isfinite(found) or found != int(found) or found < least:
        bound = f" from {least} up" if least > _ANY_COUNT else ""
        raise InvalidOptionError(option, value, f"a whole number{bound}")
    return int(found)


def renamed_value(option: str, value: Value, new_values: Mapping[str, Value]) -> Value:
    """The value of an option, with values of older versions under their new names."""
    if value not in new_values:
        return value
    new = new_values[value]
    text = f"{option}={value!r} is now {option}={new!r}"
    warnings.warn(
        text, DeprecationWarning, stacklevel=4
    )  # of the caller of a function with checked options
    return new


def checked_options(function: Callable[P, R]) -> Callable[P, R]:
    """Check the options of a public function before its data are read, used here or not.

    The annotation of an option says what it may be; numbers of other libraries become Python's.
    """
    checks: dict[str, Check] = {}
    places: list[tuple[int, str]] = []

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not checks:
            checks.update(_checks_of(function))
            code = function.__code__
            names = code.co_varnames[: code.co_argcount]
            places.extend((place, name) for place, name in enumerate(names) if name in checks)
        for name, value in kwargs.items():
            if name in checks:
                kwargs[name] = checks[name](name, value)
        given: Sequence[Any] = args
        for place, name in places:
            if place < len(given):
                given = [*given[:place], checks[name](name, given[place]), *given[place + 1 :]]
        return function(*given, **kwargs)

    return call


def _checks_of(function: Callable[..., object]) -> dict[str, Check]:
    found: dict[str, Check] = {"": check_flag}  # never empty: the annotations are read once
    for name, annotation in function.__annotations__.items():
        alone = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            kind = get_type_hints(alone, function.__globals__)[name]
        except NameError:  # the type of data, imported for the type checker alone
            continue
        check = _NUMBERS.get(name) or _check_of_type(kind) or _BY_NAME.get(name)
        if check is not None:
            found[name] = _optional(check) if _allows_none(kind) else check
    return found


def _check_of_type(kind: Any) -> Check | None:
    options = [each for each in _members(kind) if each is not types.NoneType]
    if any(get_origin(each) is Callable for each in options):
        return _callable_or(tuple(each for each in options if get_origin(each) is Literal))
    if _allows_none(kind) and [get_origin(each) for each in options] == [Mapping]:
        return check_mapping
    if options and all(get_origin(each) is Literal for each in options):
        choices = tuple(choice for each in options for choice in get_args(each))
        return lambda option, value: _choice(option, value, choices)
    if any(each in (str, Sequence[str]) for each in options):
        return check_columns if Sequence[str] in options else check_name
    return _BY_TYPE.get(options[0]) if len(options) == 1 else None


def _members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _allows_none(kind: Any) -> bool:
    return types.NoneType in _members(kind)


def _optional(check: Check) -> Check:
    return lambda option, value: None if value is None else check(option, value)


def _choice(option: str, value: Any, choices: tuple[object, ...]) -> Any:
    old = option == "missing" and isinstance(value, str) and value == "exclude"
    if not old:  # which the function translates
        check_choice(option, value, choices)
    return value


def check_flag(option: str, value: Any) -> bool:
    """True or False, of Python or numpy; texts such as "False" would count as true."""
    if not isinstance(value, bool | np.bool_):
        raise InvalidOptionError(option, value, (True, False))
    return bool(value)


def check_real(option: str, value: Any) -> float:
    """A number as a float, infinite ones included: some ends are."""
    found = plain_number(value)
    if math.isnan(found):
        raise InvalidOptionError(option, value, "a number")
    return found


def check_count(option: str, value: Any) -> int:
    """A whole number of any library; its range is the function's own matter."""
    return check_whole(option, value, least=_ANY_COUNT)


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def check_seed(option: str, value: Any) -> int:
    if not _is_whole(value) or value < 0:
        raise InvalidOptionError(option, value, "a whole number from 0 up")
    return int(value)


def check_resamples(option: str, value: Any) -> int:
    if not _is_whole(value):
        raise InvalidOptionError(option, value, "a whole number (an int)")
    return check_whole(option, value, MIN_RESAMPLES)


def check_level(option: str, value: Any) -> float:
    found = plain_number(value)
    if not 0.0 < found < 1.0:
        raise InvalidOptionError(option, value, "between 0 and 1 (such as 0.95)")
    return found


def check_name(option: str, value: Any) -> Any:
    if value is None or not isinstance(value, Hashable):
        raise InvalidOptionError(option, value, "a name")
    return value


def check_columns(option: str, value: Any) -> Any:
    """Names in a list; a single one may stand alone."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Iterable):
        raise InvalidOptionError(option, value, "a list of names")
    return [check_name(option, each) for each in value]


def check_ids(option: str, value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise InvalidOptionError(option, value, "the ids of the control and of the treatment")
    return value


def check_labels(option: str, value: Any) -> Any:
    if isinstance(value, str | bytes) or not (
        isinstance(value, Iterable) or hasattr(value, "__array__")
    ):
        raise InvalidOptionError(option, value, "one label for every item")
    return value


def check_mapping(option: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise InvalidOptionError(option, value, "a mapping by name")
    return value


def _callable_or(literals: tuple[Any, ...]) -> Check:
    """A function, or one of the names of functions."""
    names = tuple(name for each in literals for name in get_args(each))
    known = (*names, "a function") if names else "a function"

    def check(option: str, value: Any) -> Any:
        if not callable(value) and not (isinstance(value, str) and value in names):
            raise InvalidOptionError(option, value, known)
        return value

    return check


def check_pair(option: str, value: Any) -> tuple[float, float]:
    """The two parameters of a beta distribution."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise InvalidOptionError(option, value, "two numbers above 0")
    return check_real(option, value[0]), check_real(option, value[1])


_BY_TYPE: dict[Any, Check] = {
    bool: check_flag,
    float: check_real,
    int: check_count,
    tuple[float, float]: check_pair,
}
_NUMBERS: dict[str, Check] = {
    "level": check_level,
    "effect_level": check_level,
    "seed": check_seed,
    "resamples": check_resamples,
}
_BY_NAME: dict[str, Check] = {
    "ids": check_ids,
    "clusters": check_labels,
    "families": check_columns,
}
