"""Chromium through its devtools pipe, with the standard library only."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)


_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--remote-debugging-pipe",
)


class Browser:
    """One headless Chromium with one page."""

    def __init__(self, folder: Path, width: int = 1280, height: int = 900) -> None:
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()

        def connect() -> None:
            first, second = os.dup(to_read), os.dup(to_write)
            os.dup2(first, 3)
            os.dup2(second, 4)

        assert CHROMIUM is not None
        self._process = subprocess.Popen(
            [
                CHROMIUM,
                *_OPTIONS,
                f"--user-data-dir={folder / 'profile'}",
                f"--window-size={width},{height}",
            ],
            preexec_fn=connect,  # noqa: PLW1509  # the pipe must have the numbers 3 and 4
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._buffer = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        attached = self._send("Target.attachToTarget", targetId=target, flatten=True)
        self._session: str | None = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")
        self._send("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()
        os.close(self._write)
        os.close(self._read)

    _session: str | None = None

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session and not method.startswith("Target."):
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            piece = os.read(self._read, 1 << 20)
            assert piece, "Chromium has ended"
            self._buffer += piece
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        return message

    def open(self, url: str) -> None:
        """Open a page and wait until its own script has run."""
        for address in ("about:blank", url):
            self.events.clear()
            self._send("Page.navigate", url=address)
            while not any(each.get("method") == "Page.loadEventFired" for each in self.events):
                self.events.append(self._receive())
        self.wait("document.documentElement.dataset.ready === '1'")

    def run(self, expression: str) -> Any:
        """Return the value of an expression in the page; a promise is awaited."""
        found = self._send(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        self.run(
            "new Promise((done, fail) => { let left = 3000; const look = () =>"
            f" ({condition}) ? done(true) : left-- ? setTimeout(look, 20) : fail('never true');"
            " look(); })"
        )

    def key(self, name: str) -> None:
        """Press a key."""
        text = {"text": name} if len(name) == 1 else {}
        self._send("Input.dispatchKeyEvent", type="keyDown", key=name, **text)
        self._send("Input.dispatchKeyEvent", type="keyUp", key=name)

    def click(self, selector: str) -> None:
        """Click in the middle of an element with the mouse, when it is drawn where it is."""
        x, y = self.run(
            f"(async () => {{ const e = document.querySelector({selector!r});"
            " e.scrollIntoView({block: 'center'});"
            " for (let left = 2; left; left--) await new Promise(requestAnimationFrame);"
            " const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def fill(self, selector: str, value: str) -> None:
        """Give a control a value, as a reader would."""
        self.run(
            f"(() => {{ const e = document.querySelector({selector!r});"
            f" if (e.type === 'checkbox') e.checked = {json.dumps(value == 'on')};"
            f" else e.value = {json.dumps(value)};"
            " e.dispatchEvent(new Event('input', {bubbles: true})); })()"
        )
        self.run("new Promise((done) => setTimeout(done, 160))")

    def size(self, width: int, height: int, *, dark: bool = False) -> None:
        """Change the window, and the colors that the reader's system prefers."""
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        value = "dark" if dark else "light"
        feature = {"name": "prefers-color-scheme", "value": value}
        self._send("Emulation.setEmulatedMedia", features=[feature])

    def screenshot(self, path: Path) -> None:
        """Write a picture of the window."""
        path.write_bytes(base64.b64decode(self._send("Page.captureScreenshot")["data"]))

    def requests(self) -> list[str]:
        """Return the addresses that the page asked for."""
        self.run("1")
        return [
            each["params"]["request"]["url"]
            for each in self.events
            if each.get("method") == "Network.requestWillBeSent"
        ]

    def problems(self) -> list[str]:
        """Return errors of scripts and of the security policy."""
        self.run("1")
        kinds = {"Runtime.exceptionThrown", "Log.entryAdded"}
        return [json.dumps(each["params"]) for each in self.events if each.get("method") in kinds]
