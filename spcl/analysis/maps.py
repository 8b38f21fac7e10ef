"""One map for a whole run: each snapshot's layout continues its nearest neighbour's in time."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spcl.analysis import projection
from spcl.store.derived import DerivedReader, DerivedWriter, Layout, digest, scale_for
from spcl.store.reader import Run

VERSION = 2
REBUILD_BELOW = 0.08
"""A continued layout whose trustworthiness is this far below the best one's is tried anew."""
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

    def _layout(self) -> Layout:
        info = self.run.info()
        parameters = {
            "version": VERSION,
            "neighbours": projection.NUM_NEIGHBOURS,
            "components": projection.NUM_COMPONENTS,
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
        found = [old for old in self.reader.layouts() if old.name == fresh.name]
        return found[0] if found else fresh

    def pending(self, steps: list[int]) -> list[int]:
        """Return the steps without a layout, newest first."""
        return [step for step in sorted(steps, reverse=True) if step not in self.layout.steps]

    def add(self, step: int) -> str | None:
        """Lay out one snapshot; returns a sentence if the map had to be built anew."""
        snapshot = self.run.snapshot(step)
        features = snapshot.features
        near = self._nearest_done(step)
        reference = self._pixels_at(near)
        reference_features = self.run.snapshot(near).features if near is not None else None

        def measure(layout: projection.Positions) -> projection.Quality:
            return projection.quality(
                features, layout, reference_features=reference_features, reference=reference
            )

        positions = self._embedded(features, reference)
        measured = measure(positions)
        is_rebuilt = False
        if self.method == "umap" and reference is not None and self._is_poor(measured):
            anew = projection.umap_layout(features, seed=self.layout.seed)
            anew = projection.registered(anew, reference)
            gained = measure(anew)
            is_rebuilt = gained.trustworthiness > measured.trustworthiness + REBUILD_GAIN
            positions, measured = (anew, gained) if is_rebuilt else (positions, measured)
        prototypes = snapshot.prototypes
        placed = projection.place_prototypes(
            positions, features, prototypes["vectors"], prototypes["seen"]
        )
        self._publish(step, np.vstack([positions, placed]), measured, is_rebuilt)
        if not is_rebuilt:
            return None
        return f"The map was built anew at step {step}: the old one no longer fitted."

    def _embedded(
        self, features: NDArray[np.floating], reference: projection.Positions | None
    ) -> projection.Positions:
        if self.method == "pca":
            positions = projection.pca_layout(features)
        else:
            positions = projection.umap_layout(features, seed=self.layout.seed, start=reference)
        if reference is None:
            centred: projection.Positions = positions - positions.mean(axis=0)
            return centred
        return projection.registered(positions, reference)

    def _is_poor(self, measured: projection.Quality) -> bool:
        best = max(values["trustworthiness"] or 0.0 for values in self.layout.steps.values())
        return measured.trustworthiness < best - REBUILD_BELOW

    def _nearest_done(self, step: int) -> int | None:
        known = self.layout.steps
        done = [s for s in known if self.reader.positions_path(self.layout, s).exists()]
        return min(done, key=lambda other: abs(other - step)) if done else None

    def _pixels_at(self, step: int | None) -> projection.Positions | None:
        if step is None:
            return None
        positions = self.reader.positions(self.layout, step)
        assert positions is not None, "positions appear whole"
        pixels: projection.Positions = positions[: self.layout.num_pixels].astype(np.float64)
        return pixels

    def _publish(
        self,
        step: int,
        positions: projection.Positions,
        measured: projection.Quality,
        rebuilt: bool,
    ) -> None:
        layout = self.layout
        if not layout.steps:
            layout = replace(layout, scale=scale_for(positions))
        self.writer.write_positions(layout, step, positions)
        values = {
            "trustworthiness": round(measured.trustworthiness, 4),
            "stability": None if measured.stability is None else round(measured.stability, 4),
        }
        refits = (*layout.refits, step) if rebuilt else layout.refits
        self.layout = replace(layout, steps={**layout.steps, step: values}, refits=refits)
        self.writer.write_layout(self.layout)
