"""Google's Gemini interface."""

from typing import Any, ClassVar

from .._core.errors import BadRequestError
from .._core.models import SamplingParameters
from .forms.fields import at_index_0, count, finished, given, logprob_fields, seed_of, text_or_none
from .forms.gathering import CallPiece
from .forms.gemini_messages import gemini_contents
from .forms.requests import functions, stops
from .forms.streamed_native import GeminiParts
from .provider import ProviderModel


class GeminiModel(ProviderModel):
    """A model behind Google's Gemini interface. Close it, or use it with ``async with``.

    The key comes from ``GOOGLE_API_KEY`` or ``GEMINI_API_KEY``; the arguments are those of every
    ``ProviderModel``. Tokens of thinking count as written: they are paid as such.
    """

    BASE_URL: ClassVar[str] = "https://generativelanguage.googleapis.com/v1beta"
    KEYS: ClassVar[tuple[str, ...]] = ("GOOGLE_API_KEY", "GEMINI_API_KEY")

    def _authorization(self, key: str) -> dict[str, str]:
        return {"x-goog-api-key": key}

    def request_of(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        system, contents = gemini_contents(messages)
        schema = sampling.response_format
        config = given(
            temperature=sampling.temperature,
            topP=sampling.top_p,
            maxOutputTokens=sampling.max_tokens,
            stopSequences=stops(sampling),
            seed=seed_of(sampling),
            responseLogprobs=bool(sampling.logprobs or sampling.top_logprobs) or None,
            logprobs=sampling.top_logprobs,
            responseMimeType=None if schema is None else "application/json",
            responseJsonSchema=None if schema in (None, "json") else schema,
            thinkingConfig=_thinking(sampling),
        )
        tools = functions(sampling)
        return f"/models/{self.model}:generateContent", {
            "contents": contents,
            **given(
                systemInstruction={"parts": [{"text": system}]} if system else None,
                generationConfig=config or None,
                tools=[{"functionDeclarations": tools}] if tools else None,
                toolConfig=_choice(sampling.tool_choice),
            ),
        }

    def _stream_request(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        _, body = self.request_of(messages, sampling)
        return f"/models/{self.model}:streamGenerateContent?alt=sse", body

    def _pieces_reader(self) -> GeminiParts:
        return GeminiParts(self._read_piece)

    def _read_piece(self, event: Any) -> dict[str, Any]:
        # The last piece may hold token counts only.
        has_text = "candidates" in event or "promptFeedback" in event
        return self._read(event if has_text else {**event, "candidates": [{}]})

    def _read(self, data: Any) -> dict[str, Any]:
        if not data.get("candidates") and data.get("promptFeedback"):
            raise BadRequestError(
                f"the provider refuses the prompt: {data['promptFeedback'].get('blockReason')}"
            )
        candidate = data["candidates"][0]
        candidate = candidate and at_index_0(data["candidates"])
        parts = (candidate.get("content") or {}).get("parts") or []
        thoughts = "".join(each.get("text") or "" for each in parts if each.get("thought"))
        native = {"dialect": "gemini", "parts": parts}
        return {
            "text": "".join(each.get("text") or "" for each in parts if not each.get("thought")),
            "reasoning": thoughts or None,
            "reasoning_kind": "summary" if thoughts else None,
            "calls": [
                CallPiece(None, text_or_none(call.get("id")), call["name"], call.get("args") or {})
                for each in parts
                if (call := each.get("functionCall"))
            ],
            **self._usage(data),
            **_logprobs(candidate),
            **finished(candidate.get("finishReason")),
            "model_version": text_or_none(data.get("modelVersion")),
            "request_id": text_or_none(data.get("responseId")),
            "native": native if any("thoughtSignature" in each for each in parts) else None,
        }

    def _usage(self, data: Any) -> dict[str, int | None]:
        usage = data.get("usageMetadata")
        said, thought = (count(usage, f"{each}TokenCount") for each in ("candidates", "thoughts"))
        read, called = (count(usage, f"{each}TokenCount") for each in ("prompt", "toolUsePrompt"))
        return {
            "input_tokens": None if read is None else read + (called or 0),
            "cache_read_tokens": count(usage, "cachedContentTokenCount"),
            "cache_write_tokens": None,
            "output_tokens": None if said is thought is None else (said or 0) + (thought or 0),
            "reasoning_tokens": thought,
        }


def _logprobs(candidate: Any) -> dict[str, Any]:
    result = candidate.get("logprobsResult")
    if result is None:
        return {}
    tops = [step.get("candidates") or () for step in result.get("topCandidates") or ()]
    return logprob_fields(result["chosenCandidates"], tops, "logProbability")


def _thinking(sampling: SamplingParameters) -> dict[str, Any] | None:
    asked = given(thinkingBudget=sampling.reasoning_tokens, thinkingLevel=sampling.reasoning_effort)
    return {**asked, "includeThoughts": True} if asked else None


def _choice(name: str | None) -> dict[str, Any] | None:
    if name is None:
        return None
    own = {"auto": "AUTO", "none": "NONE", "required": "ANY"}
    if name in own:
        return {"functionCallingConfig": {"mode": own[name]}}
    return {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": [name]}}
