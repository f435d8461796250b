"""The solution as the tests see it: its names, its objects, and calls into its process."""

import ast
import builtins
import sys
from typing import Any

from .wire import WireError, decode, encode, receive, send


class Broken(BaseException):
    """The solution's process has ended, or speaks nonsense; no test may catch that."""


class Peer:
    """The other end of the channel to the solution's process."""

    def __init__(self, channel: int, *, frozen: bool = False) -> None:
        self.channel = channel
        # What the tests give stays as it is, whatever the solution does with its copy.
        self.frozen = frozen
        self.changed = False
        self.given: list[Any] = []
        self.problem: str | None = None

    def ask(self, *request: Any) -> list[Any]:
        """Send a request, and wait for its answer."""
        try:
            send(self.channel, list(request))
        except OSError as error:
            raise self.broken(error) from error
        try:
            return self.answer()
        except StopIteration as error:
            if request[0] == "special" and request[2] == "__next__":
                raise
            # As in a generator: it would end a map() or zip() of the tests without a word.
            raise RuntimeError("the solution raised StopIteration") from error

    def broken(self, problem: object) -> Broken:
        """The error for a process that has ended; noted, since tests may catch everything."""
        self.problem = str(problem)
        return Broken(self.problem)

    def answer(self) -> list[Any]:
        """The parts of an answer; an error that was raised there is raised here."""
        while True:
            try:
                kind, *rest = receive(self.channel)
                if kind == "callback":
                    self._call_back(*rest)
                    continue
                if kind == "value":
                    return list(rest)
                bases, text = rest
                error = _error(bases, text)
            except (EOFError, OSError, ValueError, TypeError, WireError, RecursionError) as problem:
                raise self.broken(problem) from problem
            raise error

    def outward(self, value: Any) -> Any:
        """A value in the form of the wire."""
        return encode(value, self._handle)

    def inward(self, form: Any) -> Any:
        """The value of a form of the wire."""
        try:
            return decode(form, self._arrived)
        except (WireError, ValueError, TypeError, IndexError, KeyError) as problem:
            raise self.broken(problem) from problem

    def _call_back(self, number: int, arguments: Any) -> None:
        try:
            reply = ["value", self.outward(self.given[number](*self.inward(arguments)))]
        except Exception as error:  # noqa: BLE001  # the solution gets it, as it would in one process
            reply = ["raised", type(error).__name__]
        send(self.channel, ["returned", *reply])

    def _handle(self, value: Any) -> list[Any]:
        if isinstance(value, Remote):
            return ["object", object.__getattribute__(value, "_number")]
        if not callable(value):
            value = iter(value).__next__ if hasattr(value, "__next__") else value
        if not callable(value):
            raise TypeError(f"a test gives a {type(value).__name__}, which cannot be sent")
        self.given.append(value)
        return ["given", len(self.given) - 1]

    def _arrived(self, form: list[Any]) -> Any:
        if form[0] == "module":
            return _module(form[1])
        if form[0] == "given":
            return self.given[form[1]]
        return Remote(self, int(form[1]))


def _special(name: str) -> Any:
    def method(self: "Remote", *arguments: Any) -> Any:
        peer, number = self._where()
        form = peer.outward(arguments)
        return peer.inward(peer.ask("special", ["object", number], name, form)[0])

    return method


