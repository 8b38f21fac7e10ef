"""A run opened once a rerun: what `run.json` says, its snapshots, and what is chosen of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.data import recorded, runs_folder
from dashboard.data.addresses import run_address
from dashboard.data.runs.infos import read_info
from dashboard.data.selection import Selection, selection
from spcl.store.classes import ClassInfo
from spcl.store.errors import StoreError
from spcl.store.formats.text import one_line
from spcl.store.reader import Run, Status, status_of
from spcl.store.schema import RunInfo


@dataclass(frozen=True)
class ReadRun:
    """A run, and what its `run.json` says."""

    run: Run
    info: RunInfo

    @property
    def path(self) -> str:
        """Return the run's path as the key of cached functions."""
        return str(self.run.path)

    @property
    def api(self) -> str:
        """Return the address under which the server gives this run's files."""
        return run_address(self.info.id)

    @property
    def version(self) -> str:
        """Return a word for `?v=` in addresses of recorded files: lets the browser keep them."""
        return "".join(letter for letter in self.info.started_at if letter.isdigit())


@dataclass(frozen=True)
class OpenedRun(ReadRun):
    """A run as it stood when it was opened, and the choices that hold for it."""

    selection: Selection
    status: Status
    steps: list[int]
    step: int | None
    """The chosen snapshot step, else the latest; None before the first snapshot."""
    before: int | None
    """The reference step, once its snapshot is published."""
    arriving: tuple[int, ...] = ()
    """The steps whose snapshots a copy is still bringing."""

    @property
    def title(self) -> str:
        """Return what people call the run."""
        return self.info.title or one_line(self.info.id)

    @property
    def classes(self) -> tuple[ClassInfo, ...]:
        """Return the classes in id order."""
        return self.info.label_space.classes

    @property
    def names(self) -> tuple[str, ...]:
        """Return the class names in id order."""
        return self.info.label_space.names

    @cached_property
    def displays(self) -> dict[str, str]:
        """Return what people call each class, by its name, in id order."""
        return {info.name: info.display for info in self.classes}

    @property
    def shown_names(self) -> list[str]:
        """Return the names of the chosen classes in id order; all where none is chosen."""
        chosen = self.selection.classes
        return [name for name in self.names if not chosen or name in chosen]

    @property
    def compared_step(self) -> int | None:
        """Return the reference step; None at it and earlier, where nothing has changed yet."""
        if self.before is None or self.step is None or self.step <= self.before:
            return None
        return self.before

    @cached_property
    def derived_marks(self) -> tuple[int, ...]:
        """Return numbers that differ whenever the analysis has written something."""
        return recorded.derived_marks(self.run)


def open_run(chosen: Selection) -> OpenedRun | None:
    """Return the chosen run (StoreError: damaged or newer); None when there is no run."""
    if chosen.run_id is None:
        return None
    run = Run(runs_folder.runs_dir() / chosen.run_id)
    info = read_info(run)
    steps = run.steps()
    context = get_script_run_ctx(suppress_warning=True)
    runs_folder.look_at(run.path, context.session_id if context else None)
    known = set(info.label_space.names)
    return OpenedRun(
        selection=replace(chosen, classes=tuple(n for n in chosen.classes if n in known)),
        run=run,
        info=info,
        status=status_of(info, run.path),
        steps=steps,
        step=chosen.step if chosen.step in steps else (steps[-1] if steps else None),
        before=info.before_step if info.before_step in steps else None,
        arriving=tuple(run.arriving()),
    )


def opened_first(opened: OpenedRun | None) -> Callable[[], OpenedRun | None]:
    """Return a function for a fragment: gives `opened` once, then opens the run anew each time.

    The first call belongs to the rerun that opened the run. A run that cannot be read is None.
    """
    waiting = [opened]

    def look() -> OpenedRun | None:
        if waiting:
            return waiting.pop()
        try:
            return open_run(selection())
        except StoreError:
            return None

    return look
