"""Write the tables of rooms in docs/architecture.md from the rooms' own sentences.

Run: python tests/rooms_table.py
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BLOCK = re.compile(r"(<!-- rooms: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def updated(page: str) -> str:
    """The text of the page with every table of rooms made anew."""
    return BLOCK.sub(lambda found: found[1] + _table(found[2]) + found[3], page)


def _table(package: str) -> str:
    source = ROOT / "packages" / package / "src" / package
    lines = ["| room | duty |", "|---|---|"]
    for path in sorted(source.glob("_*/**/__init__.py")):
        duty = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        room = path.parent.relative_to(source).as_posix()
        lines.append(f"| `{room}` | {' '.join(duty.split())} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
