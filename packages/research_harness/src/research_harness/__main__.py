"""``crucible`` and ``python -m research_harness``."""

from ._cli.main import cli as main

__all__ = ["main"]

if __name__ == "__main__":
    main()
