"""Where the values of a Python program come from, as CodeBLEU compares it (Ren et al. 2020).

Each use of a variable is an edge from the positions that may have given it its value. The rules are
those of the paper's published code, with its simplifications: a loop is gone through twice, and
what calls do is not followed.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

# A node of a syntax tree; its library has no types of its own that could be imported here.
Node = Any
States = dict[str, list[int]]
Edges = list["Edge"]
Normal = tuple[str, str, tuple[str, ...]]

_ASSIGNMENTS = ("assignment", "augmented_assignment", "for_in_clause")


class Edge(NamedTuple):
    """A value at one position of a program, and where it may come from."""

    name: str
    position: int
    kind: str
    sources: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()


class _IncompleteError(Exception):
    """A statement lacks a part, so the data flow of the program is unknown."""


def data_flow(root: Node) -> list[Normal]:
    """The edges of a program with its variables numbered in the order they appear.

    Args:
        root: The root of its syntax tree.

    Returns:
        Name, kind and sources of each edge; none where the syntax is broken or nested too deeply.
    """
    try:
        edges, _ = _Flow(root).of(root, {})
    except (_IncompleteError, RecursionError):
        return []
    edges = sorted(edges, key=lambda edge: edge.position)
    linked = {edge.position for edge in edges if edge.positions}.union(
        *(edge.positions for edge in edges)
    )
    return _numbered(_merged((edge for edge in edges if edge.position in linked), by=_place))


class _Flow:
    """The data flow of one program, statement by statement."""

    def __init__(self, root: Node) -> None:
        self._numbers = {_span(leaf): number for number, leaf in enumerate(_leaves(root))}

    def of(self, node: Node, states: States) -> tuple[Edges, States]:
        """The edges within a node, and where variables have their values from after it.

        Args:
            node: A node.
            states: Where variables have their values from before it.
        """
        states = dict(states)
        if _is_leaf(node):
            return self._leaf(node, states)
        if node.type == "default_parameter":
            edges, states = self._default(node, states)
        elif node.type in _ASSIGNMENTS:
            edges, states = self._assignment(node, states)
        elif node.type == "if_statement":
            edges, states = self._branches(node, states)
        elif node.type == "for_statement":
            edges, states = self._for(node, states)
        elif node.type == "while_statement":
            edges, states = self._sequence([*node.children] * 2, states)
            edges = _merged(edges, by=_variable)
        else:
            first = [child for child in node.children if child.type == "for_in_clause"]
            rest = [child for child in node.children if child.type != "for_in_clause"]
            edges, states = self._sequence([*first, *rest], states)
        return sorted(edges, key=_place), states

    def _leaf(self, node: Node, states: States) -> tuple[Edges, States]:
        number, text = self._number(node), _text(node)
        if node.type == text:
            return [], states
        if text in states:
            return [Edge(text, number, "comesFrom", (text,), tuple(states[text]))], states
        if node.type == "identifier":
            states[text] = [number]
        return [Edge(text, number, "comesFrom")], states

    def _sequence(self, nodes: Sequence[Node], states: States) -> tuple[Edges, States]:
        edges: Edges = []
        for node in nodes:
            more, states = self.of(node, states)
            edges += more
        return edges, states

    def _default(self, node: Node, states: States) -> tuple[Edges, States]:
        name, value = _field(node, "name"), _field(node, "value")
        edges, states = self._sequence([value], states)
        for target in _variables(name):
            edges += [
                Edge(_text(target), self._number(target), "comesFrom", (text,), (number,))
                for text, number in self._named(value)
            ]
            states[_text(target)] = [self._number(target)]
        return edges, states

    def _assignment(self, node: Node, states: States) -> tuple[Edges, States]:
        if node.type == "for_in_clause":
            lefts, rights = [_field(node, "left")], [node.children[-1]]
        elif node.child_by_field_name("right") is None:  # a type without a value
            return [], states
        else:
            lefts, rights = _sides(node)
        edges, states = self._sequence(rights, states)
        return edges + self._computed(lefts, rights, states), states

    def _computed(self, lefts: list[Node], rights: list[Node], states: States) -> Edges:
        edges = []
        for left, right in zip(lefts, rights, strict=False):
            sources = self._named(right)
            names, positions = tuple(name for name, _ in sources), tuple(at for _, at in sources)
            for target in _variables(left):
                text, number = _text(target), self._number(target)
                edges.append(Edge(text, number, "computedFrom", names, positions))
                states[text] = [number]
        return edges

    def _branches(self, node: Node, states: States) -> tuple[Edges, States]:
        edges: Edges = []
        taken, ends = states, []
        for child in node.children:
            if child.type in ("elif_clause", "else_clause"):
                more, end = self.of(child, states)
                ends.append(end)
            else:
                more, taken = self.of(child, taken)
            edges += more
        ends.append(taken)
        if not any("else" in child.type for child in node.children):
            ends.append(states)
        names = dict.fromkeys(name for end in ends for name in end)
        joined = {
            name: sorted({position for end in ends for position in end.get(name, ())})
            for name in names
        }
        return edges, joined

    def _for(self, node: Node, states: States) -> tuple[Edges, States]:
        edges: Edges = []
        for _ in range(2):
            lefts, rights = _sides(node)
            more, states = self._sequence(rights, states)
            edges += more + self._computed(lefts, rights, states)
            if node.children[-1].type == "block":
                more, states = self.of(node.children[-1], states)
                edges += more
        return _merged(edges, by=_variable), states

    def _named(self, node: Node) -> list[tuple[str, int]]:
        return [(_text(leaf), self._number(leaf)) for leaf in _variables(node)]

    def _number(self, leaf: Node) -> int:
        number = self._numbers.get(_span(leaf))
        if number is None:  # a part of broken syntax; the original gives up its edges too
            raise _IncompleteError
        return number


def _is_leaf(node: Node) -> bool:
    return node.type != "comment" and (node.type == "string" or not node.children)


def _leaves(node: Node) -> Iterable[Node]:
    if _is_leaf(node):
        yield node
        return
    for child in node.children:
        yield from _leaves(child)


def _variables(node: Node) -> list[Node]:
    """Names and values; not keywords and signs, whose type is their text."""
    return [leaf for leaf in _leaves(node) if leaf.type != _text(leaf)]


def _span(node: Node) -> tuple[int, int]:
    return node.start_byte, node.end_byte


def _text(node: Node) -> str:
    return str(node.text.decode("utf-8", "replace")).replace("\n", "")


def _field(node: Node, name: str) -> Node:
    found = node.child_by_field_name(name)
    if found is None:
        raise _IncompleteError
    return found


def _sides(node: Node) -> tuple[list[Node], list[Node]]:
    """The pairs of an assignment: part by part where both sides have as many, else as wholes."""
    left, right = _field(node, "left"), _field(node, "right")
    lefts = [child for child in left.children if child.type != ","]
    rights = [child for child in right.children if child.type != ","]
    if len(lefts) != len(rights):
        return [left], [right]
    return lefts or [left], rights or [right]


def _place(edge: Edge) -> int:
    return edge.position


def _variable(edge: Edge) -> tuple[str, int, str]:
    return edge.name, edge.position, edge.kind


def _merged(edges: Iterable[Edge], *, by: Any) -> Edges:
    """Edges with the same key as one, with the sources of all."""
    found: dict[Any, Edge] = {}
    for edge in edges:
        key = by(edge)
        known = found.get(key, Edge("", 0, ""))
        sources = tuple(dict.fromkeys(known.sources + edge.sources))
        positions = tuple(sorted({*known.positions, *edge.positions}))
        alone = key not in found
        found[key] = edge if alone else edge._replace(sources=sources, positions=positions)
    return sorted(found.values(), key=_place)


def _numbered(edges: Edges) -> list[Normal]:
    numbers: dict[str, str] = {}

    def number(name: str) -> str:
        return numbers.setdefault(name, f"var_{len(numbers)}")

    normal = []
    for edge in edges:
        sources = tuple(number(source) for source in edge.sources)
        normal.append((number(edge.name), edge.kind, sources))
    return normal
