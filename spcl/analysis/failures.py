"""What could not be analysed, and with which inputs: tried again once they are others."""

import math
import time
from collections.abc import Collection

from spcl.store.derived.inputs import inputs_of
from spcl.store.derived.reader import DerivedReader
from spcl.store.derived.writer import DerivedWriter
from spcl.store.names import EventKind
from spcl.store.reader import Run

LOOK_SECONDS = 5.0
MEASURES = "measures"
Task = tuple[str, int]
"""A kind of task and the step of the snapshot it is done for."""


class Failures:
    """The tasks of one run that failed, each with the inputs that it failed with.

    A copy that stands still brings half a snapshot, which is analysed as far as it goes; what
    failed is done anew when more of it comes, and not before. Those of measures are kept on disk,
    because rows tell of them; of the others there is nothing, so that every process tries them.
    """

    def __init__(self, run: Run, writer: DerivedWriter) -> None:
        """Read what measures failed with; where nobody noted it, they are tried once more."""
        self._run, self._writer = run, writer
        self._looked_at = -math.inf
        reader = DerivedReader(run)
        rows = reader.recorded_events()
        failed = {row.step: "" for row in rows if row.kind == EventKind.MEASURE_FAILED}
        noted, there = failed | reader.failed_inputs(), run.folders()
        self._inputs: dict[Task, str] = {(MEASURES, s): noted[s] for s in there if s in noted}

    def __contains__(self, task: Task) -> bool:
        """Return whether a task need not be tried."""
        return task in self._inputs

    def inputs(self, step: int) -> str:
        """Return what a task of `step` reads at the moment."""
        return inputs_of(self._run, [step])[step]

    def add(self, task: Task, inputs: str) -> None:
        """Note that a task failed with these inputs."""
        self._inputs[task] = inputs
        self._keep()

    def overcome(self) -> Collection[Task]:
        """Forget and return the tasks whose inputs have changed; looks every few seconds."""
        now = time.monotonic()
        if not self._inputs or now - self._looked_at < LOOK_SECONDS:
            return ()
        self._looked_at = now
        inputs = inputs_of(self._run, {step for _, step in self._inputs})
        changed = [task for task, known in self._inputs.items() if known != inputs[task[1]]]
        for task in changed:
            del self._inputs[task]
        if changed:
            self._keep()
        return changed

    def _keep(self) -> None:
        noted = {step: inputs for (name, step), inputs in self._inputs.items() if name == MEASURES}
        self._writer.write_failed_inputs(noted)
