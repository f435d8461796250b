"""An OTLP/HTTP receiver: the spans of any instrumented program become events (extra ``otel``)."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import cast

from .._core.errors import MissingExtraError
from .._experiment.recording import Recording
from .._watching.hosts import REFUSED, is_known, known_hosts
from .otel_import import file_spans
from .otlp_spans import MalformedError, answer_to, spans_from

_MAX_HEAD_S = 10.0  # for all headers: a client that sends a byte a second ends too
_MAX_BODY_S = 30.0
_MAX_CLIENTS = 32
_MAX_HEADERS = 100
_MAX_BYTES = 32 * 1024 * 1024  # of one request, also after it is unpacked
_MAX_REST = 128 << 20  # what is read and dropped of a body that was refused
_MAX_CHUNKS = 100_000
_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,8}")
_PATH = b"/v1/traces"
_WINDOW_BITS = {b"gzip": 31, b"deflate": 15}  # of zlib


class _RefusedError(Exception):
    """A request that cannot be answered.

    Args:
        status: The status line.
        reason: The body of the answer.
    """

    def __init__(self, status: str, reason: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.reason = reason


@asynccontextmanager
async def otlp_receiver(
    experiment: Recording,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    allowed_hosts: Collection[str] = (),
) -> AsyncIterator[str]:
    """Record the spans that other programs send by OTLP over HTTP, inside the block.

    A program is pointed here by ``OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`` and
    ``OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf``. Its spans are filed as by
    ``import_otel``. Both encodings (protobuf, JSON) are read, also packed by gzip or deflate,
    and in chunks. Spans in JSON that do not follow the protocol are counted as errors.

    Args:
        experiment: A running experiment.
        host: The address to listen on; anyone who reaches it can add events.
        port: The port; 0 is any free one.
        allowed_hosts: Names by which programs may call it besides ``localhost``, addresses in
            numbers, the name of this machine and ``host.docker.internal``; ``*`` is any.

    Yields:
        The address for the exporter.

    Raises:
        TypeError: ``allowed_hosts`` is one text.
        MissingExtraError: The OpenTelemetry protocol is not installed.
        OSError: The port is taken.
    """
    try:
        import opentelemetry.proto.collector.trace.v1.trace_service_pb2  # noqa: PLC0415, F401  # an optional dependency
    except ImportError:
        raise MissingExtraError("opentelemetry-exporter-otlp-proto-http", "otel") from None
    known = known_hosts(host, allowed_hosts)
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        serving.add(task)
        task.add_done_callback(serving.discard)
        try:
            if len(serving) <= _MAX_CLIENTS:
                await _converse(reader, writer, experiment, known)
        except (OSError, TimeoutError, ValueError, EOFError):
            pass  # the program has ended, is too slow, or does not speak HTTP
        except asyncio.CancelledError:
            pass  # the receiver closes; Python 3.11 would log this as an error of the connection
        finally:
            writer.close()

    server = await asyncio.start_server(serve, host, port, limit=16 * 1024)
    try:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}{_PATH.decode()}"
    finally:
        server.close()
        for task in tuple(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await server.wait_closed()


async def _converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    experiment: Recording,
    known: frozenset[str],
) -> None:
    """Answer the requests of one connection."""
    keep = True
    while keep:
        async with asyncio.timeout(_MAX_HEAD_S):
            request, headers, hosts = await _head(reader)
        status, content, body = "200 OK", b"application/x-protobuf", b""
        try:
            _require_known(hosts, known)
            if headers.get(b"expect", b"").lower() == b"100-continue":
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            packed = await _body(reader, request, headers)
            content = headers.get(b"content-type", b"").split(b";")[0].strip()
            body = await asyncio.to_thread(_take, packed, headers, content, experiment)
            keep = headers.get(b"connection", b"").lower() != b"close"
        except _RefusedError as refusal:
            status, content, keep = refusal.status, b"text/plain", False
            body = refusal.reason.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n"
        head += f"Connection: {'keep-alive' if keep else 'close'}\r\n"
        writer.write(head.encode() + b"Content-Type: " + content + b"\r\n\r\n" + body)
        async with asyncio.timeout(_MAX_HEAD_S):
            await writer.drain()
            if not status.startswith("200"):
                await _read_rest(reader, writer)


async def _read_rest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read what a refused program still sends, up to a bound.

    Closed with bytes unread, the connection would be reset, and the program would not see why.
    """
    if writer.can_write_eof():
        writer.write_eof()
    left = _MAX_REST
    while left > 0 and (part := await reader.read(1 << 16)):
        left -= len(part)


