"""The error of a request whose attempts all failed, so that callers still recognise it."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from .errors import AllAttemptsFailedError, HedgingError, error_text


def all_failed(errors: Sequence[BaseException], reason: str = "") -> AllAttemptsFailedError:
    """The error of a request whose attempts all failed.

    With errors of one class it is of that class too, and has the attributes of the first. A class
    that cannot be combined with ``AllAttemptsFailedError`` is left out.

    Args:
        errors: One for each attempt.
        reason: Why no further attempt was started.
    """
    kinds = {type(each) for each in errors}
    kind = kinds.pop() if len(kinds) == 1 else None
    both = None if kind is None else _combined(kind)  # type: ignore[arg-type]  # classes are hashable
    if both is None:
        return AllAttemptsFailedError(errors, reason)
    return _alike(both, errors, reason)


def original_error(failed: AllAttemptsFailedError) -> BaseException:
    """The first error with the others as notes when all are of one class; else the whole."""
    kinds = {type(each) for each in failed.errors}
    if len(kinds) != 1 or not _is_own(kinds.pop()):
        return failed
    first, *others = failed.errors
    notes = [
        f"attempt {number} failed too: {error_text(each)}"
        for number, each in enumerate(others, start=2)
        if each is not first
    ]
    known = getattr(first, "__notes__", [])
    for note in notes:
        if note not in known:
            with suppress(Exception):  # an error may refuse attributes, as a frozen one does
                first.add_note(note)
    return first


def _is_own(kind: type[BaseException]) -> bool:
    """Whether the class is the caller's: an error that is not one of this library's."""
    return issubclass(kind, Exception) and not issubclass(kind, HedgingError | ExceptionGroup)


@cache
def _combined(kind: type[BaseException]) -> type[AllAttemptsFailedError] | None:
    if not _is_own(kind):
        return None
    body: dict[str, Any] = {"__doc__": kind.__doc__, "__module__": kind.__module__}
    # The class may have a property of these names, which takes no value.
    body |= {"errors": (), "reason": ""}
    body |= {"__str__": _text, "__reduce__": _reduced, "__setattr__": BaseException.__setattr__}
    try:
        both = type(kind.__name__, (AllAttemptsFailedError, kind), body)
        _new(both)
    except TypeError:  # the two have different layouts, or the class cannot be derived from
        return None
    return both


def _new(both: type[BaseException]) -> Any:
    """An error without the initialiser of the caller's class, whose arguments are not known."""
    return (OSError if issubclass(both, OSError) else Exception).__new__(both)


def _reduced(self: AllAttemptsFailedError) -> tuple[object, ...]:
    return all_failed, (self.errors, self.reason)


def _text(self: AllAttemptsFailedError) -> str:
    return str(AllAttemptsFailedError(self.errors, self.reason))


def _alike(
    both: type[AllAttemptsFailedError], errors: Sequence[BaseException], reason: str
) -> AllAttemptsFailedError:
    """An error of the combined class with the attributes of the first error."""
    first = errors[0]
    error: AllAttemptsFailedError = _new(both)
    error.__dict__.update(getattr(first, "__dict__", {}))
    error.__dict__.pop("__notes__", None)
    error.args = first.args
    for name in _native_attributes(type(first)):
        try:
            setattr(error, name, getattr(first, name))
        except (AttributeError, TypeError):
            continue
    error.errors, error.reason = tuple(errors), reason
    return error


def _native_attributes(kind: type[BaseException]) -> list[str]:
    """The attributes that built-in classes and slots hold outside of the dictionary."""
    skip = {"__dict__", "__weakref__", "args", "__cause__", "__context__", "__traceback__"}
    names = (
        name
        for each in kind.__mro__
        if each not in (object, BaseException, Exception)
        for name, value in vars(each).items()
        if type(value).__name__ in ("member_descriptor", "getset_descriptor")
    )
    return [name for name in names if name not in skip]
