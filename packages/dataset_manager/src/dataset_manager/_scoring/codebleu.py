"""CodeBLEU of Python programs: words, keywords, syntax and data flow in common.

Ren et al. 2020, "CodeBLEU: a method for automatic evaluation of code synthesis", arXiv:2009.10297,
with the choices of its published code: words are what stands between spaces, counts of zero are
smoothed to 0.1 (Chen and Cherry 2014, method 1), the keyword-weighted part is a recall.
"""

import io
import keyword
import math
import tokenize
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.extras import optional
from .._core.shown import shown
from .dataflow import Node, data_flow

_ORDERS = (1, 2, 3, 4)
_SMOOTH = 0.1
_ORDINARY = 0.2  # the weight of a word that is not a keyword
_KEYWORDS = frozenset((*keyword.kwlist, "match", "case", "type"))
_EVEN = (0.25, 0.25, 0.25, 0.25)
Words = Sequence[str]
Pairs = list[tuple[Words, list[Words]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBleu:
    """How much programs have in common with the right ones.

    Attributes:
        ngrams: BLEU of their words.
        weighted_ngrams: The same as a recall, where a word that is not a keyword counts a fifth.
        syntax: The share of the references' subtrees that the predictions have.
        data_flow: The share of the references' data flow that they have; None without any.
        weights: What each part counts.
    """

    ngrams: float
    weighted_ngrams: float
    syntax: float
    data_flow: float | None
    weights: tuple[float, float, float, float]

    @property
    def value(self) -> float:
        """The weighted sum of the parts; a missing data flow counts as matched."""
        flow = 1.0 if self.data_flow is None else self.data_flow
        parts = (self.ngrams, self.weighted_ngrams, self.syntax, flow)
        return math.fsum(w * part for w, part in zip(self.weights, parts, strict=True))

    @shown
    def __str__(self) -> str:
        flow = "none" if self.data_flow is None else f"{self.data_flow:.3f}"
        return (
            f"CodeBLEU {self.value:.3f} (words {self.ngrams:.3f}, keywords"
            f" {self.weighted_ngrams:.3f}, syntax {self.syntax:.3f}, data flow {flow})"
        )

    def to_dict(self) -> dict[str, Any]:
        """The value and its parts as plain values."""
        return {
            "value": self.value,
            "ngrams": self.ngrams,
            "weighted_ngrams": self.weighted_ngrams,
            "syntax": self.syntax,
            "data_flow": self.data_flow,
            "weights": list(self.weights),
        }


def codebleu(
    predictions: Sequence[str],
    references: Sequence[str | Sequence[str]],
    *,
    weights: tuple[float, float, float, float] = _EVEN,
) -> CodeBleu:
    """CodeBLEU of Python programs, as one corpus (Ren et al. 2020); needs the extra ``code``.

    Args:
        predictions: The programs.
        references: For each the right program, or several.
        weights: What words, keywords, syntax and data flow count.

    Returns:
        The value and its four parts.

    Raises:
        ValueError: There are none, or not as many predictions as references.
        MissingExtraError: The extra is not installed.
    """
    rights = [[each] if isinstance(each, str) else list(each) for each in references]
    if not predictions or len(predictions) != len(rights) or not all(rights):
        raise ValueError(
            f"{len(predictions)} predictions and {len(rights)} references: give at least one"
            " program, and at least one right program for each"
        )
    pairs: Pairs = [
        (program.split(), [right.split() for right in each])
        for program, each in zip(predictions, rights, strict=True)
    ]
    trees = [
        (_tree(program), [_tree(right) for right in each])
        for program, each in zip(predictions, rights, strict=True)
    ]
    return CodeBleu(
        ngrams=_bleu(pairs),
        # No penalty for brevity: a recall is low for what is too short.
        weighted_ngrams=_mean_share([_recall(pairs, order) for order in _ORDERS]),
        syntax=_syntax(trees),
        data_flow=_flow(trees),
        weights=weights,
    )


def _bleu(pairs: Pairs) -> float:
    length = sum(len(words) for words, _ in pairs)
    wanted = sum(_nearest(len(words), rights) for words, rights in pairs)
    # A program without words matches none.
    brevity = 1.0 if length > wanted or not length else math.exp(1 - wanted / length)
    return brevity * _mean_share([_precision(pairs, order) for order in _ORDERS])


def _mean_share(shares: list[tuple[float, float]]) -> float:
    """The geometric mean of shares, each as a count and of how many it is."""
    if shares[0][0] == 0:
        return 0.0
    logs = [math.log((count or _SMOOTH) / total) for count, total in shares]
    return math.exp(math.fsum(logs) / len(logs))


def _nearest(length: int, rights: list[Words]) -> int:
    return min(map(len, rights), key=lambda other: (abs(other - length), other))


def _precision(pairs: Pairs, order: int) -> tuple[float, float]:
    found = total = 0
    for words, rights in pairs:
        given = _ngrams(words, order)
        most: Counter[Any] = Counter()
        for right in rights:
            most |= _ngrams(right, order)
        found += (given & most).total()
        total += max(1, given.total())
    return found, total


def _recall(pairs: Pairs, order: int) -> tuple[float, float]:
    found = total = 0.0
    for words, rights in pairs:
        given = _ngrams(words, order)
        for right in rights:
            wanted = _ngrams(right, order)
            found += _weight(wanted & given, order)
            total += max(1.0, _weight(wanted, order))
    return found, total


def _weight(counts: "Counter[Any]", order: int) -> float:
    if order > 1:
        return counts.total()
    return sum(
        count * (1.0 if words[0] in _KEYWORDS else _ORDINARY) for words, count in counts.items()
    )


def _ngrams(words: Words, order: int) -> "Counter[tuple[str, ...]]":
    return Counter(zip(*(words[start:] for start in range(order)), strict=False))


def _syntax(trees: list[tuple[Node, list[Node]]]) -> float:
    found = total = 0
    for program, rights in trees:
        has = frozenset(_subtrees(program))
        for right in rights:
            wanted = list(_subtrees(right))
            found += sum(tree in has for tree in wanted)
            total += len(wanted)
    return found / total


def _subtrees(root: Node) -> Iterator[str]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield str(node)
        waiting += [child for child in node.children if child.children]


def _flow(trees: list[tuple[Node, list[Node]]]) -> float | None:
    found = total = 0
    for program, rights in trees:
        has = Counter(data_flow(program))
        for right in rights:
            wanted = Counter(data_flow(right))
            found += (wanted & has).total()
            total += wanted.total()
    return found / total if total else None


def _tree(program: str) -> Node:
    tree_sitter = optional("tree_sitter", extra="code", purpose="CodeBLEU")
    tree_sitter_python = optional("tree_sitter_python", extra="code", purpose="CodeBLEU")
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
    source = _without_comments(program.strip()).encode("utf-8", "replace")
    root: Node = parser.parse(source).root_node
    return root


def _without_comments(program: str) -> str:
    """A program without its comments, docstrings and empty lines; as it is when it has no tokens.

    A text at the begin of a line counts as a docstring, also inside of a call that goes over lines.
    """
    pieces: list[str] = []
    before, row, column = tokenize.INDENT, -1, 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(program).readline):
            (first_row, first_column), (row_after, column_after) = token.start, token.end
            column = 0 if first_row > row else column
            pieces.append(" " * (first_column - column))
            is_text = token.type == tokenize.STRING
            is_doc = is_text and (before in _BEFORE_DOC or first_column == 0)
            if token.type != tokenize.COMMENT and not is_doc:
                pieces.append(token.string)
            before, row, column = token.type, row_after, column_after
    except (tokenize.TokenError, SyntaxError):
        return program
    return "\n".join(line for line in "".join(pieces).split("\n") if line.strip())


_BEFORE_DOC = (tokenize.INDENT, tokenize.NEWLINE)
