"""Lower bounds of dependencies leave out releases with known weaknesses."""

import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

PACKAGES = Path(__file__).parent.parent / "packages"
# The last release that must not be accepted, and who says so. Of what is left out on purpose:
# CVE-2026-25087 of pyarrow (15 to 23.0.0) is in a function of C++ that Python does not reach.
WEAK = {
    "aiohttp": ("3.14.3", "GHSA-2g87-pp6c-29x5, GHSA-cq5v-8q36-5273, GHSA-63hf-3vf5-4wqf"),
    "anyio": ("4.14.1", "CVE-2026-63374, CVE-2026-64847"),
    "anthropic": ("0.86.0", "CVE-2026-34450, CVE-2026-34452"),
    "brotli": ("1.2.0", "CVE-2026-111497, CVE-2025-6176"),
    "certifi": ("2024.7.3", "CVE-2024-39689"),
    "click": ("8.3.2", "CVE-2026-7246"),
    "cryptography": ("49.0.0", "CVE-2026-69247, CVE-2026-34073; GHSA-537c-gmf6-5ccf"),
    "filelock": ("4.2.0", "CVE-2026-112909, CVE-2026-22701, CVE-2025-68146"),
    "h11": ("0.14.0", "CVE-2025-43859"),
    "httpcore2": ("2.11.0", "CVE-2026-84378 to CVE-2026-84382"),
    "httpx2": ("2.11.0", "CVE-2026-84378 to CVE-2026-84382"),
    "idna": ("3.14", "CVE-2026-45409, CVE-2024-3651"),
    "jinja2": ("3.1.5", "CVE-2025-27516"),
    "jupyter-core": ("5.8.0", "CVE-2025-30167"),
    "litellm": ("1.83.14", "CVE-2026-49468, CVE-2026-47101, CVE-2026-42208; 1.82.7 and 1.82.8"),
    "lxml": ("6.0.4", "CVE-2026-41066"),
    "mpmath": ("1.2.1", "CVE-2021-29063"),
    "protobuf": ("6.33.4", "CVE-2026-0994"),
    "pyarrow": ("14.0.0", "CVE-2023-47248"),
    "pyasn1": ("0.6.3", "CVE-2026-59884 to CVE-2026-59886, CVE-2026-30922, CVE-2026-23490"),
    "pygments": ("2.19.2", "CVE-2026-4539"),
    "pypdf": ("6.21.4", "the releases 6.21.4 and 7.0.0 name what they mend; CVE-2026-40260"),
    "ray": ("2.53.0", "CVE-2026-27482"),
    "requests": ("2.32.5", "CVE-2026-25645, CVE-2024-47081"),
    "starlette": ("1.3.0", "CVE-2026-54283, CVE-2026-54282, CVE-2026-48710, CVE-2025-62727"),
    "urllib3": ("2.7.0", "CVE-2026-97687, CVE-2026-97689, CVE-2026-44431, CVE-2026-44432"),
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
        weak, why = WEAK.get(each.name.lower(), (None, ""))
        assert weak is None or Version(weak) not in each.specifier, f"{each}: {why}"


@pytest.mark.parametrize("group", GROUPS)
def test_what_stands_on_h11_bounds_it(group: str) -> None:
    names = {each.name for each in GROUPS[group]}

    assert "h11" in names or not names & {*ON_H11}


@pytest.mark.parametrize("group", GROUPS)
def test_what_comes_with_a_dependency_is_bounded_too(group: str) -> None:
    """Without a bound, an installation may keep a weak release that it had before."""
    named = {
        each.name.lower()
        for each in (*GROUPS[group], *GROUPS[f"{group.split('[', maxsplit=1)[0]}[]"])
    }
    found: set[str] = set()
    for each in GROUPS[group]:
        with_dependencies(each.name.lower(), found)

    assert found & {*WEAK} - named == set(), "bound it beside what needs it"


def with_dependencies(name: str, found: set[str]) -> None:
    """Add a distribution and all that it needs, as far as they are installed here."""
    name = name.replace("_", "-")
    if name in found or name.startswith("crucible-framework"):
        return
    try:
        needed = requires(name)
    except PackageNotFoundError:
        return
    found.add(name)
    for text in needed or ():
        each = Requirement(text)
        if each.marker is None or each.marker.evaluate({"extra": ""}):
            with_dependencies(each.name.lower(), found)


def test_every_bound_is_one_of_a_dependency() -> None:
    assert {*WEAK} <= {each.name.lower() for found in GROUPS.values() for each in found}
