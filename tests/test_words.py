"""The words of the field: forms that a reader would have to look up are refused."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for pattern in (
        "*.md",
        "*.cff",
        "docs/**/*.md",
        "docs/**/*.py",
        "packages/**/*.py",
        "packages/**/*.md",
    )
    for path in ROOT.glob(pattern)
    if not {".venv", "node_modules", "results"} & set(path.parts)
)
# The old names that still work, for one version.
PAGES = [path for path in PAGES if path.name != "old_names.py"]
PAGES += sorted(path for path in ROOT.glob("tests/**/*.py") if path != Path(__file__))
# A form, and what to write instead.
BANNED = {
    r"nobody": "who: users, readers, no process",
    r"sittings?": "session",
    r"whoever": "the user who",
    r"what became of": "the result of",
    r"executioner": "row runner",
    r"leaves? the house": "is exported",
    r"lets? go( of)?": "releases, removes",
    r"honest(ly)?": "accurate, calibrated, or nothing",
    r"(?<!cannot )tells?(?! apart|\(\))|told(?! apart)": "says, shows, returns, reports",
    r"it is none|there is none": "there is no such value",
    r"laws?": "distribution",
    r"order of asking": "execution",
    r"most_at_once": "max_concurrency",
    r"most_usd": "max_cost_usd",
    r"breaths?": "batch",
    r"riddles?": "unclear",
    r"some \d+ (ns|us|µs|ms|s)": "one figure with its source",
    r"a few (hundredths|ms|milliseconds|seconds)": "one figure with its source",
}
ANY = re.compile(rf"\b(?:{'|'.join(BANNED)})\b", re.IGNORECASE)  # fast, for pages without any
FORMS = re.compile(
    "|".join(rf"(?P<f{at}>\b(?:{form})\b)" for at, form in enumerate(BANNED)), re.IGNORECASE
)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_uses_the_words_of_the_field(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = []
    for number, line in enumerate(text.splitlines() if ANY.search(text) else (), start=1):
        for match in FORMS.finditer(line):
            instead = list(BANNED.values())[int(match.lastgroup[1:])] if match.lastgroup else ""
            found.append(f"line {number}: {match[0]!r}; write: {instead}")

    assert not found
