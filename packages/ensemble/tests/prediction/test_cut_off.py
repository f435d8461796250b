"""Answers that were cut off, confidences that are none, and a name in place of a list."""

from typing import Any

import pytest

from ensemble import FunctionModel, Response, Vote, collect, predict


def cut(text: str) -> FunctionModel:
    def answer(_: Any) -> Response:
        return Response(text=text, model="cut", finish_reason="length")

    return FunctionModel("cut", answer)


@pytest.mark.parametrize(
    ("text", "normalize", "key"),
    [
        ("First 12 apples, then 5 more, so", "number", None),
        ("The answer is 17. To see why, take 12", "number", "17"),
        ("The answer is 1", "number", None),  # perhaps of 17
        (r"So it is \boxed{17}", "number", "17"),
        ("Both are possible, since the fir", "text", None),
        ('{"a": 1}', "json", '{"a":1}'),
    ],
)
async def test_an_answer_that_was_cut_off_votes_only_by_what_it_states(
    text: str, normalize: Any, key: str | None
) -> None:
    other = FunctionModel("whole", lambda _: "I do not know")

    result = await predict("?", models=[cut(text), other], normalize=normalize)

    assert result.responses[0].key == key
    if key is None:
        assert result.responses[0].reading == "cut off"


async def test_a_cut_off_answer_votes_where_it_is_asked_to() -> None:
    result = await predict("?", models=[cut("12 and 5")], normalize="number", cut_off="vote")

    assert result.key == "5"
    with pytest.raises(ValueError, match="cut_off"):
        await predict("?", models=[cut("12")], cut_off="maybe")  # type: ignore[arg-type]


@pytest.mark.parametrize("stated", [float("nan"), -0.1, 1.7, "high"])
async def test_a_confidence_that_is_no_probability_is_refused(stated: Any) -> None:
    with pytest.raises(ValueError, match="is not a probability"):
        Response(text="4", model="m", confidence=stated)
    with pytest.raises(ValueError, match="is not a probability"):
        Vote(model="m", key="4", text="4", confidence=stated)

    def boasts(_: Any) -> Response:
        return Response(text="5", model="boaster", confidence=stated)

    result = await predict("?", models=[lambda _: "4", boasts])

    assert (result.answer, result.failures) == ("4", 1)


async def test_a_name_in_place_of_a_list_is_refused_with_the_remedy() -> None:
    with pytest.raises(TypeError, match=r"models=\['gpt4_mini'\]"):
        await predict("?", models="gpt4_mini")
    with pytest.raises(TypeError, match=r"models=\['gpt4_mini'\]"):
        await collect([], models="gpt4_mini")