async def _head(
    reader: asyncio.StreamReader,
) -> tuple[list[bytes], dict[bytes, bytes], list[bytes]]:
    """The words of the request line, the headers with names in lower case, and all ``Host``."""
    request = (await reader.readline()).split()
    if len(request) != 3:  # method, path, version
        raise EOFError
    headers: dict[bytes, bytes] = {}
    hosts: list[bytes] = []
    for _ in range(_MAX_HEADERS):
        line = (await reader.readline()).strip()
        if not line:
            return request, headers, hosts
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip()
        if name.strip().lower() == b"host":
            hosts.append(value.strip())
    raise ValueError("too many headers")


def _require_known(hosts: list[bytes], known: frozenset[str]) -> None:
    if not is_known(hosts, known):
        raise _RefusedError("400 Bad Request", REFUSED)


async def _body(
    reader: asyncio.StreamReader, request: list[bytes], headers: dict[bytes, bytes]
) -> bytes:
    method, path, _ = request
    if path.split(b"?")[0].rstrip(b"/") != _PATH:
        raise _RefusedError("404 Not Found")
    if method != b"POST":
        raise _RefusedError("405 Method Not Allowed")
    given, transfer = headers.get(b"content-length"), headers.get(b"transfer-encoding")
    if transfer is not None:
        if given is not None or transfer.lower() != b"chunked":  # RFC 9112, 6.3
            raise _RefusedError("400 Bad Request")
        async with asyncio.timeout(_MAX_BODY_S):
            return await _chunks(reader)
    if given is None or not given.isdigit():
        raise _RefusedError("411 Length Required")
    length = int(given) if len(given) <= len(str(_MAX_BYTES)) else _MAX_BYTES + 1
    if length > _MAX_BYTES:
        raise _RefusedError("413 Content Too Large")
    async with asyncio.timeout(_MAX_BODY_S):
        return await reader.readexactly(length)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """A body of unknown length (RFC 9112, 7.1); what follows it is read and ignored."""
    parts: list[bytes] = []
    size = 0
    while True:
        digits = (await reader.readline()).split(b";")[0].strip()
        if not _CHUNK_SIZE.fullmatch(digits):
            raise _RefusedError("400 Bad Request")
        length = int(digits, 16)
        size += length
        if size > _MAX_BYTES or len(parts) > _MAX_CHUNKS:
            raise _RefusedError("413 Content Too Large")
        if not length:
            break
        parts.append(await reader.readexactly(length))
        if await reader.readexactly(2) != b"\r\n":
            raise _RefusedError("400 Bad Request")
    for _ in range(_MAX_HEADERS):
        if not (await reader.readline()).strip():
            return b"".join(parts)
    raise ValueError("too many trailers")


def _take(
    packed: bytes, headers: dict[bytes, bytes], content: bytes, experiment: Recording
) -> bytes:
    """File the spans of one request and answer it; a span that cannot be filed costs itself."""
    if content not in (b"application/x-protobuf", b"application/json"):
        raise _RefusedError("415 Unsupported Media Type")
    encoding = headers.get(b"content-encoding", b"identity").lower()
    if encoding != b"identity" and encoding not in _WINDOW_BITS:
        raise _RefusedError("415 Unsupported Media Type")
    body = packed if encoding == b"identity" else _unpacked(packed, _WINDOW_BITS[encoding])
    as_json = content == b"application/json"
    try:
        spans = spans_from(body, as_json=as_json)
    except MalformedError:
        raise _RefusedError("400 Bad Request") from None
    file_spans(experiment, spans.read)
    for reason in spans.refused:
        experiment.count_error(f"span: {reason}")
    return answer_to(spans) if as_json else b""


def _unpacked(packed: bytes, window_bits: int) -> bytes:
    stream = zlib.decompressobj(wbits=window_bits)
    try:
        body = stream.decompress(packed, _MAX_BYTES + 1)
    except zlib.error:
        raise _RefusedError("400 Bad Request") from None
    if len(body) > _MAX_BYTES:
        raise _RefusedError("413 Content Too Large")
    if not stream.eof:
        raise _RefusedError("400 Bad Request")
    return body
