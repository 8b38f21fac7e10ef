"""How the analysis process writes its results; only it may import this file."""

import contextlib
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.store.derived.reader import (
    EVENTS_FILE,
    FAILED_FILE,
    LAYOUT_FILE,
    MASKS_FOLDER,
    MEASURES_FILE,
    PROJECTIONS_FOLDER,
    RECIPE_FILE,
    UNPLACED,
    VERSIONS,
    VERSIONS_FILE,
    Layout,
    derived_place,
)
from spcl.store.errors import StoreError, writing
from spcl.store.formats.encoding import array_bytes, json_bytes
from spcl.store.formats.files import MOST_NPZ_BYTES
from spcl.store.formats.own_files import is_own_folder, open_own, own_entries, read_own
from spcl.store.formats.own_writes import append_own, make_own_folder, remove_own, write_own
from spcl.store.life.leftovers import remove_files
from spcl.store.names import EventRow, MeasureRow
from spcl.store.reader import Run

_RANGE = 32000
_OF_STEP = re.compile(r"step_(\d{1,12})\.(?:npy|json)")


class DerivedWriter:
    """Write derived results; one such writer a run at a time."""

    def __init__(self, run: Run) -> None:
        """Make the `derived/` folder of `run` (StoreError where nothing can be written)."""
        place = derived_place(run, for_writing=True)
        self.path, self.within = place.path, place.within
        try:
            if self.within == self.path:  # in the user's cache folder
                self.path.mkdir(parents=True, exist_ok=True)
            make_own_folder(self.path, within=self.within)
        except OSError as error:
            raise StoreError(
                f"{self.path} cannot be written ({error.strerror}); make it writable, or set "
                "XDG_CACHE_HOME to a folder that is"
            ) from None

    def write_positions(self, layout: Layout, step: int, positions: NDArray[Any]) -> None:
        """Write map positions (N + K, 2) in map units, pixels first; NaN is "not placed"."""
        folder = self.path / PROJECTIONS_FOLDER / layout.name
        placed = np.isfinite(positions)
        quantized = np.where(placed, np.rint(np.nan_to_num(positions) / layout.scale), UNPLACED)
        clipped = np.clip(quantized, UNPLACED, -UNPLACED - 1).astype(np.int16)
        self._write(folder / f"step_{step}.npy", array_bytes(clipped))

    def write_layout(self, layout: Layout) -> None:
        """Write `layout.json`, after the positions of the steps it names."""
        folder = self.path / PROJECTIONS_FOLDER / layout.name
        self._write(folder / LAYOUT_FILE, json_bytes(layout.to_json()))

    def begin_measures(self, recipe: str) -> None:
        """Keep measures and events made by `recipe`; begin them anew if another made them."""
        if self._recorded(RECIPE_FILE) == recipe.encode():
            with contextlib.suppress(StoreError):  # a link, or shared with another file: replaced
                for name in (MEASURES_FILE, EVENTS_FILE):
                    append_own(self.path / name, b"", within=self.within)  # ends a torn line
                return
        for name in (MEASURES_FILE, EVENTS_FILE):
            self._write(self.path / name, b"")
        self.write_failed_inputs({})
        self._write(self.path / RECIPE_FILE, recipe.encode())

    def keep_measures(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep no measures but `rows`, as they were read; a killed process tore the others."""
        self._keep(MEASURES_FILE, rows)

    def keep_events(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep no events but `rows`, as they were read; a killed process tore the others."""
        self._keep(EVENTS_FILE, rows)

    def write_failed_inputs(self, noted: Mapping[int, str]) -> None:
        """Record which steps' measures failed with which inputs, where that is news."""
        content = json_bytes({str(step): noted[step] for step in sorted(noted)})
        if (self._recorded(FAILED_FILE) or json_bytes({})) != content:
            self._write(self.path / FAILED_FILE, content)

    def append_measures(self, rows: Iterable[MeasureRow]) -> None:
        """Append measures."""
        self._append(MEASURES_FILE, rows)

    def append_events(self, rows: Iterable[EventRow]) -> None:
        """Append events."""
        self._append(EVENTS_FILE, rows)

    def write_columns(self, name: str, content: bytes) -> None:
        """Write the columns of a growing file; none where they are too large to be read again."""
        if len(content) <= MOST_NPZ_BYTES:
            self._write(self.path / name, content)

    def write_versions(self) -> None:
        """Record that everything so far was made by the present versions."""
        content = json_bytes(VERSIONS)
        if self._recorded(VERSIONS_FILE) != content:
            self._write(self.path / VERSIONS_FILE, content)

    def write_mask_report(self, step: int, report: Mapping[str, Any]) -> None:
        """Write what happened to the masks of `step`; its first key is the `recipe` of it."""
        self._write(self.path / MASKS_FOLDER / f"step_{step}.json", json_bytes(report))

    def has_mask_report(self, step: int, recipe: str) -> bool:
        """Return whether the report of `step` is there, made by `recipe`; reads its first bytes."""
        begins = json_bytes({"recipe": recipe})[:-1]
        path = self.path / MASKS_FOLDER / f"step_{step}.json"
        try:
            with open_own(path, within=self.within) as stream:
                return stream.read(len(begins)) == begins
        except (OSError, StoreError):
            return False

    def keep_steps(self, steps: Collection[int]) -> None:
        """Remove maps and mask reports of all steps but `steps`: their snapshots are gone."""
        for folder in self._folders():
            for name in own_entries(folder, within=self.within):
                found = _OF_STEP.fullmatch(name)
                if found is not None and int(found[1]) not in steps:
                    remove_own(folder / name, within=self.within)

    def remove_leftovers(self) -> None:
        """Remove temporary files of an analysis that was killed; only for who holds its lock."""
        for folder in (self.path, *self._folders()):
            if is_own_folder(folder, within=self.within):
                remove_files(folder)

    def _folders(self) -> list[Path]:
        """Return the folders that hold a file for each step."""
        projections = self.path / PROJECTIONS_FOLDER
        names = own_entries(projections, within=self.within)
        return [self.path / MASKS_FOLDER, *(projections / name for name in names)]

    def _append(self, name: str, rows: Iterable[EventRow | MeasureRow]) -> None:
        content = b"".join(json_bytes(row.to_json()) + b"\n" for row in rows)
        with writing(self.path):
            append_own(self.path / name, content, within=self.within)

    def _keep(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        self._write(self.path / name, b"".join(json_bytes(row) + b"\n" for row in rows))

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file and its folder (UnwritableError where the disk is full, or worse)."""
        with writing(self.path):
            make_own_folder(path.parent, within=self.within)
            write_own(path, content, within=self.within)

    def _recorded(self, name: str) -> bytes | None:
        """Return the content of a small file; None where there is none that can be trusted."""
        try:
            return read_own(self.path / name, within=self.within)
        except (OSError, StoreError):
            return None


def scale_for(positions: NDArray[Any]) -> float:
    """Return the scale at which `positions` fill the int16 range with room to move (half of it)."""
    largest = float(np.nanmax(np.abs(positions), initial=1e-6))
    return 2 * largest / _RANGE
