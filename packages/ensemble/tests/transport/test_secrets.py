"""Keys of any length are kept out of messages, whole and in part."""

import string
from random import Random

import pytest

from ensemble import OpenAIModel
from ensemble._transport.secrets import Secrets

SIGNS = string.ascii_letters + string.digits + "-_."


@pytest.mark.parametrize("length", [8, 51, 300, 2_500, 16_000])
def test_a_key_of_any_length_is_hidden_whole_and_in_part(length: int) -> None:
    key = "".join(Random(length).choices(SIGNS, k=length))
    secrets = Secrets({"Authorization": f"Bearer {key}"}, "https://x.example/v1")

    assert secrets.hidden(f"a {key} b {key}{key} c") == "a [key] b [key][key] c"
    for cut in {8, 9, length // 2, length - 1} - set(range(8)):
        assert secrets.hidden(f"invalid: {key[:cut]}...") == "invalid: [key]..."
    assert key[:8] not in secrets.hidden(f"{'x' * 295}{key}")


def test_a_client_is_made_with_a_token_of_thousands_of_characters() -> None:
    model = OpenAIModel("gpt-5", api_key="eyJ" + "a1" * 3_000)
    assert "a1a1" not in repr(model)


@pytest.mark.parametrize("length", [24, 51])
def test_the_end_and_the_middle_of_a_key_are_hidden_too(length: int) -> None:
    key = "".join(Random(length).choices(SIGNS, k=length))
    secrets = Secrets({"x-api-key": key}, "https://x.example/v1")

    for cut in range(1, length - 8):
        assert secrets.hidden(f"invalid: *{key[cut:]}*") == "invalid: *[key]*"
        assert secrets.hidden(f"*{key[cut:-1]}*") == "*[key]*"


def test_words_of_a_key_stay_where_they_stand_alone() -> None:
    secrets = Secrets({"x-api-key": "sk-production-key-9aZ4Wq7Kp"}, "https://x.example/v1")

    text = "the production key is wrong: production-key"
    assert secrets.hidden(text) == text
    assert secrets.hidden("it is sk-production-key") == "it is [key]"
