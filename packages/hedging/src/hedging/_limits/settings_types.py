"""The types of the settings of a policy, and settings as text from files and environments."""

import math
from collections.abc import Mapping
from typing import Any

from .._core.errors import PolicyError

_SWITCHES = ("cancel_losers", "only_useful", "load_aware", "shadow", "enabled")
_WHOLE = ("max_hedges", "max_keys", "seed")
_WHOLE_OR_NONE = ("max_concurrent_hedges", "idle_below", "breaker_failures")
_NUMBERS = ("burst", "stagger", "grace_ms", "breaker_open_ms", "min_delay_ms", "canary", "probes")
_NUMBERS_OR_NONE = ("budget", "timeout_ms", "prompt_usd", "max_extra_usd", "max_attempt_usd")
_OPTIONAL = (*_WHOLE_OR_NONE, *_NUMBERS_OR_NONE)
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def check_types(policy: Any) -> None:
    """Check the type of each setting; a switch is not a number, and a text is neither.

    Raises:
        PolicyError: A setting is not of its type.
    """
    for names, kind, wanted in (
        (_SWITCHES, bool, "True or False"),
        ((*_WHOLE, *_WHOLE_OR_NONE), int, "a whole number"),
        ((*_NUMBERS, *_NUMBERS_OR_NONE), int | float, "a finite number"),
        (("max_delay_ms",), int | float, "a number of milliseconds"),
        (("strategy",), str, "the name of a strategy"),
        (("options",), Mapping, "the options of the strategy by their names"),
    ):
        for name in names:
            value = getattr(policy, name)
            if value is None and name in _OPTIONAL:
                continue
            is_switch = isinstance(value, bool) and kind is not bool
            is_infinite = isinstance(value, float) and not math.isfinite(value)
            if is_switch or not isinstance(value, kind) or (is_infinite and name != "max_delay_ms"):
                raise PolicyError(name, value, wanted)


def _without_slips(text: str) -> str:
    if "_" in text:  # Python reads 1_0 as ten
        raise ValueError(text)
    return text


def parsed(name: str, value: Any) -> Any:
    """A setting that may be text as a value of its type.

    Raises:
        PolicyError: The text is not a value of the type of the setting.
    """
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    if name in _OPTIONAL:
        if text in ("none", "null"):
            return None
        if not text:  # a variable that was never filled in must not take a limit away
            raise PolicyError(name, value, "a value, or 'none' for no limit")
    if name in _SWITCHES:
        if text not in (*_TRUE, *_FALSE):
            raise PolicyError(name, value, "'true' or 'false'")
        return text in _TRUE
    try:
        if name in (*_WHOLE, *_WHOLE_OR_NONE):
            return int(_without_slips(text))
        if name in (*_NUMBERS, *_NUMBERS_OR_NONE, "max_delay_ms", "breaker_open_s"):
            return float(_without_slips(text))
    except ValueError:
        raise PolicyError(name, value, "a number") from None
    return value
