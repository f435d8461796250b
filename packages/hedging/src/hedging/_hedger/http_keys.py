"""The keys of HTTP requests: what is called, without the ids of things in it."""

import re
from functools import lru_cache
from typing import Any

# Numbers, UUIDs and other hexadecimal ids, and ids such as thread_8fK2bq or 01ARZ3NDEKTSV4RR.
_ID = re.compile(
    r"\d+|(?=.*\d)[0-9a-fA-F-]{8,}|(?=.*\d)[A-Za-z0-9]{16,}|[a-z]+_(?=.*\d)[A-Za-z0-9]{6,}"
)
# In a longer part of a path: a key, such as that of a bot. Names of models are shorter words.
_SECRET = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]{0,60}\d)[A-Za-z0-9]{16,}")
# The ends of the paths at which providers answer calls of a model.
_MODEL_PATHS = (
    "/completions",
    "/responses",
    "/embeddings",
    "/messages",
    ":generateContent",
    ":streamGenerateContent",
    "/converse",
    "/converse-stream",
    "/api/chat",
    "/api/generate",
    "/rerank",
    "/v2/chat",
)


def by_path(request: Any) -> str:
    """The key of a request: its host and path, with ``*`` for each id or secret in the path.

    Keys are kept in snapshots, statistics and events. A secret that looks like words stays:
    give a function of your own where a path holds one.

    Args:
        request: A request of httpx or httpx2.

    Returns:
        Such as ``api.example.com/v1/chat`` or ``api.example.com/users/*``.
    """
    url = request.url
    return f"{url.host}{_without_ids(url.path)}"


@lru_cache(maxsize=1024)
def _without_ids(path: str) -> str:
    return "/".join("*" if _is_id(part) else part for part in path.split("/"))


def _is_id(part: str) -> bool:
    return bool(_ID.fullmatch(part) or _SECRET.search(part))


def by_model(request: Any) -> str:
    """The key of a request to a model: host, path, and the ``model`` of its JSON body.

    Args:
        request: A request of httpx or httpx2 whose body has been read.

    Returns:
        Such as ``api.example.com/v1/chat gpt-4o``.
    """
    if not request.content:
        return by_path(request)
    import json  # noqa: PLC0415  # as `import hedging` has to be quick

    try:
        model = json.loads(request.content).get("model", "")
    except (ValueError, AttributeError, RecursionError):
        model = ""
    return f"{by_path(request)} {model if isinstance(model, str) else ''}".rstrip()


def calls_a_model(request: Any) -> bool:
    """Whether a request is a call of a model at one of the known paths of providers."""
    path: str = request.url.path
    return request.method == "POST" and path.endswith(_MODEL_PATHS)
