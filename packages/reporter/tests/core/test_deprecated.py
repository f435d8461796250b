"""Old names work for one more minor version."""

import pytest

import reporter


@pytest.mark.parametrize(
    ("old", "new"),
    [("Span", "InlineText"), ("formats", "format_names"), ("register", "register_format")],
)
def test_an_old_name_works_and_warns(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"reporter.{old} is now reporter.{new}"):
        assert getattr(reporter, old) is getattr(reporter, new)

    assert old not in reporter.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Spam'"):
        getattr(reporter, "Spam")  # noqa: B009  # the module has no such name
