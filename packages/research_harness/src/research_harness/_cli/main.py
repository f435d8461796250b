"""The command line ``crucible`` with its commands."""

from typing import Any

import click

from .._core.text import printable
from .._dashboard.command import dashboard
from .._exchange.command import export_command, import_command
from .._history.command import history_command
from .._terminal.errors import remember_typed
from .analyse import analyse
from .compare import compare
from .completion import completion
from .doctor import doctor
from .estimate import estimate
from .list import list_command
from .new import new
from .report import report
from .resume import resume
from .retry import retry
from .run import run
from .show import show
from .verify import sign, verify


class _Commands(click.Group):
    """Commands whose errors show what was typed as text, which a script may take from others."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words, so that an interruption can say them again."""
        remember_typed(ctx, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the line names."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            vars(error)["message"] = printable(error.message)
            raise


# The first "\b" of a paragraph keeps its lines as they are.
_STATUSES = """\b
Exit status:
  0    done; verify: all agrees
  1    a difference (verify, report check), a worse system (compare --against),
       a loss (history --gate), a problem (doctor), or no before a run
  2    wrong input, or an error
  3    the run is incomplete, or the log that was imported
  130  interrupted (143 by SIGTERM, 129 by SIGHUP); run, resume and retry print
       the command that goes on
"""


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_STATUSES
)
@click.version_option(package_name="crucible-framework-research-harness", prog_name="crucible")
def cli() -> None:
    """Run experiments on language models, and check what they found."""


for _command in (
    new,
    run,
    resume,
    retry,
    analyse,
    estimate,
    verify,
    sign,
    report,
    compare,
    history_command,
    import_command,
    export_command,
    list_command,
    show,
    dashboard,
    doctor,
    completion,
):
    cli.add_command(_command)
cli.add_command(analyse, "analyze")
