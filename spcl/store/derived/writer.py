"""How the analysis process writes its results; only it may import this file."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.store.derived.reader import (
    EVENTS_FILE,
    LAYOUT_FILE,
    MASKS_FOLDER,
    MEASURES_FILE,
    RECIPE_FILE,
    UNPLACED,
    VERSIONS,
    VERSIONS_FILE,
    Layout,
    derived_folder,
)
from spcl.store.formats.encoding import array_bytes, json_bytes
from spcl.store.names import EventRow, MeasureRow
from spcl.store.reader import Run
from spcl.store.writer import mend_torn_line, write_whole

_RANGE = 32000


class DerivedWriter:
    """Write derived results; one such writer a run at a time."""

    def __init__(self, run: Run) -> None:
        """Make the `derived/` folder of `run`."""
        self.path = derived_folder(run, for_writing=True)
        self.path.mkdir(parents=True, exist_ok=True)

    def write_positions(self, layout: Layout, step: int, positions: NDArray[Any]) -> None:
        """Write map positions (N + K, 2) in map units, pixels first; NaN is "not placed"."""
        folder = self.path / "projections" / layout.name
        folder.mkdir(parents=True, exist_ok=True)
        placed = np.isfinite(positions)
        quantized = np.where(placed, np.rint(np.nan_to_num(positions) / layout.scale), UNPLACED)
        clipped = np.clip(quantized, UNPLACED, -UNPLACED - 1).astype(np.int16)
        write_whole(folder / f"step_{step}.npy", array_bytes(clipped))

    def write_layout(self, layout: Layout) -> None:
        """Write `layout.json`, after the positions of the steps it names."""
        folder = self.path / "projections" / layout.name
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / LAYOUT_FILE, json_bytes(layout.to_json()))

    def begin_measures(self, recipe: str) -> None:
        """Keep measures and events made by `recipe`; begin them anew if another made them."""
        path = self.path / RECIPE_FILE
        if path.exists() and path.read_bytes() == recipe.encode():
            for name in (MEASURES_FILE, EVENTS_FILE):
                mend_torn_line(self.path / name)
            return
        for name in (MEASURES_FILE, EVENTS_FILE):
            write_whole(self.path / name, b"")
        write_whole(path, recipe.encode())

    def discard_measures(self) -> None:
        """Begin measures and events anew, by the same recipe; a killed process tore a row."""
        recipe = (self.path / RECIPE_FILE).read_text(encoding="utf-8")
        (self.path / RECIPE_FILE).unlink()
        self.begin_measures(recipe)

    def append_measures(self, rows: Iterable[MeasureRow]) -> None:
        """Append measures."""
        self._append(MEASURES_FILE, rows)

    def append_events(self, rows: Iterable[EventRow]) -> None:
        """Append events."""
        self._append(EVENTS_FILE, rows)

    def write_versions(self) -> None:
        """Record that everything so far was made by the present versions."""
        path, content = self.path / VERSIONS_FILE, json_bytes(VERSIONS)
        if not path.exists() or path.read_bytes() != content:
            write_whole(path, content)

    def write_mask_report(self, step: int, report: Mapping[str, Any]) -> None:
        """Write what happened to the masks of `step`; its first key is the `recipe` of it."""
        folder = self.path / MASKS_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"step_{step}.json", json_bytes(report))

    def has_mask_report(self, step: int, recipe: str) -> bool:
        """Return whether the report of `step` is there, made by `recipe`; reads its first bytes."""
        begins = json_bytes({"recipe": recipe})[:-1]
        try:
            with (self.path / MASKS_FOLDER / f"step_{step}.json").open("rb") as stream:
                return stream.read(len(begins)) == begins
        except OSError:
            return False

    def _append(self, name: str, rows: Iterable[EventRow | MeasureRow]) -> None:
        content = b"".join(json_bytes(row.to_json()) + b"\n" for row in rows)
        with (self.path / name).open("ab") as stream:
            stream.write(content)


def scale_for(positions: NDArray[Any]) -> float:
    """Return the scale at which `positions` fill the int16 range with room to move (half of it)."""
    largest = float(np.nanmax(np.abs(positions), initial=1e-6))
    return 2 * largest / _RANGE
