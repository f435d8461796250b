"""The answer field of an output in JSON, read by the rule of ZeroEval (Lin et al. 2024).

ZeroEval asks for ``{"reasoning": ..., "answer": ...}``. The first complete object counts, else the
field as it stands in the text. Its number is the first one, after a division is worked out.
"""

import ast
import json
import operator
import re
from collections.abc import Callable
from typing import Any

from .._extraction.syntax import parsed

_FIELDS = (
    re.compile(r'"answer"\s*:\s*"([^"]*)"'),
    re.compile(r'"answer"\s*:\s*([^,\s]*)'),
    re.compile(r"answer\s*:\s*([^,\s]*)"),
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LONGEST = 200  # characters of a term; a longer one is text
_OPERATIONS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def zeroeval_number(text: str) -> str | None:
    """The number in the answer field of an output.

    Args:
        text: The output.

    Returns:
        The number as it is written; None without the field or without a number in it.
    """
    field = _field(text)
    if field is None:
        return None
    found = _NUMBER.search(_worked_out(field.replace("$", "").replace(",", "").strip()))
    return found[0] if found else None


def _field(text: str) -> str | None:
    whole = _first_object(text)
    if isinstance(whole, dict) and "answer" in whole:
        return str(whole["answer"])
    match = next((found for each in _FIELDS if (found := each.search(text))), None)
    return match[1] if match else None


def _first_object(text: str) -> Any:
    """The first complete object that is JSON once the ends of lines are left out."""
    depth = start = 0
    for brace in re.finditer(r"[{}]", text):
        if brace[0] == "{":
            start = start if depth else brace.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                try:
                    return json.loads(text[start : brace.end()].replace("\n", ""))
                except (ValueError, RecursionError):
                    continue
    return None


def _worked_out(term: str) -> str:
    """A term with a division as its value; any other text as it is."""
    if "/" not in term or len(term) > _LONGEST:
        return term
    try:
        return str(_value(parsed(term.strip())))
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return term


def _value(node: ast.AST) -> float:
    if isinstance(node, ast.Module) and len(node.body) == 1:
        return _value(node.body[0])
    if isinstance(node, ast.Expr):
        return _value(node.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_value(node.operand))
    raise ValueError("is not a term of numbers")
