"""Lower bounds of dependencies leave out releases with known weaknesses."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

PACKAGES = Path(__file__).parent.parent / "packages"
# The last release that must not be accepted.
WEAK = {
    "aiohttp": "3.14.3",
    "brotli": "1.2.0",
    "filelock": "3.20.2",
    "h11": "0.14.0",
    "jinja2": "3.1.5",
    "litellm": "1.82.8",
    "protobuf": "6.33.4",
    "pyarrow": "14.0.0",
    "pypdf": "6.10.2",
    "ray": "2.53.0",
    "requests": "2.32.3",
    "starlette": "1.3.0",
    "urllib3": "2.6.3",
}
ON_H11 = ("anthropic", "httpx", "google-genai", "litellm", "openai", "uvicorn")


def groups() -> Iterator[tuple[str, list[Requirement]]]:
    for path in sorted(PACKAGES.glob("*/pyproject.toml")):
        about = tomllib.loads(path.read_text())["project"]
        extras = about.get("optional-dependencies", {})
        for name, each in {"": about.get("dependencies", []), **extras}.items():
            yield f"{path.parent.name}[{name}]", [Requirement(text) for text in each]


GROUPS = dict(groups())


@pytest.mark.parametrize("group", GROUPS)
def test_no_release_with_a_known_weakness_is_accepted(group: str) -> None:
    for each in GROUPS[group]:
        weak = WEAK.get(each.name.lower())
        assert weak is None or Version(weak) not in each.specifier, str(each)


@pytest.mark.parametrize("group", GROUPS)
def test_what_stands_on_h11_bounds_it(group: str) -> None:
    names = {each.name for each in GROUPS[group]}

    assert "h11" in names or not names & {*ON_H11}


def test_every_bound_is_one_of_a_dependency() -> None:
    assert {*WEAK} <= {each.name.lower() for found in GROUPS.values() for each in found}
