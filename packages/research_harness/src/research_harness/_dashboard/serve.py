"""Serve the dashboard on this machine, or with a token on others."""

import contextlib
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .._core.errors import HostError, MissingExtraError, RunNotFoundError
from .guard import is_loopback

if TYPE_CHECKING:
    import uvicorn

DEFAULT_PORT = 8765
_MIN_TOKEN = 16
_SHUTDOWN_SECONDS = 1


def require_extra() -> None:
    """Refuse to go on without what the extra ``dashboard`` installs.

    Raises:
        MissingExtraError: Names the package and the line that installs it.
    """
    for package in ("starlette", "uvicorn"):
        try:
            __import__(package)
        except ImportError as error:
            raise MissingExtraError("dashboard", package) from error


@contextlib.contextmanager
def server(
    output_dir: Path, *, host: str = "127.0.0.1", port: int = DEFAULT_PORT, token: str | None = None
) -> Iterator[tuple["uvicorn.Server", str, socket.socket]]:
    """A server that is bound to its port and not yet running.

    Args:
        output_dir: The folder of all runs.
        host: Where to listen; a host that other machines reach needs a token.
        port: The port; 0 for a free one.
        token: What requests that change something have to bring; made when left out.

    Yields:
        The server, the address with the token, and the socket to run it on.

    Raises:
        MissingExtraError: The extra ``dashboard`` is not installed.
        RunNotFoundError: It is not a folder.
        HostError: The host cannot be bound, or it is not this machine's and there is no token.
    """
    require_extra()
    if output_dir.exists() and not output_dir.is_dir():
        raise RunNotFoundError(output_dir)
    if token is None and not is_loopback(host):
        raise HostError(host, "other machines reach it, so give a token with --token")
    if token is not None and (
        len(token) < _MIN_TOKEN or not token.replace("-", "_").isidentifier()
    ):
        raise HostError(host, f"the token needs at least {_MIN_TOKEN} letters, digits, - or _")
    import uvicorn

    from .app import Dashboard
    from .head_deadline import DeadlineProtocol

    secret = token or secrets.token_urlsafe(24)
    dashboard = Dashboard(output_dir)
    config = uvicorn.Config(
        dashboard.app(host=host, token=secret),
        http=DeadlineProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        limit_concurrency=256,
        h11_max_incomplete_event_size=32_768,
    )
    with _bound(host, port) as listening:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listening.getsockname()[1]}/#token={secret}"
        yield _server(config, dashboard.end), address, listening


def serve(
    output_dir: Path,
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    token: str | None = None,
    on_address: Callable[[str], None],
) -> None:
    """Serve until the process is interrupted.

    Args:
        output_dir: The folder of all runs.
        host: Where to listen.
        port: The port; 0 for a free one.
        token: The token; made when left out.
        on_address: Called with the address before the first request.

    Raises:
        MissingExtraError: The extra ``dashboard`` is not installed.
        RunNotFoundError: It is not a folder.
        HostError: The host cannot be used.
    """
    with server(output_dir, host=host, port=port, token=token) as (running, address, listening):
        on_address(address)
        running.run(sockets=[listening])


@contextlib.contextmanager
def serving(output_dir: Path, *, token: str | None = None) -> Iterator[str]:
    """Serve on a free port of this machine while the block runs.

    Args:
        output_dir: The folder of all runs.
        token: The token; made when left out.

    Yields:
        The address with the token.
    """
    with server(output_dir, port=0, token=token) as (running, address, listening):
        thread = threading.Thread(
            target=running.run, kwargs={"sockets": [listening]}, name="dashboard", daemon=True
        )
        thread.start()
        try:
            yield address
        finally:
            running.should_exit = True
            thread.join()


def _server(config: "uvicorn.Config", on_shutdown: Callable[[], None]) -> "uvicorn.Server":
    import uvicorn

    class Server(uvicorn.Server):
        """A server that ends its streams and reads before it waits for its connections."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """Close the connections."""
            on_shutdown()
            await super().shutdown(sockets)

    return Server(config)


@contextlib.contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host.strip("[]"), port))
            listening.listen(128)
        except (OSError, OverflowError) as error:
            raise HostError(host, f"port {port} cannot be used: {error}") from error
        yield listening
    finally:
        listening.close()
