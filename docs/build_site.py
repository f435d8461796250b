"""Build the documentation site, offline and strictly.

    uv run --only-group docs python docs/build_site.py
    uv run --only-group docs-material python docs/build_site.py --material

The pages are gathered in ``.site/pages`` as they lie in the repository, so that the links between
them work in both. The reference is read from the sources without importing them.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ROOT / ".site" / "pages"
LINK = re.compile(r"\[([^\]]*)\]\((?!https?://|#|mailto:)([^)#\s]+)(#[^)]*)?\)")


def sources() -> list[Path]:
    """The Markdown files of the site, relative to the repository."""
    patterns = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md")
    patterns += ("packages/*/README.md",)
    found = {path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(path for path in found if "registrations" not in path.parts)


def gather() -> None:
    """Copy the pages, what they link to, and a reference page for each library."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for page in sources():
        text = (ROOT / page).read_text(encoding="utf-8")
        for _, target, _ in LINK.findall(text):
            copy(ROOT / page.parent / target)
        write(PAGES / page, LINK.sub(lambda found, page=page: link(page, found), text))
    for package in sorted((ROOT / "packages").iterdir()):
        name = package.name
        write(PAGES / "reference" / f"{name}.md", f"# {name}: reference\n\n::: {name}\n")


def link(page: Path, found: re.Match[str]) -> str:
    """A link as the site needs it: without a page for a folder, its text remains."""
    target = ROOT / page.parent / found[2]
    return found[1] if target.is_dir() else found[0]


def copy(path: Path) -> None:
    """Copy a file that a page links to and that is not a page."""
    if path.is_file() and path.suffix != ".md":
        target = PAGES / path.resolve().relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def write(path: Path, text: str) -> None:
    """Write a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> int:
    """Gather, then build.

    Returns:
        The exit status of the builder; a warning is an error.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--material", action="store_true", help="build with Material for MkDocs")
    options = parser.parse_args()
    gather()
    builder = ["mkdocs", "build", "--strict", "--quiet"] if options.material else None
    command = builder or ["zensical", "build", "--strict", "--clean"]
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
