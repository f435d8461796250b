"""Running rows in this process, as the driver does without an executor and as workers do."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from .._artifacts.traces import row_id
from .._core.text import printable
from .._definition.condition import AnyCondition
from .._definition.experiment import Experiment
from .._engine.attempt import Attempts, watching_sources
from .._engine.calls import make_call
from .._engine.row_clock import RowClock, SoonLooks
from .._engine.runner import RowRunner
from .._engine.scoring import Scoring
from .._engine.threads import DaemonThreads
from .._plan.plan import Trial
from .watchdog import LoopWatchdog

_SCORING_THREADS = 4


def warn(text: str) -> None:
    """Show a text to the user."""
    logging.getLogger("crucible").warning(printable(text))


@contextmanager
def rows_here(
    experiment: Experiment,
    conditions: tuple[AnyCondition, ...],
    *,
    scorer: str,
    run_id: str,
    simulated: bool = False,
    on_trace: Callable[[Any, Trial], None],
    on_error: Callable[[Trial, BaseException], None],
    on_warning: Callable[[str], None] = warn,
    on_threads: Callable[[Callable[[int], None]], None] = lambda _: None,
) -> Iterator[RowRunner]:
    """A runner of rows in the running event loop.

    Args:
        experiment: The experiment.
        conditions: Its conditions.
        scorer: The name of the scorer.
        run_id: The run, from which the ids of rows are made.
        simulated: Whether the loop is one of simulated time.
        on_trace: Takes a trace that a condition returned, with the row's trial.
        on_error: Called with what a condition raised.
        on_warning: Called with texts for the user.
        on_threads: Takes what changes how many conditions may run in threads at a time.
    """
    import ensemble
    import telemetry_research

    with ExitStack() as opened:
        threads = opened.enter_context(DaemonThreads(experiment.concurrency, "condition"))
        on_threads(threads.resize)
        scoring = min(experiment.concurrency, _SCORING_THREADS)
        scoring_threads = opened.enter_context(DaemonThreads(scoring, "scoring"))
        opened.enter_context(watching_sources())
        limit_ms = None if simulated else experiment.loop_block_ms

        def blocked(task: str, where: str) -> None:
            on_warning(_text_of_block(task, where))

        def abandoned(trial: Trial) -> None:
            threads.abandon()
            on_warning(
                f"condition {trial.condition.name!r} did not end within its time limit for item"
                f" {trial.item.id!r}; the run goes on without it"
            )

        opened.enter_context(LoopWatchdog(limit_ms, on_blocked=blocked))
        clock, looks = asyncio.get_running_loop().time, SoonLooks()
        limit = None if experiment.timeout_ms is None else experiment.timeout_ms / 1000
        attempts = Attempts(
            lambda: RowClock(limit, clock, looks),
            scope=lambda trial: telemetry_research.scope(
                condition=trial.condition.name,
                item_id=trial.item.id,
                repeat=trial.repeat,
                row_id=row_id(run_id, trial),
            ),
            sampling=ensemble.sampling,
            observing=ensemble.observing_calls,
            observing_waits=ensemble.observing_waits,
        )
        runner = RowRunner(
            {each.name: make_call(each.function, threads) for each in conditions},
            Scoring(
                scorer,
                further=experiment.scorers,
                threads=None if simulated else scoring_threads,
                timeout_ms=experiment.scoring_timeout_ms,
                concurrency=experiment.scoring_concurrency or experiment.concurrency,
            ),
            attempts=attempts,
            timeout_ms=experiment.timeout_ms,
            clock=clock,
            observing=ensemble.observing_calls,
            on_trace=on_trace,
            on_abandoned=abandoned,
            on_error=on_error,
            traced=experiment.traces,
        )
        opened.callback(runner.close)
        yield runner


def _text_of_block(task: str, where: str) -> str:
    return (
        f"the event loop is blocked by {task} ({where}): no other row goes on, and latencies"
        " come out too long. Await what takes time, or make the condition a plain function, which"
        " runs in a thread (loop_block_ms of the experiment)"
    )
