"""Results of the analysis process: where they lie on disk, and how the dashboard reads them.

`derived/` may be deleted at any time and is made again. Keyed by recipe: a digest of input,
parameters and code version, so that nothing is computed twice and nothing stale is shown.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.store.errors import StoreError
from spcl.store.formats.files import load_npy, read_json
from spcl.store.formats.own_files import is_own_folder, own_entries, own_stat
from spcl.store.names import EventRow
from spcl.store.places.user_cache import user_cache
from spcl.store.reader import MetricsTail, Run

LAYOUT_FILE = "layout.json"
MASKS_FOLDER = "masks"
PROJECTIONS_FOLDER = "projections"
MEASURES_FILE = "measures.jsonl"
MEASURES_COLUMNS_FILE = "measures.columns.npz"
UPDATES_COLUMNS_FILE = "metrics.columns.npz"
EVENTS_FILE = "events.jsonl"
RECIPE_FILE = "measures.recipe"
FAILED_FILE = "measures.failed.json"
VERSIONS_FILE = "versions.json"
VERSIONS = {"maps": 4, "measures": 8, "masks": 3}
"""Raised with every change of what the analysis computes; older results are made again."""
UNPLACED = np.iinfo(np.int16).min
"""Coordinate of a prototype that has not been seen yet."""


def digest(value: Mapping[str, Any]) -> str:
    """Return 12 hexadecimal digits that name `value`."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class DerivedPlace:
    """Where derived results stand: the folder `path`, in the folder `within` that is not left."""

    path: Path
    within: Path


def derived_place(run: Run, *, for_writing: bool = False) -> DerivedPlace:
    """Return where the derived results of `run` stand.

    Inside the run; in the user's cache folder when they cannot be written there: the medium may be
    read-only, the run another user's, or `derived` a link, which leads nobody knows where.
    """
    inside = DerivedPlace(run.derived_path, run.path)
    if _can_be_written(inside):
        return inside
    cached = user_cache() / "derived" / digest({"run": str(run.path.resolve())})
    if for_writing or cached.is_dir():
        return DerivedPlace(cached, cached)
    return inside


def _can_be_written(place: DerivedPlace) -> bool:
    if not os.path.lexists(place.path):
        return os.access(place.within, os.W_OK)
    return is_own_folder(place.path, within=place.within) and os.access(place.path, os.W_OK)


