"""What the columns of plain files mean: ``--field NAME=COLUMN``."""

from collections.abc import Iterable

import click

field_option = click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=COLUMN",
    help="What a column of a plain file means, such as prediction=output; may be repeated.",
)


def fields_of(given: Iterable[str]) -> dict[str, str]:
    """The columns by the names of their meaning.

    Args:
        given: The values of the option.

    Raises:
        click.BadParameter: One has another form.
    """
    return dict(map(_field, given))


def _field(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not (name and equals and column):
        raise click.BadParameter(f"{text!r} is not NAME=COLUMN", param_hint="--field")
    return name, column
