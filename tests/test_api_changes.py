"""What a library no longer has is named in its changelog."""

import re
from pathlib import Path

import pytest

from .api_surface import LIBRARIES, last_release, removed
from .test_words import BANNED  # old spellings: entries describe them in words

PACKAGES = Path(__file__).parent.parent / "packages"


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_went_since_the_last_release_is_named_in_the_changelog(library: str) -> None:
    text = (PACKAGES / library / "CHANGELOG.md").read_text(encoding="utf-8")
    since, _, _ = text.partition(f"\n## {last_release().name}")

    unnamed = [
        place
        for name, place in removed(library)
        if name not in BANNED and not re.search(rf"\b{name}\b", since)
    ]

    assert not unnamed, f"name these in packages/{library}/CHANGELOG.md: {unnamed}"
