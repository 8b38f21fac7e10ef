"""Notice what is new in a run since the last look: an alarm that rises, a training that ends."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from spcl.store import schema
from spcl.store.derived.reader import DerivedReader
from spcl.store.errors import StoreError
from spcl.store.formats.jsonl import is_step
from spcl.store.formats.text import one_line
from spcl.store.life.status import Status, status_of
from spcl.store.names import EventKind
from spcl.store.reader import Run
from spcl.store.schema import RunInfo

_LIVING = ("running", "stalled")
_ALARMS = frozenset(kind.value for kind in EventKind if kind.is_alarm)


@dataclass(frozen=True)
class Happening:
    """Something that happened to a run.

    Attributes:
        event: "alarm" for one that has risen, "ended" for a training that has.
        run: id of the run.
        path: its folder.
        title: what people call it.
        step: of the snapshot that raised the alarm, or the last step of the training.
        status: how the run stands: running, finished, stopped, failed, crashed.
        sentence: what happened, for a person.
        kind: of the alarm, an `EventKind`; None for an end.
        class_name: the class the alarm is about; None for all, and for an end.
    """

    event: Literal["alarm", "ended"]
    run: str
    path: Path
    title: str
    step: int
    status: str
    sentence: str
    kind: str | None = None
    class_name: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as an object of plain values; `class_name` is called `class`, as on disk."""
        plain = {key: value for key, value in self.__dict__.items() if key != "class_name"}
        return {**plain, "path": str(self.path.absolute()), "class": self.class_name}


class RunWatch:
    """Look at one run again and again; what is there at the first look is no news."""

    def __init__(self, run: Run, *, is_new: bool = False) -> None:
        """Begin to watch.

        Args:
            run: the run.
            is_new: whether it began after somebody was watching, so that all of it is news.
        """
        self._run = run
        self._events = DerivedReader(run).events()
        self._raised: dict[tuple[str, ...], set[int]] = {}
        self._lived = is_new
        self._seen: tuple[object, ...] = ()
        if not is_new:
            self.look()

    def look_if_changed(self) -> list[Happening]:
        """Look as `look`, but pass a run over that has ended and was left as it is since then."""
        marks = _marks(self._run.path / schema.RUN_FILE), _marks(self._events.path)
        if not self._lived and marks == self._seen:
            return []
        found = self.look()
        self._seen = marks
        return found

    def look(self) -> list[Happening]:
        """Return what happened since the last look (StoreError: the run cannot be read)."""
        info = self._run.info()
        status = status_of(info, self._run.path)
        found = list(self._alarms(info, status))
        is_living = status.kind in _LIVING
        if self._lived and not is_living:
            sentence = _ended(info, status)
            found.append(self._happening("ended", info, status, info.step, sentence))
        self._lived = is_living
        return found

    def _alarms(self, info: RunInfo, status: Status) -> Iterator[Happening]:
        """Yield the alarms that did not hold at the snapshot before."""
        steps = self._run.steps()
        for row in self._events.read():
            kind = str(row.get("kind"))
            if not is_step(row.get("step")) or kind not in _ALARMS:
                continue
            step = int(row["step"])
            key = (kind, str(row.get("class")), str(row.get("rival")))
            held = self._raised.setdefault(key, set())
            before = max((one for one in steps if one < step), default=None)
            if step not in held and before not in held:
                name = row.get("class")
                sentence = one_line(str(row.get("sentence", "")))
                happening = self._happening("alarm", info, status, step, sentence)
                yield Happening(
                    **{
                        **happening.__dict__,
                        "kind": kind,
                        "class_name": None if name is None else one_line(str(name), 80),
                    }
                )
            held.add(step)

    def _happening(
        self,
        event: Literal["alarm", "ended"],
        info: RunInfo,
        status: Status,
        step: int,
        sentence: str,
    ) -> Happening:
        title = info.title or one_line(info.id)
        return Happening(event, info.id, self._run.path, title, step, status.kind, sentence)


def _marks(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _ended(info: RunInfo, status: Status) -> str:
    at = f"at step {info.step:,}"
    reason = f": {status.failure}" if status.failure else ""
    return f"{info.title or one_line(info.id)} {status.kind} {at}{reason}"


class FolderWatch:
    """Look at all runs of a folder again and again; one that has ended only when it was changed."""

    def __init__(self, runs_dir: Path) -> None:
        """Begin to watch; what is there now is no news."""
        self._runs_dir = runs_dir
        self._watches: dict[Path, RunWatch] = {}
        self._known: set[tuple[str, str]] = set()
        self._began = schema.utc_now()
        self._look_for_runs()

    def look(self) -> list[Happening]:
        """Return what happened since the last look; a run that cannot be read is passed over."""
        self._look_for_runs()
        found: list[Happening] = []
        for watch in self._watches.values():
            with contextlib.suppress(StoreError):
                found += watch.look_if_changed()
        return found

    def _look_for_runs(self) -> None:
        """Watch the runs that have come; one that began before, or was moved here, is no news."""
        for gone in [path for path in self._watches if not path.exists()]:
            del self._watches[gone]
        with contextlib.suppress(OSError):
            for path in self._runs_dir.iterdir():
                is_run = not path.name.startswith(".") and (path / schema.RUN_FILE).is_file()
                if is_run and path not in self._watches:
                    self._begin(path)

    def _begin(self, path: Path) -> None:
        with contextlib.suppress(StoreError):
            info = Run(path).info()
            run = info.started_at, info.host
            is_new = info.started_at > self._began and run not in self._known
            self._watches[path] = RunWatch(Run(path), is_new=is_new)
            self._known.add(run)
