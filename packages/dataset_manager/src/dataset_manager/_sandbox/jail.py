"""The script that is started for each run: ``python -I -S jail.py``.

It imports the parts beside it without the package, whose import would take longer than a run.
"""

# Without pathlib: to import it takes longer than to build all layers.
# ruff: noqa: PTH100, PTH120
import os
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    """Import the parts and hand over to the judge."""
    packages = {"dataset_manager": os.path.dirname(HERE), "dataset_manager._sandbox": HERE}
    for name, path in packages.items():
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [path]
    from dataset_manager._sandbox import judge  # noqa: PLC0415  # found by the lines above

    judge.main()


if __name__ == "__main__":
    main()