class Remote:
    """An object of the solution that is not a plain value.

    It can be called, and its attributes and items read. It does no arithmetic and has no order:
    an object that answers every comparison as it likes would pass any test.
    """

    def __init__(self, peer: Peer, number: int) -> None:
        object.__setattr__(self, "_peer", peer)
        object.__setattr__(self, "_number", number)

    def _where(self) -> tuple[Peer, int]:
        return object.__getattribute__(self, "_peer"), object.__getattribute__(self, "_number")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        peer, number = self._where()
        reply = peer.ask("call", ["object", number], peer.outward(arguments), peer.outward(named))
        if reply[1] is not None:
            peer.changed = True
        if reply[1] is not None and not peer.frozen:
            for own, after in zip(arguments, peer.inward(reply[1]), strict=True):
                _update(own, after)
        return peer.inward(reply[0])

    def __getattr__(self, name: str) -> Any:
        peer, number = self._where()
        return peer.inward(peer.ask("attribute", ["object", number], name)[0])

    def __setattr__(self, name: str, value: Any) -> None:
        peer, number = self._where()
        peer.ask("assign", ["object", number], name, peer.outward(value))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Remote):
            return False
        return self._where()[1] == other._where()[1] or _special("__eq__")(self, other) is True

    def __hash__(self) -> int:
        return hash(self._where()[1])

    def __contains__(self, value: object) -> bool:
        raise TypeError("`in` needs a plain value, not an object of the solution")

    __bool__ = _special("__bool__")
    __len__ = _special("__len__")
    __iter__ = _special("__iter__")
    __next__ = _special("__next__")
    __getitem__ = _special("__getitem__")
    __setitem__ = _special("__setitem__")
    __delitem__ = _special("__delitem__")
    __enter__ = _special("__enter__")
    __exit__ = _special("__exit__")
    __str__ = _special("__str__")
    __repr__ = _special("__repr__")


class Names(dict[str, Any]):
    """The global names of the tests: their own, then built-in ones, then the solution's."""

    def __init__(self, peer: Peer, tests: str) -> None:
        super().__init__()
        self._peer = peer
        nodes = list(ast.walk(ast.parse(tests)))
        loaded = {node.id for node in nodes if isinstance(node, ast.Name)}
        self._called = set(filter(None, map(_called, nodes)))
        own = {name for name in loaded if hasattr(builtins, name)}
        # Asked once: what is missing now cannot appear when the tests run.
        self._absent = {name for name in loaded - own if not self._defined(name)}
        # A task may ask for a function that has the name of a built-in one, such as `sum`.
        self._hidden = own
        if loaded - own == self._absent:
            self._hidden = own - _innermost(nodes, set(filter(self._defined, own & self._called)))

    def __missing__(self, name: str) -> Any:
        if name in self._hidden or name.startswith("__"):
            raise KeyError(name)
        if name in sys.stdlib_module_names and name not in self._called:
            return _module(name)
        reply = ["missing"] if name in self._absent else self._peer.ask("name", name)
        if reply == ["missing"]:
            raise KeyError(name)
        value = self[name] = self._peer.inward(reply[0])
        return value

    def _defined(self, name: str) -> bool:
        return self._peer.ask("name", name) != ["missing"]


def _called(node: ast.AST) -> str | None:
    """The name of the function that an expression calls."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    return None


def _innermost(nodes: list[ast.AST], names: set[str]) -> set[str]:
    """The one of these functions round whose calls the others stand; none where that is unclear."""
    outer = set()
    for node in nodes:
        if _called(node) in names:
            inside = {_called(each) for each in ast.walk(node)} & names
            outer |= {_called(node)} if inside != {_called(node)} else set()
    found = names - outer
    return found if len(found) == 1 else set()


def _update(own: Any, after: Any) -> None:
    """Have a list, dictionary or set of the tests as the solution left it."""
    if isinstance(own, list | bytearray) and isinstance(after, list | bytearray):
        own[:] = after
    elif (isinstance(own, dict) and isinstance(after, dict)) or (
        isinstance(own, set) and isinstance(after, set)
    ):
        own.clear()
        own.update(after)


def _error(bases: list[str], text: str) -> BaseException:
    """An error of the nearest built-in type, under its own name."""
    for name in bases:
        found = getattr(builtins, str(name), None)
        if isinstance(found, type) and issubclass(found, BaseException):
            own = found if name == bases[0] else type(str(bases[0]), (found,), {})
            return _made(own, str(text))
    raise WireError("an unknown error")


def _made(kind: type[BaseException], text: str) -> BaseException:
    try:
        return kind(text) if text else kind()
    except TypeError:  # such as UnicodeDecodeError, which wants five arguments
        return RuntimeError(f"{kind.__name__}: {text}")


def _module(name: str) -> Any:
    if str(name).partition(".")[0] not in sys.stdlib_module_names:
        raise KeyError(name)
    __import__(name)
    return sys.modules[name]
