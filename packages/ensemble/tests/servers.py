"""Servers that answer as a test's script says."""

import asyncio
import json
from http.server import BaseHTTPRequestHandler
from typing import Any

GOOD_ANSWER = {
    "id": "chat-1",
    "model": "gpt-4o-mini-2024-07-18",
    "choices": [{"message": {"role": "assistant", "content": "4"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1000, "completion_tokens": 500},
}


class ScriptedServer:
    """Answers each request as the next step of its script says; the last step goes on."""

    def __init__(self) -> None:
        self.good = GOOD_ANSWER
        self.script: list[Any] = [GOOD_ANSWER]
        self.requests: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.paths: list[str] = []
        self.asked = asyncio.Event()
        self.gone = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
                body = json.loads(await reader.readexactly(int(headers["content-length"])))
                self.requests.append((headers, body))
                self.paths.append(lines[0].split(" ")[1])
                self.asked.set()
                step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                if not await self.answer(writer, reader, step):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(
        self, writer: asyncio.StreamWriter, reader: asyncio.StreamReader, step: Any
    ) -> bool:
        if step == "hang":
            await reader.read(1)
            self.gone.set()
            return False
        if step in ("drip", "slow headers"):  # bytes without end, of the body or of a header
            last = b"content-length: 1000000000\r\n\r\n" if step == "drip" else b"x-slow: "
            writer.write(b"HTTP/1.1 200 OK\r\n" + last)
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0)
            return False
        if step == "cut":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
            await writer.drain()
            return False
        if isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
            return True
        if isinstance(step, list):
            return await self.stream(writer, reader, step)
        status, extra, *body = step if isinstance(step, tuple) else (200, "")
        seen = self.requests[-1][0].get("authorization")
        text = body[0] if body else f"error for {seen}"
        if not isinstance(step, tuple):
            text = step if isinstance(step, str) else json.dumps(step)
        payload = text.encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{extra}"
            f"content-length: {len(payload)}\r\n\r\n".encode()
            + payload
        )
        await writer.drain()
        return True

    async def stream(
        self, writer: asyncio.StreamWriter, reader: asyncio.StreamReader, pieces: list[Any]
    ) -> bool:
        """Sends pieces as events; "cut" hangs up, and "hang" waits until the other does."""
        writer.write(b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\n")
        writer.write(b"transfer-encoding: chunked\r\n\r\n")
        for piece in pieces:
            if piece == "cut":
                return False
            if piece == "hang":
                await writer.drain()
                await reader.read(1)
                self.gone.set()
                return False
            text = piece if isinstance(piece, str) else json.dumps(piece)
            payload = f": a comment\nevent: piece\ndata: {text}\n\n".encode()
            writer.write(f"{len(payload):x}\r\n".encode() + payload + b"\r\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


class GoodHandler(BaseHTTPRequestHandler):
    """Always the same good answer."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        payload = json.dumps(GOOD_ANSWER).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""
