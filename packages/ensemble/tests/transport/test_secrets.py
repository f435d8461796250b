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
