"""Shared by the tests of the reporter."""

import pytest
from hypothesis import settings

# A machine under load is slow at times; how long an example takes is not what is tested.
settings.register_profile("crucible", deadline=None)
settings.load_profile("crucible")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


HOSTILE = [
    "<script>alert(1)</script>",
    "a | b \\| c",
    "# not a heading",
    "1. not a list",
    "- nor this",
    "*stars* _lines_ `ticks` ~~tildes~~",
    "[link](javascript:alert(1))",
    "![image](http://example.org/x.png)",
    "http://example.org and www.example.org and me@example.org",
    "&lt;entity&gt; &#35;",
    "back\\slash \\",
    "line\nbreak\r\nand\ttab",
    "$x^2$ and {{ braces }}",
    "> quote",
    "+ plus",
    "===",
    "",
]


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> str:
    """A text that must be shown and must not be obeyed."""
    return str(request.param)
