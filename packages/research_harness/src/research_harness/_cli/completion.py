"""``crucible completion``."""

import click
from click.shell_completion import get_completion_class

from .._terminal.errors import reported
from .._terminal.shells import use_own_scripts

use_own_scripts()


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@reported
def completion(shell: str) -> None:
    """Print the script that completes commands and options in SHELL.

    For bash, put this into ~/.bashrc: eval "$(crucible completion bash)".
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.BadParameter(f"click has no completion for {shell}")
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, "crucible", "_CRUCIBLE_COMPLETE").source())
