"""``crucible analyse``."""

import click

from .errors import reported
from .output import output_dir_option, show, trust_option


@click.command()
@click.argument("run")
@click.argument("file", required=False)
@output_dir_option
@trust_option
@reported
def analyse(run: str, file: str | None, output_dir: str, trust: bool) -> None:
    """Score and analyse the finished rows of RUN again, without a call to any model.

    Scorer, metrics, criteria and texts are those of the experiment in FILE, or of the file that
    the run was started from.
    """
    from .._definition.load import load_experiment
    from .._run.reanalysis import reanalyze

    experiment = load_experiment(file) if file else None
    show(reanalyze(run, experiment, output_dir=output_dir, trust=trust))
