"""``python -m telemetry_research ls|show|tail``: stored experiments in a terminal."""

import sys

from ._showing.command import main

if __name__ == "__main__":
    sys.exit(main())