@dataclass(frozen=True)
class Layout:
    """One projection of all snapshots of a run into one plane."""

    method: str
    recipe: str
    parameters: Mapping[str, Any]
    seed: int
    num_pixels: int
    num_prototypes: int
    scale: float
    """Map units of one int16 step: x = int16 * scale."""
    steps: Mapping[int, Mapping[str, float | None]] = field(default_factory=dict)
    """step -> quality: trustworthiness, stability, ... in [0, 1]."""
    refits: tuple[int, ...] = ()
    """Steps at which the map was built anew instead of continued."""
    within_reach: float = 0.0
    """The trustworthiness that the next layout is expected to come near to, in [0, 1]."""
    kept: Mapping[str, float] = field(default_factory=dict)
    """Of a map of two runs: class name -> share of neighbours that are the same in both."""

    @property
    def name(self) -> str:
        """Return the folder name of the projection."""
        return f"{self.method}-{self.recipe}"

    def to_json(self) -> dict[str, Any]:
        """Return the content of `layout.json`."""
        steps = {str(step): dict(quality) for step, quality in self.steps.items()}
        return {**self.__dict__, "steps": steps, "refits": list(self.refits)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Layout":
        """Read `layout.json`, ignoring unknown keys (KeyError, TypeError, ... if damaged)."""
        known = {key: value for key, value in raw.items() if key in cls.__dataclass_fields__}
        known["steps"] = {int(step): _numbers(quality) for step, quality in raw["steps"].items()}
        known["seed"] = int(raw["seed"])
        known["num_pixels"] = int(raw["num_pixels"])
        known["num_prototypes"] = int(raw["num_prototypes"])
        known["refits"] = tuple(int(step) for step in raw.get("refits", ()))
        known["scale"] = float(raw["scale"])
        known["kept"] = {str(k): float(share) for k, share in raw.get("kept", {}).items()}
        known["within_reach"] = float(raw.get("within_reach", 0.0))
        return cls(**known)


def _numbers(quality: Mapping[str, Any]) -> dict[str, float | None]:
    return {name: None if value is None else float(value) for name, value in quality.items()}


class DerivedReader:
    """Read derived results as far as they exist; nothing here raises for what is not there."""

    def __init__(self, run: Run) -> None:
        """Look at the derived results of `run`."""
        place = derived_place(run)
        self.path, self.within = place.path, place.within

    def layouts(self) -> list[Layout]:
        """Return the projections present, newest first."""
        folder = self.path / PROJECTIONS_FOLDER
        names = own_entries(folder, within=self.within)
        files = [folder / name / LAYOUT_FILE for name in names]
        layouts = []
        for file in sorted(files, key=self._modified, reverse=True):
            try:
                layout = Layout.from_json(read_json(file, within=self.within))
            except (StoreError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
                continue
            if layout.name == file.parent.name:
                layouts.append(layout)
        return layouts

    def layout(self, method: str) -> Layout | None:
        """Return the newest projection of `method` ("pca", "umap"), if any."""
        return next((layout for layout in self.layouts() if layout.method == method), None)

    def positions_path(self, layout: Layout, step: int) -> Path:
        """Return the file with the int16 positions of `step`."""
        return self.path / PROJECTIONS_FOLDER / layout.name / f"step_{step}.npy"

    def stored_positions(self, layout: Layout, step: int) -> NDArray[np.int16] | None:
        """Return positions (N + K, 2) in steps of `layout.scale`; None if there are none."""
        try:
            stored = load_npy(self.positions_path(layout, step), within=self.within)
        except StoreError:
            return None
        return stored if stored.dtype == np.int16 and stored.shape[1:] == (2,) else None

    def positions(self, layout: Layout, step: int) -> NDArray[np.float32] | None:
        """Return positions (N + K, 2) in map units, NaN where not placed; None if not there."""
        stored = self.stored_positions(layout, step)
        if stored is None:
            return None
        return np.where(stored == UNPLACED, np.nan, stored * np.float32(layout.scale))

    def mask_report(self, step: int) -> dict[str, Any] | None:
        """Return what happened to the masks of `step`; None if not there."""
        try:
            return read_json(self.path / MASKS_FOLDER / f"step_{step}.json", within=self.within)
        except StoreError:
            return None

    def is_complete(
        self, steps: Collection[int], *, measured: Collection[int], has_map: bool = True
    ) -> bool:
        """Return whether the present analysis has done all it does for the snapshots `steps`.

        Args:
            steps: the snapshots of a run that has ended.
            measured: the steps that have measures, as the caller has read them.
            has_map: whether there are features, without which there is no map.
        """
        layout = self.layout("umap")
        mapped = set() if layout is None else set(layout.steps)
        if not has_map:  # and without labels, too, there is nothing to measure
            mapped, measured = set(steps), measured or steps
        reports = own_entries(self.path / MASKS_FOLDER, within=self.within)
        return not steps or (
            self._versions() == VERSIONS
            and set(steps) <= mapped & set(measured)
            and {f"step_{step}.json" for step in steps} <= set(reports)
        )

    def _versions(self) -> dict[str, Any]:
        try:
            return read_json(self.path / VERSIONS_FILE, within=self.within)
        except StoreError:
            return {}

    def failed_inputs(self) -> dict[int, str]:
        """Return the steps whose measures failed, with a word for the inputs they failed with."""
        try:
            noted = read_json(self.path / FAILED_FILE, within=self.within)
            return {int(step): str(inputs) for step, inputs in noted.items()}
        except (StoreError, ValueError):
            return {}

    def measures(self) -> MetricsTail:
        """Return a tail of the measures."""
        return MetricsTail(self.path / MEASURES_FILE, within=self.within)

    def events(self) -> MetricsTail:
        """Return a tail of the events."""
        return MetricsTail(self.path / EVENTS_FILE, within=self.within)

    def recorded_events(self) -> list[EventRow]:
        """Return all events so far, in the order they were written; damaged lines are left out."""
        rows = []
        for raw in self.events().read():
            with contextlib.suppress(TypeError):
                rows.append(EventRow.from_json(raw))
        return rows

    def _modified(self, path: Path) -> float:
        found = own_stat(path, within=self.within)
        return found.st_mtime if found else 0.0
