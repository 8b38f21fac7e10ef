"""Record any training for the dashboard, in five lines: `from spcl.recorder import record`."""

from spcl.recorder.record import RecordedRun, record

__all__ = ["RecordedRun", "record"]
