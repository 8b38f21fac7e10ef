"""One map for a whole run: each snapshot's layout continues its nearest neighbour's in time."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.maps import embedding, projection
from spcl.analysis.maps.layout_quality import Quality, quality
from spcl.store.derived.reader import VERSIONS, DerivedReader, Layout, digest
from spcl.store.derived.writer import DerivedWriter, scale_for
from spcl.store.errors import StoreError
from spcl.store.names import EventKind, EventRow
from spcl.store.reader import Run

REBUILD_BELOW = 0.08
"""A continued layout this much less trustworthy than what is within reach is tried anew."""
REBUILD_GAIN = 0.03
"""The new layout must be this much better, else the jump is not worth it and is not made."""


class RunMap:
    """The projection of one run by one method ("pca" or "umap")."""

    def __init__(self, run: Run, method: str, writer: DerivedWriter) -> None:
        """Continue the layout on disk if it was made by the same recipe."""
        self.run = run
        self.method = method
        self.writer = writer
        self.reader = DerivedReader(run)
        self.layout = self._layout()
        self.within_reach = self.layout.within_reach

    def _layout(self) -> Layout:
        info = self.run.info()
        parameters = {
            "version": VERSIONS["maps"],
            "neighbors": embedding.NUM_NEIGHBORS,
            "components": embedding.NUM_COMPONENTS,
        }
        recipe = digest(
            {"run": info.started_at, "method": self.method, "seed": info.seed, **parameters}
        )
        fresh = Layout(
            method=self.method,
            recipe=recipe,
            parameters=parameters,
            seed=info.seed,
            num_pixels=len(self.run.probe().pixels["image"]),
            num_prototypes=len(info.label_space),
            scale=0.0,
        )
        return next((old for old in self.reader.layouts() if old.name == fresh.name), fresh)

    def pending(self, steps: list[int]) -> list[int]:
        """Return the steps without a layout, newest first; none where there are no features."""
        if "features" in self.run.info().absent:
            return []
        return [step for step in sorted(steps, reverse=True) if step not in self.layout.steps]

    def keep_steps(self, steps: Collection[int]) -> None:
        """Forget the steps whose snapshots are gone; the others stay where they are."""
        kept = {step: values for step, values in self.layout.steps.items() if step in steps}
        if len(kept) < len(self.layout.steps):
            self.layout = replace(self.layout, steps=kept)
            self.writer.write_layout(self.layout)

    def rebuilt(self) -> list[EventRow]:
        """Return an event for every step at which the map had to be built anew."""
        sentence = "The map was built anew at step {}: the old one no longer fitted."
        return [
            EventRow(step, None, EventKind.MAP_REBUILT, None, None, sentence.format(step))
            for step in self.layout.refits
        ]

    def add(self, step: int) -> None:
        """Lay out one snapshot."""
        snapshot = self.run.snapshot(step)
        features = snapshot.features
        reference = self._reference(step)
        positions = self._embedded(features, reference)
        measured = quality(features, positions, reference=reference)
        self.within_reach = max(self.within_reach, measured.trustworthiness)
        is_rebuilt = False
        if self.method == "umap" and reference is not None and self._is_poor(measured):
            anew = self._embedded_anew(features, reference)
            gained = quality(features, anew, reference=reference)
            # Early snapshots lie worse on any map: what a fresh one reaches is the measure now.
            self.within_reach = gained.trustworthiness
            is_rebuilt = gained.trustworthiness > measured.trustworthiness + REBUILD_GAIN
            positions, measured = (anew, gained) if is_rebuilt else (positions, measured)
        prototypes = snapshot.prototypes
        placed = projection.place_prototypes(
            positions, features, prototypes["vectors"], prototypes["seen"]
        )
        self._publish(step, np.vstack([positions, placed]), measured, is_rebuilt)

    def _embedded(
        self, features: NDArray[np.floating], reference: projection.Start | None
    ) -> embedding.Positions:
        if self.method == "pca":
            positions = projection.pca_layout(features)
        else:
            positions = projection.umap_layout(features, seed=self.layout.seed, start=reference)
        if reference is None:
            centerd: embedding.Positions = positions - positions.mean(axis=0)
            return centerd
        return projection.registered(
            positions, reference.positions, keep_units=self.method == "umap"
        )

    def _embedded_anew(
        self, features: NDArray[np.floating], reference: projection.Start
    ) -> embedding.Positions:
        positions = projection.umap_layout(features, seed=self.layout.seed)
        return projection.registered(positions, reference.positions, keep_units=True)

    def _is_poor(self, measured: Quality) -> bool:
        return measured.trustworthiness < self.within_reach - REBUILD_BELOW

    def _reference(self, step: int) -> projection.Start | None:
        """Return the layout to continue: of the step next in time that has one."""
        by_distance = sorted(self.layout.steps, key=lambda other: abs(other - step))
        for near in by_distance:
            positions = self.reader.positions(self.layout, near)
            if positions is not None:
                pixels = positions[: self.layout.num_pixels].astype(np.float64)
                with suppress(StoreError):  # damaged since: the next one near
                    return projection.Start(pixels, self.run.snapshot(near).features)
        return None

    def _publish(
        self,
        step: int,
        positions: embedding.Positions,
        measured: Quality,
        rebuilt: bool,
    ) -> None:
        layout = self.layout
        if not layout.steps:
            layout = replace(layout, scale=scale_for(positions))
        self.writer.write_positions(layout, step, positions)
        values = {
            name: None if value is None else round(value, 4)
            for name, value in measured._asdict().items()
        }
        refits = (*layout.refits, step) if rebuilt else layout.refits
        self.layout = replace(
            layout,
            steps={**layout.steps, step: values},
            refits=refits,
            within_reach=self.within_reach,
        )
        self.writer.write_layout(self.layout)
