"""Programs are found in the shapes in which chat models write them."""

import time
import warnings

import pytest

from dataset_manager import extract_code
from dataset_manager._extraction.code_forms import first_error


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
        "\ufeff```python\ndef f(x):\n    return x + 1\n```",
        "<think>```python\ndef f(x): return 0\n```</think>\n```python\ndef f(x): return x + 1\n```",
        "```python\n1  def f(x):\n2      return x + 1\n```",
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


@pytest.mark.parametrize(
    "text",
    [
        "> ```python\n> def f(x):\n>     return x + 1\n> ```\n",
        '<pre><code class="language-python">def f(x):\n    return x &#43; 1\n</code></pre>',
        "<code>def f(x):\n    return x + 1 if x &lt; 9 else 0\n</code>",
        "[BEGIN]\ndef f(x):\n    return x + 1\n[DONE]",
        '<tool_call>{"name":"py","arguments":{"code":"def f(x):\\n  return x + 1"}}</tool_call>',
        '{"code": "def f(x):\\n    return x + 1\\n"}',
        '```json\n{"code": "def f(x):\\n    return x + 1\\n"}\n```',
        "In [1]: def f(x):\n   ...:     return x + 1\n   ...: \nIn [2]: f(3)\nOut[2]: 4\n",
        "```python\ndef f(x):\n  return g(x) + 1\n```\nand\n```python\ndef g(x):\n  return x\n```",
        "```python\n1 def f(x):\n2     return x + 1\n```",
        "```python\n1: def f(x):\n2:     return x + 1\n```",
        "```diff\n+def f(x):\n+    return x + 1\n```",
        "```python\ndef f(x):\n\xa0\xa0\xa0\xa0return x + 1\n```",
        "```python\n\u200bdef f(x):\n    return x + 1\n```",
        "\ufeffdef f(x):\n    return x + 1\n",
        "```python\ndef f(x):\n    s = \u2018a\u2019\n    return x + 1\n```",
        "```python\n%timeit 1\n!pip install x\ndef f(x):\n    return x + 1\n```",
        "`def f(x): return x + 1`",
        "Here:\n\n    def f(x):\n        return x + 1\n\nDone.",
        "   def f(x):\n       return x + 1\n",
        "```python\nimport math\n```\n\n```python\ndef f(x):\n    return math.floor(x) + 1\n```",
    ],
)
def test_a_form_that_python_cannot_read_is_made_readable(text: str) -> None:
    names: dict[str, object] = {}

    exec(extract_code(text, "f").value, names)  # noqa: S102  # the programs above

    assert names["f"](3) == 4  # type: ignore[operator]


def test_a_later_block_that_runs_something_does_not_come_with_the_program() -> None:
    later = "```python\ndef g(x):\n    return x\nprint(f(1))\n```"
    text = f"```python\ndef f(x):\n    return g(x)\n```\n{later}"

    assert "print" not in extract_code(text, "f").value


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["~~~\n", "```\n", "```python\n", "'''\n```\n"])
def test_many_fences_take_time_in_proportion_to_their_number(piece: str) -> None:
    """At most 1 s; it was 12 s for the first of them."""
    began = time.process_time()

    extract_code(piece * (600_000 // len(piece)), "f")

    assert time.process_time() - began < 5


def test_a_fence_within_a_text_in_quotes_does_not_end_the_block() -> None:
    code = 'def f(x):\n    """Such as\n    ```\n    f(1)\n    ```\n    """\n    return x\n'

    assert extract_code(f"```python\n{code}```\n", "f").value == code


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["> ```\n", "1: ", "In [1]: x\n", "+x\n", '"code": "', "    x\n", "<code>"]
)
def test_long_texts_of_such_forms_take_no_long_time(piece: str) -> None:
    """At most .2 s; a quadratic pattern would take minutes."""
    began = time.process_time()

    extract_code(piece * (50_000 // len(piece)), "f")

    assert time.process_time() - began < 5


@pytest.mark.slow
@pytest.mark.parametrize("line", ["@x\n", "class A:\n", "def f(x):\n", "from a import b\nx\n"])
def test_a_text_without_a_program_is_compiled_a_few_times_only(
    monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    sizes: list[int] = []

    def counted(source: str) -> int | None:
        sizes.append(len(source))
        return first_error(source)

    monkeypatch.setattr("dataset_manager._extraction.code.first_error", counted)
    monkeypatch.setattr("dataset_manager._extraction.code_forms.first_error", counted)

    extract_code(line * (50_000 // len(line)), "f")

    assert sum(sizes) < 800_000  # twenty starts of sixty runs each were sixty million
