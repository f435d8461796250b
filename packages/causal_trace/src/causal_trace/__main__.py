"""``python -m causal_trace show FILE``: the chains of a file as text, JSON or a page."""

import sys

from ._page.text_view import main

if __name__ == "__main__":
    sys.exit(main())
