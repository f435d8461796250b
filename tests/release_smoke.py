"""Build the eight packages and try each alone in an empty environment.

    python tests/release_smoke.py [--resolution lowest-direct] [--python 3.12]

A source distribution is built for each package, and its wheel from that. In an environment with
the wheel and what it depends on, every public name is read, the types are marked, and one call is
made. With ``--resolution lowest-direct`` the direct dependencies have their lowest versions.
"""

import argparse
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
CALLS = {
    "bench": "assert 0 < module.compare([1, 2, 3, 4], [3, 4, 5, 6]).p_value < 1",
    "causal_trace": "assert len(module.parse(module.example_answer(), 'task').events) > 1",
    "dataset_manager": "assert len(module.arithmetic(5, seed=1)) == 5",
    "ensemble": "assert module.ask_sync('2+2?', model=lambda q: '4').text == '4'",
    "hedging": "assert module.recommend(module.tradeoff([100.0] * 95 + [900.0] * 5))",
    "reporter": "assert 'b wins' in module.render(module.Report(title='T',"
    " sections=[module.Section('S', [module.Paragraph('b wins')])]), 'html')",
    "research_harness": "assert 'accuracy' in module.metric_names()",
    "telemetry_research": "with module.recording('run') as events:\n    module.record('a.stop')\n"
    "assert len(events) == 1",
}
CHECK = """
import importlib.metadata, importlib.resources, warnings
warnings.simplefilter("error", DeprecationWarning)
import {name} as module
assert importlib.resources.files("{name}").joinpath("py.typed").is_file()
names = [getattr(module, each) for each in module.__all__]
{call}
print("{name}", importlib.metadata.version("{distribution}"), len(names), "names")
"""


def run(*command: str) -> None:
    """Run a command; its failure ends the script."""
    subprocess.run(command, cwd=ROOT, check=True)


def declared(name: str) -> list[str]:
    """The dependencies of a package from the index, as options of uv: so that they are direct."""
    text = (ROOT / "packages" / name / "pyproject.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)["project"]["dependencies"]
    return [part for each in found if "crucible" not in each for part in ("--with", each)]


def main() -> int:
    """Build and try every package.

    Returns:
        0 when all packages work.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--resolution", choices=["highest", "lowest-direct"], default="highest")
    parser.add_argument("--python", help="the version of Python, where uv has it")
    options = parser.parse_args()
    version = ["--python", options.python] if options.python else []
    with tempfile.TemporaryDirectory() as folder:
        run("uv", "build", "--quiet", "--all-packages", "--out-dir", folder, *version)
        wheels = {path.name.split("-")[0]: path for path in Path(folder).glob("*.whl")}
        assert len(list(Path(folder).glob("*.tar.gz"))) == len(wheels) == len(CALLS)
        for name, call in CALLS.items():
            distribution = f"crucible-framework-{name.replace('_', '-')}"
            wheel = wheels[distribution.replace("-", "_")]
            script = CHECK.format(name=name, call=call, distribution=distribution)
            needs = declared(name) if options.resolution == "lowest-direct" else []
            run(
                *("uv", "run", "--quiet", "--isolated", "--no-project", "--find-links", folder),
                *("--resolution", options.resolution, *version),
                *("--with", str(wheel), *needs, "python", "-c", script),
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
