"""Objects of httpx that sign requests, and functions that give tokens."""

from typing import Any

import pytest

from ensemble import AuthenticationError, OpenAIModel, Price, ask
from ensemble._transport.http import json_bytes

httpx = pytest.importorskip("httpx", reason="an extra")

WHERE = "/model/anthropic.claude-x%3A0/openai/v1?tier=a%20b"


class Headers(httpx.Auth):  # type: ignore[misc, name-defined]
    """Sets a header, in the way of the given kind of client."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def _marked(self, request: Any) -> Any:
        request.headers["x-mark"] = self.kind
        return request

    def auth_flow(self, request: Any) -> Any:
        yield self._marked(request) if self.kind == "both" else request

    def sync_auth_flow(self, request: Any) -> Any:
        if self.kind == "async":
            raise RuntimeError("it is for asynchronous clients")
        yield self._marked(request)

    async def async_auth_flow(self, request: Any) -> Any:
        if self.kind == "sync":
            raise RuntimeError("it is for blocking clients")
        yield self._marked(request)


class FetchesToken(httpx.Auth):  # type: ignore[misc, name-defined]
    def auth_flow(self, request: Any) -> Any:
        answer = yield httpx.Request("POST", "https://login.test/token")
        request.headers["authorization"] = answer.json()["token"]
        yield request


def model_at(url: str, auth: Any) -> OpenAIModel:
    return OpenAIModel("m", base_url=url, auth=auth, price=Price(), max_retries=0)


@pytest.mark.parametrize("kind", ["both", "sync", "async"])
async def test_an_object_signs_in_its_own_way(server: Any, kind: str) -> None:
    async with model_at(server.url, Headers(kind)) as model:
        await ask("?", model=model)

    assert server.requests[0][0]["x-mark"] == kind


async def test_an_object_that_fetches_its_token_is_refused_and_nothing_is_sent(server: Any) -> None:
    async with model_at(server.url, FetchesToken()) as model:
        with pytest.raises(AuthenticationError, match="give a function that gives the token"):
            await ask("?", model=model)

    assert not server.requests


async def test_a_signature_of_aws_fits_what_arrives(server: Any) -> None:
    """Signed by botocore before it is sent, and again from what the server got."""
    aws = [
        pytest.importorskip(f"botocore.{name}", reason="the reference, for this test alone")
        for name in ("auth", "awsrequest", "credentials")
    ]
    sign, made, credentials = aws[0].SigV4Auth, aws[1].AWSRequest, aws[2].Credentials
    signer = sign(credentials("akid", "secret", "session"), "bedrock", "us-east-1")

    class Signs(httpx.Auth):  # type: ignore[misc, name-defined]
        requires_request_body = True

        def auth_flow(self, request: Any) -> Any:
            signed = made(request.method, str(request.url), data=request.content)
            signed.headers["content-type"] = request.headers["content-type"]
            signer.add_auth(signed)
            request.headers.update(dict(signed.headers))
            yield request

    async with model_at(server.url + WHERE, Signs()) as model:
        await ask("Straße & 2+2?", model=model)

    headers, body = server.requests[0]
    sent = json_bytes(body)
    assert str(len(sent)) == headers["content-length"]
    got = made("POST", f"http://{headers['host']}{server.paths[0]}", data=sent)
    for name in ("content-type", "x-amz-date", "x-amz-security-token"):
        got.headers[name] = headers[name].upper() if name == "x-amz-date" else headers[name]
    got.context["timestamp"] = got.headers["x-amz-date"]
    text = signer.string_to_sign(got, signer.canonical_request(got))
    assert headers["authorization"].endswith(f"signature={signer.signature(text, got)}")
