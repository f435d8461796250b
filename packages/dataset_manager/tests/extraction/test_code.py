"""Programs are found in the shapes in which chat models write them."""

import warnings

import pytest

from dataset_manager import extract_code


@pytest.mark.parametrize(
    "text",
    [
        "```python\ndef f(x):\n    return x + 1\n```",
        "~~~\ndef f(x):\n    return x + 1\n~~~",
        "1. Like this:\n\n   ```python\n   def f(x):\n       return x + 1\n   ```\n",
        "```\n>>> def f(x):\n...     return x + 1\n...\n```",
        "[PYTHON]\ndef f(x):\n    return x + 1\n[/PYTHON]",
        "Here it is.\n\ndef f(x):\n    return x + 1\n\nIt adds one.",
        "```python\nclass Solution:\n    def f(self, x):\n        return x + 1\n```",
        "```python\nONE = 1\n```\nand\n```python\ndef f(x):\n    return x + ONE\n```",
        "```python\ndef f(x):\n    return x + 1\n```\nTry it:\n```python\nprint(f(1))\n```",
        "```python\r\ndef f(x):\r\n    return x + 1\r\n```",
    ],
)
def test_the_function_asked_for_can_be_called(text: str) -> None:
    names: dict[str, object] = {}

    exec(extract_code(text, "f").value, names)  # noqa: S102  # the programs above

    assert names["f"](1) == 2  # type: ignore[operator]


def test_an_invalid_escape_is_not_an_error_where_warnings_are() -> None:
    program = "import re\ndef f(x):\n    return re.sub('\\.0*', '.', x)\n"

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = extract_code(program, "f")

    assert found.value == program


@pytest.mark.parametrize("text", ["I cannot help with that.", "I'm sorry, but I can't answer."])
def test_a_model_that_declines_wrote_no_program(text: str) -> None:
    assert extract_code(text, "f").outcome == "refused"
