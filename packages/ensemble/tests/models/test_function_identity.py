"""Functions as models: distinguished by their code and by what they use."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ensemble import FunctionModel, ResponseCache, SamplingParameters, ask, request_key
from ensemble._models.function_identity import function_identity

PLAIN = SamplingParameters()


class Persona:
    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, item: Any) -> str:
        return f"{self.name}: {item}"


class Sealed:
    __slots__ = ("name",)

    def __call__(self, item: Any) -> str:
        return str(item)


def of(answer: str) -> Any:
    return lambda item: answer


def says(item: Any, who: str = "cats") -> str:
    return who


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda item: "cats", lambda item: "dogs"),
        (of("cats"), of("dogs")),
        (partial(says, who="cats"), partial(says, who="dogs")),
        (Persona("cat"), Persona("dog")),
        (Persona("cat").__call__, Persona("dog").__call__),
        (str.upper, str.lower),
        (lambda item, who="cats": who, lambda item, who="dogs": who),
        (lambda item: max(w + "!" for w in item), lambda item: max(w + "?" for w in item)),
    ],
)
def test_functions_that_answer_differently_have_different_keys(one: Any, other: Any) -> None:
    keys = {request_key(FunctionModel("m", each), "q", PLAIN) for each in (one, other)}

    assert len(keys) == 2


async def test_two_lambdas_keep_their_own_answers(tmp_path: Path) -> None:
    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        cats, dogs = cache.wrap(lambda item: "cats"), cache.wrap(lambda item: "dogs")
        answers = [(await ask("which?", model=each)).text for each in (cats, dogs, cats)]

    assert answers == ["cats", "dogs", "cats"]


async def test_what_a_function_counts_makes_it_no_other_one(tmp_path: Path) -> None:
    calls: list[Any] = []

    def answer(item: Any) -> str:
        calls.append(item)
        return "4"

    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        model = cache.wrap(answer)
        await ask("2+2?", model=model)
        again = await ask("2+2?", model=model)

    assert again.cached
    assert len(calls) == 1


def test_a_function_of_unknown_content_is_refused_unless_it_has_a_version(tmp_path: Path) -> None:
    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        with pytest.raises(ValueError, match=r"an object of Sealed.*pass version="):
            cache.wrap(Sealed())
        cache.wrap(Sealed(), version="1")


@pytest.mark.slow
def test_a_function_has_the_same_key_in_every_process() -> None:
    code = (
        "from ensemble._models.function_identity import function_identity\n"
        "def f(item, of={'b', 'a', 'c'}): return sorted(of)[0]\n"
        "print(function_identity(f)['code'])"
    )
    keys = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(keys) == 1
    assert "unknown" not in function_identity(says)


def test_1_and_1_0_are_one_request_and_0_and_1_are_not() -> None:
    model = FunctionModel("m", says)
    keys = [
        request_key(model, "q", SamplingParameters(temperature=each)) for each in (1, 1.0, 0, 0.5)
    ]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_parameters_and_extra_are_part_of_the_key() -> None:
    model = FunctionModel("m", says)
    several: list[dict[str, Any]] = [
        {},
        {"system": "be brief"},
        {"top_p": 0.5},
        {"stop": ["END"]},
        {"reasoning_effort": "low"},
        {"extra": {"top_k": 1}},
        {"extra": {"top_k": 2}},
        {"response_format": "json"},
    ]

    keys = {request_key(model, "q", SamplingParameters(**each)) for each in several}

    assert len(keys) == len(several)
