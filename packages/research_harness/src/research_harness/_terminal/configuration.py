"""The settings of the folder and the environment, as a command takes them."""

from typing import Any

import click

from .errors import echo

config_option = click.option(
    "--config", type=click.Path(dir_okay=False), help="A file of settings, in TOML or YAML."
)
any_output_dir_option = click.option(
    "--output-dir", help="The folder of all runs; that of the settings, or results, when left out."
)
_OPTIONS = ("seed", "sample_size", "repeat", "concurrency")


def configured(config: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """The options of a run: those that were given, then those of the settings.

    Args:
        config: The file; the one of the working folder when left out.
        given: The options of the command line, None where one was left out.

    Returns:
        The options of ``run``, with ``output_dir`` and whether progress is shown.
    """
    from .._settings.sources import load_settings

    settings, notes = load_settings(config)
    for each in notes:
        echo(f"note: {each}", err=True)
    found = settings.to_dict()
    options = dict(given)
    for name in (*_OPTIONS, "output_dir"):
        if options.get(name) is None and name in found:
            options[name] = found[name]
    options["output_dir"] = options.get("output_dir") or "results"
    options["ceilings"] = {**found.get("ceilings", {}), **options.get("ceilings", {})}
    options["settings"] = {
        name: found[name] for name in ("timeout_ms", "formats", "retries") if name in found
    }
    options["progress"] = found.get("progress", True)
    return options
