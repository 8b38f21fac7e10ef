"""How a run ended is recorded whatever ended it: a signal, the user's data, the disk, a fault."""

import shlex
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from spcl.errors import UserError, is_mendable, sentence
from spcl.store.errors import HeldError, StoreError, UnwritableError
from spcl.store.schema import CHECKPOINT_FILE, CHECKPOINTS_FOLDER, RecordedStatus


class Ended(Protocol):
    """What can be told how a run ended."""

    @property
    def path(self) -> Path | None:
        """Return the run's folder; None where nothing is written."""
        ...

    def end(self, status: RecordedStatus, *, failure: str | None = None) -> None:
        """Record the final status."""
        ...

    def keep_report(self, report: str) -> Path | None:
        """Keep the report of a fault; return its file, None where nothing is written."""
        ...


@contextmanager
def end_recorded(recorder: Ended) -> Iterator[None]:
    """Record the end if the block breaks off, and let the error go on with what to do as a note.

    An interrupt is recorded as stopped, anything else as failed with its sentence. Where the run
    can no longer be written the error alone remains.
    """
    try:
        yield
    except HeldError:
        with suppress(StoreError):
            recorder.end("failed")
        raise
    except Exception as error:
        report = None if is_mendable(error) else traceback.format_exc()
        kept = _keep(recorder, report) if report is not None else None
        with suppress(StoreError):
            recorder.end("failed", failure=sentence(error))
        _tell(error, recorder.path, kept)
        raise
    except BaseException as error:
        with suppress(StoreError):
            recorder.end("stopped")
        _tell(error, recorder.path, None)
        raise


def go_on(path: Path) -> str:
    """Return what to type to continue the run at `path`."""
    return f"python -m spcl adapt --resume {shlex.quote(str(path))}"


def _keep(recorder: Ended, report: str) -> Path | None:
    """Keep the traceback of a fault beside the run, for whoever mends it."""
    with suppress(StoreError):
        return recorder.keep_report(report)
    return None


def _tell(error: BaseException, path: Path | None, report: Path | None) -> None:
    if report is not None:
        error.add_note(f"the details are in {report}")
    mistaken = isinstance(error, UserError) and not isinstance(error, UnwritableError)
    if path is not None and not mistaken and _has_state(path):
        error.add_note(f"continue with: {go_on(path)}")


def _has_state(path: Path) -> bool:
    return (path / CHECKPOINTS_FOLDER / CHECKPOINT_FILE).is_file()
