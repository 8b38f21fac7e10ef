"""Measure speed and quality of the maps against plain umap-learn in the same run.

python -m benchmarks.bench_projection
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import median_seconds
from spcl.analysis.maps.layout_quality import Quality, quality
from spcl.analysis.maps.projection import Start, pca_layout, registered, umap_layout
from spcl.analysis.maps.run_map import RunMap
from spcl.store.derived.writer import DerivedWriter
from spcl.store.reader import Run
from tests.support.synthetic_run import SyntheticRun

NUM_PIXELS = 5000
MANY_PIXELS = 20_000
NUM_CHANNELS = 256
NUM_SNAPSHOTS = 20
NUM_CLASSES = 11
Features = NDArray[np.float16]


def main() -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    table = list(snapshots(NUM_PIXELS))
    print(f"{NUM_PIXELS} x {NUM_CHANNELS}")
    report("PCA", median_seconds(lambda: pca_layout(table[0])), limit=1)
    first_layouts()
    ours, plain = refits(table)
    print("  trust, continuity, preservation of the first layout")
    print(f"    ours  {line(quality(table[0], ours))}")
    print(f"    plain {line(quality(table[0], plain))}")
    continued(table, ours)
    whole_run()


def snapshots(num_pixels: int) -> Iterator[Features]:
    """Yield unit features: classes of two domains on the sphere that drift apart.

    A third of the pixels starts in another class and moves to its own, each at a different time,
    so a map that does not follow is wrong in the end.
    """
    random = np.random.default_rng(0)
    class_id = random.integers(NUM_CLASSES, size=num_pixels)
    is_target = random.integers(2, size=num_pixels)[:, None]
    centers, drift = random.normal(size=(2, NUM_CLASSES, NUM_CHANNELS))
    gap = random.normal(size=NUM_CHANNELS)
    axes = random.normal(size=(NUM_CLASSES, 8, NUM_CHANNELS))
    within = np.einsum("nd,ndc->nc", random.normal(size=(num_pixels, 8)), axes[class_id])
    within += 0.5 * random.normal(size=(num_pixels, NUM_CHANNELS))
    before = np.where(random.random(num_pixels) < 1 / 3, class_id[::-1], class_id)
    moment = random.uniform(0.1, 0.9, size=num_pixels)
    for progress in np.linspace(0, 1, NUM_SNAPSHOTS):
        means = centers * (0.7 + 0.5 * progress) + 0.3 * progress * drift
        moved = np.clip((progress - moment) / 0.2 + 0.5, 0, 1)[:, None]
        features = (1 - moved) * means[before] + moved * means[class_id]
        features += 0.5 * (1 - progress) * is_target * gap + 0.5 * within
        unit = features / np.linalg.norm(features, axis=1, keepdims=True)
        yield unit.astype(np.float16)


def first_layouts() -> None:
    """Time import and first layout in fresh processes, with numba's cache empty and filled."""
    for empty, limit, repeats in ((True, 30, 2), (False, 15, 3)):
        name = "empty cache" if empty else "filled cache"
        ours = median(fresh_processes("ours", empty=empty, repeats=repeats))
        plain = median(fresh_processes("plain", empty=empty, repeats=repeats - 1))
        report(f"first UMAP, {name}", ours, limit=limit, plain=plain)


def fresh_processes(which: str, *, empty: bool, repeats: int) -> Iterator[float]:
    """Yield the seconds of import and first layout of each process."""
    with tempfile.TemporaryDirectory() as folder:
        if not empty:
            in_a_fresh_process(which, folder)
        for repeat in range(repeats):
            yield in_a_fresh_process(which, f"{folder}/{repeat}" if empty else folder)


def in_a_fresh_process(which: str, cache: str) -> float:
    command = [sys.executable, "-m", "benchmarks.bench_projection", which]
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout)


def child(which: str) -> None:
    """Print the seconds of a first layout, including the import of umap."""
    features = next(snapshots(NUM_PIXELS))
    begun = time.perf_counter()
    (plain_layout if which == "plain" else our_layout)(features)
    print(time.perf_counter() - begun)


