"""Measures and maps of recorded runs; from a notebook, `separability(Run.open("runs/my-run"))`."""

from spcl.analysis.events.judge import all_events
from spcl.analysis.measures.snapshot import separability
from spcl.store.reader import Run

__all__ = ["Run", "all_events", "separability"]
