"""``crucible verify`` and ``crucible sign``."""

import sys

import click

from .._terminal.errors import echo, reported
from .._terminal.output import echo_json, json_option, output_dir_option
from .._terminal.run_ids import complete_run


@click.command()
@click.argument("first", shell_complete=complete_run)
@click.argument("second", required=False, shell_complete=complete_run)
@click.option(
    "--allowed-signers", metavar="FILE", help="Who may have signed FIRST: names and keys of SSH."
)
@click.option("--signature", metavar="FILE", help="The signature.  [MANIFEST.json.sig in the run]")
@click.option("--signer", metavar="NAME", help="The one who must have signed.  [any of the file]")
@output_dir_option
@json_option
@reported
def verify(  # noqa: PLR0917  # click passes the options by name
    first: str,
    second: str | None,
    allowed_signers: str | None,
    signature: str | None,
    signer: str | None,
    output_dir: str,
    as_json: bool,
) -> None:
    """Check the run FIRST against its manifest and journal, or two runs against each other.

    Exits with 0 when all agrees and with 1 when something differs.
    """
    from .._artifacts.verify import verify as check

    found = check(
        first,
        second,
        output_dir=output_dir,
        allowed_signers=allowed_signers,
        signature=signature,
        signer=signer,
    )
    if as_json:
        echo_json(found.to_dict())
    else:
        echo(str(found))
    sys.exit(0 if found.agree else 1)


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.option(
    "--key",
    metavar="FILE",
    required=True,
    help="A private key of SSH, or a public one of the agent.",
)
@output_dir_option
@json_option
@reported
def sign(run: str, key: str, output_dir: str, as_json: bool) -> None:
    """Sign the manifest of the finished run RUN, once its files agree with it."""
    from .._artifacts.verify import sign_run

    signature = str(sign_run(run, key=key, output_dir=output_dir))
    if as_json:
        echo_json({"signature": signature})
    else:
        echo(signature)
