"""The system that others are compared with, as a user names it."""

from collections.abc import Sequence
from pathlib import Path

from .._core.errors import ComparisonError
from .._logs.answers import Answers


def named_system(named: str, answers: Sequence[Answers]) -> str:
    """The name of a system.

    Args:
        named: Its whole name, the last part of it (``gpt-4o`` of ``openai/gpt-4o``), or the path
            or the file name of its run or log.
        answers: All answers.

    Raises:
        ComparisonError: No system is named so, or several are.
    """
    names = list(dict.fromkeys(each.system for each in answers))
    for fits in (_by_name, _by_last_part, _by_source):
        found = dict.fromkeys(each.system for each in answers if fits(named, each))
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise ComparisonError(f"against: {named!r} may be {', '.join(found)}; name one of them")
    raise ComparisonError(f"against: {named!r} is none of {', '.join(names)}")


def _by_name(named: str, each: Answers) -> bool:
    return each.system == named


def _by_last_part(named: str, each: Answers) -> bool:
    return each.system.partition(" [")[0].rpartition("/")[2] == named


def _by_source(named: str, each: Answers) -> bool:
    source = Path(each.source)
    names = {each.source, source.name, source.name.partition(".")[0]}
    return named in names or Path(named) in (source, *source.parents)
