"""``crucible dashboard``; the server is imported when the command runs."""

from pathlib import Path

import click

from .._terminal.errors import echo, reported

_DEFAULT_PORT = 8765


@click.command()
@click.argument("directory", default="results", metavar="[DIR]")
@click.option("--port", type=click.IntRange(0, 65535), default=_DEFAULT_PORT, show_default=True)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Another host needs a --token."
)
@click.option("--token", envvar="CRUCIBLE_DASHBOARD_TOKEN", help="Made when left out.")
@click.option(
    "--freeze",
    type=click.Path(dir_okay=False),
    metavar="FILE.html",
    help="Write the view as one file instead, which needs no server.",
)
@reported
def dashboard(directory: str, port: int, host: str, token: str | None, freeze: str | None) -> None:
    """Watch the runs of DIR in a browser, those of other processes included.

    The address that is printed holds a token, with which the page may pause, resume and stop runs.
    """
    if freeze is not None:
        from .freeze import freeze as write_frozen

        echo(f"view: {write_frozen(Path(directory), Path(freeze))}")
        return
    from .serve import serve

    def show(address: str) -> None:
        missing = "" if Path(directory).is_dir() else ", which does not exist yet"
        echo(f"watching {directory}{missing}; open {address}")

    serve(Path(directory), host=host, port=port, token=token, on_address=show)
