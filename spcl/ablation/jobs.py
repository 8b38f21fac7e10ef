"""Train what a comparison lacks, several runs side by side, each in a process with one thread."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from spcl.ablation.plan import Planned
from spcl.ablation.training import Failures, OnRun, begun, reporter
from spcl.errors import sentence

_LOOK_SECONDS = 0.5
"""How often it is looked whether a warm-up that others wait for is there."""


@dataclass
class _Jobs:
    """The processes under way, by the connection on which each speaks."""

    limit: int
    running: dict[Connection, tuple[Planned, SpawnProcess]] = field(default_factory=dict)

    @property
    def has_room(self) -> bool:
        return len(self.running) < self.limit

    def start(self, planned: Planned) -> None:
        from spcl.training.processes.children import without_the_script

        context = get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(planned, theirs))
        with without_the_script():
            process.start()
        theirs.close()
        self.running[ours] = planned, process

    def stop(self) -> None:
        """Ask all to stop after the update under way, and wait until they have."""
        for _, process in self.running.values():
            process.terminate()
        for _, process in self.running.values():
            process.join()


def train_side_by_side(runs: Sequence[Planned], *, jobs: int, on_run: OnRun) -> None:
    """Train each run that is not finished, `jobs` at a time.

    A run begins as soon as the warm-up that it takes over is there. At a signal all stop after the
    update under way, with a checkpoint.

    Raises:
        UserError: at the end, some could not be trained.
    """
    waiting = [one for one in runs if not one.is_done]
    failures = Failures()
    with _stopped_at_the_end(_Jobs(jobs)) as under_way:
        while waiting or under_way.running:
            for planned in [one for one in waiting if one.can_begin]:
                if under_way.has_room:
                    waiting.remove(planned)
                    under_way.start(planned)
            if not under_way.running:
                break
            for connection in wait(list(under_way.running), timeout=_LOOK_SECONDS):
                assert isinstance(connection, Connection), "only connections are waited for"
                _hear(connection, under_way, failures, on_run)
    for planned in waiting:
        failures.add(planned, f"{planned.warmup} has no warm-up to take over")
    failures.require_none()


@contextmanager
def _stopped_at_the_end(jobs: _Jobs) -> Iterator[_Jobs]:
    try:
        yield jobs
    finally:
        jobs.stop()


def _hear(connection: Connection, jobs: _Jobs, failures: Failures, on_run: OnRun) -> None:
    """Take what a process says: a step done, why it failed, or its end."""
    planned, process = jobs.running[connection]
    try:
        kind, said = connection.recv()
    except EOFError:
        process.join()
        del jobs.running[connection]
        if process.exitcode:
            failures.add(planned, f"its process ended with exit code {process.exitcode}")
        return
    if kind == "step":
        on_run(planned, *said)
    else:
        failures.add(planned, said)


def _work(planned: Planned, connection: Connection) -> None:
    """Train one run in a process of its own; exit code 0 where all has been said."""
    from spcl.adapt import run_to_end
    from spcl.training.processes.interrupt import stopped_by_signals

    os.setpgrp()  # Ctrl-C is for the process that started this one, which passes it on once
    one_thread = replace(planned, config=planned.config.model_copy(update={"threads": 1}))

    def say(_: Planned, *state: Any) -> None:
        try:
            connection.send(("step", state))
        except OSError:  # nobody listens any more
            signal.raise_signal(signal.SIGTERM)

    try:
        with stopped_by_signals():
            run_to_end(begun(one_thread), reporter(one_thread, say))
    except KeyboardInterrupt:
        pass
    except BaseException as error:
        with suppress(OSError):
            connection.send(("failed", sentence(error)))
