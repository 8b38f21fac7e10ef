"""Whether a run has been left by its writer, so that another process may take it up."""

import time

from spcl.store.errors import UserError
from spcl.store.life.status import status_of
from spcl.store.reader import Run
from spcl.store.schema import HEARTBEAT_SECONDS

WATCH_SECONDS = 1.5 * HEARTBEAT_SECONDS  # without a heartbeat, before a run is taken over


def require_left(run: Run, *, take_over: bool) -> None:
    """Refuse a run that is written, or may be (UserError with what to do)."""
    info = run.info()
    status = status_of(info, run.path)
    if info.status != "running" or status.kind == "crashed":
        return
    writer = f"process {info.pid} on {info.host}"
    silent = f"{status.seconds_since_write:.0f} s"
    if status.process_alive:
        state = (
            "is still written by" if status.kind == "running" else f"is silent for {silent}, but"
        )
        raise UserError(f"{run.path} {state} {writer} ({status.signs}); stop that one first")
    if not take_over:
        state = "is still written by" if status.kind == "running" else f"is silent for {silent}:"
        raise UserError(
            f"{run.path} {state} {writer} ({status.signs}); make sure that it has ended and add "
            "--take-over: if it went on, two trainings would write one run and steps be lost"
        )
    time.sleep(WATCH_SECONDS)
    if run.info().heartbeat_at != info.heartbeat_at:
        raise UserError(
            f"{run.path} is written by {writer}: its heartbeat went on while we looked; stop it"
        )