def our_layout(features: Features) -> NDArray[np.float64]:
    return umap_layout(features, seed=0)


def plain_layout(features: Features, start: object = "spectral") -> NDArray[np.float32]:
    import umap

    model = umap.UMAP(min_dist=0.2, random_state=0, n_jobs=1, init=start)
    return np.asarray(model.fit_transform(features.astype(np.float32)))


def refits(table: list[Features]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Time a warm refit of each and return their first layouts."""
    ours, plain = our_layout(table[0]), plain_layout(table[0])
    start = Start(ours, table[0])
    report(
        "warm refit",
        median_seconds(lambda: umap_layout(table[1], seed=0, start=start), repeats=5, warmups=1),
        limit=1,
        plain=median_seconds(lambda: plain_layout(table[1], plain), repeats=3, warmups=0),
    )
    return ours, plain


def continued(table: list[Features], layout: NDArray[np.float64]) -> None:
    """Refit at each snapshot and compare the last map with plain UMAP of the last snapshot."""
    start, stability = Start(layout, table[0]), []
    for features in table[1:]:
        positions = umap_layout(features, seed=0, start=start)
        positions = registered(positions, start.positions, keep_units=True)
        stability.append(quality(features, positions, reference=start).stability or 0.0)
        start = Start(positions, features)
    print(
        f"  after {len(table) - 1} refits; stability {min(stability):.4f} to {max(stability):.4f}"
    )
    print(f"    ours  {line(quality(table[-1], start.positions))}")
    print(f"    plain {line(quality(table[-1], plain_layout(table[-1])))}")
    print(f"    first map, never refitted {line(quality(table[-1], layout))}")


def whole_run() -> None:
    """Time all maps of a run on disk, including reading and writing files."""
    print(f"{NUM_SNAPSHOTS} snapshots x {MANY_PIXELS} pixels, from disk to disk")
    with tempfile.TemporaryDirectory() as folder:
        written = DriftingRun(Path(folder))
        written.write_probe()
        for step in range(NUM_SNAPSHOTS):
            written.write_snapshot(step)
        run = Run(written.path)
        seconds = {}
        for method in ("pca", "umap"):
            maps = RunMap(run, method, DerivedWriter(run))
            seconds[method] = once(lambda maps=maps: all_steps(maps, run))
            print(
                f"    {method:5} {seconds[method]:7.1f} s, refitted at {list(maps.layout.refits)}"
            )
        report("both methods", sum(seconds.values()), limit=180)


class DriftingRun(SyntheticRun):
    """A run of 20,000 probe pixels with the features above."""

    def __init__(self, folder: Path) -> None:
        per_class = MANY_PIXELS // 10  # five classes in two domains
        super().__init__(folder, steps=NUM_SNAPSHOTS, pixels_per_class=per_class)
        self.drifting = snapshots(MANY_PIXELS)

    def _features(self, share: float) -> NDArray[np.float64]:
        return next(self.drifting).astype(np.float64)


def all_steps(maps: RunMap, run: Run) -> None:
    for step in maps.pending(run.steps()):
        maps.add(step)


def once(work: Callable[[], object]) -> float:
    return median_seconds(work, repeats=1, warmups=0)


def report(name: str, seconds: float, *, limit: float, plain: float | None = None) -> None:
    ratio = "" if plain is None else f"   plain {plain:6.1f} s, {plain / seconds:5.1f} x ours"
    verdict = "met" if seconds <= limit else "MISSED"
    print(f"  {name:34} {seconds:7.2f} s   limit {limit:3.0f} s {verdict}{ratio}", flush=True)


def line(measured: Quality) -> str:
    trust, continuity, preserved = measured[:3]
    return f"{trust:.4f} {continuity:.4f} {preserved:.4f}"


if __name__ == "__main__":
    if sys.argv[1:]:
        child(sys.argv[1])
    else:
        main()
