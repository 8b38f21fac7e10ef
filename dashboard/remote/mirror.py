"""One round: look what is new elsewhere and bring it here, the runs that pages show first.

What never changes is fetched once, a folder at a time, oldest snapshot first; a growing file by its
end; a file that is replaced when it was. What is gone elsewhere goes here, too.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from dashboard.remote.bringing import Listed, RefusedError, bring_folder, bring_lines, listed
from dashboard.remote.cache import Cache, is_plain
from dashboard.remote.far import Entry, Far, NoAccessError
from dashboard.remote.known import REST_SECONDS, Found, Known
from spcl.store import schema
from spcl.store.baselines.reader import BASELINES_FILE
from spcl.store.errors import StoreError
from spcl.store.formats.files import MOST_JSON_BYTES
from spcl.store.schema import step_folder

MOST_RUNS = 1_000
SLICE_SECONDS = 3.0
"""How long a round brings snapshots before it looks again what has become of running runs."""
_ENDED = ("finished", "stopped", "failed")


class Mirror:
    """Keep the runs of a folder elsewhere in a cache."""

    def __init__(
        self,
        far: Far,
        cache: Cache,
        *,
        only: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Bring the runs of `far`, or the one named `only`, into `cache`."""
        self._far, self._cache, self._only, self._clock = far, cache, only, clock
        self._known: dict[str, Known] = {}
        self._left_out: set[str] = set()
        self._notes: dict[str, str] = {}

    def round(self, first: Sequence[str] = ()) -> Found:
        """Bring what is new (CutError, FileNotFoundError: no answer, or no such folder).

        Args:
            first: the runs that pages show.
        """
        names = self._runs()
        for gone in (self._cache.names() | set(self._known)) - set(names):
            self._remove(gone)
        self._left_out &= set(names)
        self._notes = {}
        order = sorted(names, key=lambda name: name not in first)
        until = self._clock() + SLICE_SECONDS
        waiting = [(name, step) for name in order for step in self._small(name, name in first)]
        for name, step in waiting:
            if self._clock() >= until:
                break
            self._snapshot(name, step, order)
        awaited = {name for name, _ in waiting} - self._cache.names() - self._left_out
        return Found(len(names), len(awaited), len(self._left_out), dict(self._notes))

    def _place(self, name: str) -> str:
        """Return where a run stands here: hidden as long as it has nothing to show."""
        return name if name in self._cache.names() else f".{name}.coming"

    def _remove(self, name: str) -> None:
        self._cache.remove(self._place(name))
        self._known.pop(name, None)

    def _runs(self) -> list[str]:
        """Return the names that may be runs, newest first."""
        if self._only is not None:
            self._far.entries(self._only)
            return [self._only]
        entries = self._far.entries()
        names = [name for name, entry in entries.items() if entry.is_folder and is_plain(name)]
        return sorted(names, reverse=True)[:MOST_RUNS]

    def _small(self, name: str, is_shown: bool) -> list[int]:
        """Bring what is small of a run; return the steps whose snapshots are not here yet."""
        known = self._known.setdefault(name, Known())
        rests = known.is_complete and not is_shown
        if rests and self._clock() - known.looked_at < REST_SECONDS:
            return []
        known.looked_at = self._clock()
        try:
            return self._looked_at(name, known)
        except FileNotFoundError:
            return []  # it goes at this moment
        except (RefusedError, NoAccessError, StoreError) as error:
            self._notes[name] = str(error)
            return []

    def _looked_at(self, name: str, known: Known) -> list[int]:
        entries = self._far.entries(name)
        about = entries.get(schema.RUN_FILE)
        if about is None or about.is_folder:
            return []
        place, steps = self._place(name), self._steps(name, entries)
        here = self._steps_here(name)
        for gone in here - set(steps):
            self._cache.remove(f"{place}/{schema.SNAPSHOTS_FOLDER}/{step_folder(gone)}")
        if not self._probe(name, entries):
            steps = []
        wanted = [step for step in steps if step not in here and step not in known.refused]
        if here or not wanted:
            self._files(name, entries, known)
        known.is_complete = not wanted and self._has_ended(name)
        for sentence in known.refused.values():
            self._notes[name] = sentence
        return wanted

    def _steps(self, name: str, entries: dict[str, Entry]) -> list[int]:
        """Return the steps that have a snapshot elsewhere, ascending."""
        folder = entries.get(schema.SNAPSHOTS_FOLDER)
        if folder is None or not folder.is_folder:
            return []
        with suppress(FileNotFoundError):
            found = self._far.entries(f"{name}/{schema.SNAPSHOTS_FOLDER}")
            return schema.steps_of([one for one, entry in found.items() if entry.is_folder])
        return []

    def _steps_here(self, name: str) -> set[int]:
        return set(
            schema.steps_of(self._cache.names(f"{self._place(name)}/{schema.SNAPSHOTS_FOLDER}"))
        )

    def _probe(self, name: str, entries: dict[str, Entry]) -> bool:
        """Return whether what all snapshots observe is here; bring it where it is not."""
        path, to = f"{name}/{schema.PROBE_FOLDER}", f"{self._place(name)}/{schema.PROBE_FOLDER}"
        if self._cache.size(f"{to}/{schema.PROBE_FILE}") is not None:
            return True
        folder = entries.get(schema.PROBE_FOLDER)
        if folder is None or not folder.is_folder:
            return False
        what = listed(self._far, path)
        if what is None or not self._cache.has_room(what.bytes):
            return False
        return bring_folder(self._far, self._cache, path, to, what)

    def _files(self, name: str, entries: dict[str, Entry], known: Known) -> None:
        """Bring the files beside the folders, `run.json` last: what it says has then come.

        With them the run has something to show.
        """
        place = self._place(name)
        for file in (schema.METRICS_FILE, schema.SCORED_FILE):
            rows = entries.get(file)
            if rows is not None and not rows.is_folder and known.stamps.get(file) != rows.stamp:
                bring_lines(self._far, self._cache, f"{name}/{file}", f"{place}/{file}", rows)
                known.stamps[file] = rows.stamp
        for file in (BASELINES_FILE, schema.RUN_FILE):
            entry = entries.get(file)
            if entry is None or entry.is_folder:
                continue
            path, to = f"{name}/{file}", f"{place}/{file}"
            changes = file == schema.RUN_FILE and not self._has_ended(name)
            if known.stamps.get(file) == entry.stamp and not changes and self._cache.size(to):
                continue
            if entry.size > MOST_JSON_BYTES:
                raise RefusedError(
                    f"{path} has {entry.size:,} bytes, more than the {MOST_JSON_BYTES:,} read"
                )
            content = self._far.read(path, most=MOST_JSON_BYTES)
            self._cache.put(to, content, entry.changed)
            known.stamps[file] = entry.stamp
        if place != name:
            self._cache.publish(place, name)

    def _has_ended(self, name: str) -> bool:
        """Return whether the run says here that it has ended."""
        try:
            about = json.loads(self._cache.content(f"{self._place(name)}/{schema.RUN_FILE}"))
            return isinstance(about, dict) and about.get("status") in _ENDED
        except (OSError, ValueError, RecursionError, StoreError):
            return False

    def _snapshot(self, name: str, step: int, order: Sequence[str]) -> None:
        """Bring one snapshot, if it is whole elsewhere and there is room here."""
        known = self._known[name]
        below = f"{schema.SNAPSHOTS_FOLDER}/{step_folder(step)}"
        path, to = f"{name}/{below}", f"{self._place(name)}/{below}"
        try:
            what = listed(self._far, path)
            if what is None or known.not_whole.get(step) == what.stamp:
                return
            if not self._makes_room(what, name, order):
                self._say_full(name, step)
                return
            if bring_folder(self._far, self._cache, path, to, what):
                self._left_out.discard(name)
                if self._place(name) != name:
                    self._files(name, self._far.entries(name), known)
            else:
                known.not_whole[step] = what.stamp
        except FileNotFoundError:
            return  # the training has let it go
        except (RefusedError, NoAccessError) as error:
            known.refused[step] = self._notes[name] = str(error)

    def _makes_room(self, what: Listed, name: str, order: Sequence[str]) -> bool:
        """Return whether there is room, after runs that come later have made way."""
        later = [other for other in order[order.index(name) + 1 :] if other in self._cache.names()]
        while not self._cache.has_room(what.bytes):
            if not later:
                return False
            self._left_out.add(later[-1])
            self._remove(later.pop())
        return True

    def _say_full(self, name: str, step: int) -> None:
        if self._steps_here(name):
            self._notes[name] = f"The snapshots from step {step:,} on have no room in the cache."
        else:
            self._left_out.add(name)
            self._cache.remove(self._place(name))
