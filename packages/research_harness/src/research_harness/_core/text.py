"""Text that any file and any terminal can hold, whatever the object it comes from does."""

MAX_TEXT = 2_000


def safe_text(value: object, *, limit: int | None = MAX_TEXT) -> str:
    """A value as text that can be encoded, of bounded length.

    Args:
        value: Anything; its ``str`` may raise.
        limit: The maximum number of characters; None for no limit.

    Returns:
        The text. A lone surrogate becomes an escape; what is over the limit is cut off and counted.
    """
    text = _encodable(_text_of(value))
    if limit is None or len(text) <= limit:
        return text
    return f"{text[:limit]}... ({len(text) - limit:,} more characters)"


def printable(text: str) -> str:
    """Text without the control characters that a terminal acts on; they become escapes."""
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode()
        for each in text
    )


def error_text(error: BaseException) -> str:
    """The message of an error, or its class where it has none, with the errors of a group.

    Args:
        error: Any error; its ``str`` may raise.
    """
    text = safe_text(error) or type_name(error)
    if not isinstance(error, BaseExceptionGroup):
        return text
    inner = "; ".join(
        f"{type_name(each)}: {safe_text(each, limit=200)}" for each in error.exceptions[:5]
    )
    return safe_text(f"{text} [{inner}]")


def type_name(value: object) -> str:
    """The name of a value's class."""
    return safe_text(type(value).__name__, limit=200) or "unnamed"


def _text_of(value: object) -> str:
    if type(value) is str:
        return value
    try:
        return str.__str__(value if isinstance(value, str) else str(value))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # a foreign __str__ may raise anything
        return f"<{type(value).__name__}, whose text raised {type(error).__name__}>"


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
