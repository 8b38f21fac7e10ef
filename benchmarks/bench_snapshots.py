"""What one more snapshot costs the analysis in runs of 10, 40 and 160: it must not grow with them.

OMP_NUM_THREADS=1 python -m benchmarks.bench_snapshots [SNAPSHOTS ...]
"""

import resource
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from spcl.analysis.run_analysis import RunAnalysis
from spcl.store.derived.writer import DerivedWriter
from spcl.store.reader import Run
from tests.support.synthetic_run import SyntheticRun

LAST = 5
"""Snapshots that are timed at the end of each run."""


def written(folder: Path, snapshots: int) -> Run:
    """Write a run whose warm-up ends after the second snapshot."""
    run = SyntheticRun(folder, steps=10 * snapshots, pixels_per_class=200, channels=256)
    run.writer.update(before_step=10)
    run.write_probe()
    run.write_metrics(10 * snapshots)
    for step in range(0, 10 * snapshots, 10):
        run.write_snapshot(step)
    run.finish()
    return Run(run.path)


def median(work: Callable[[int], None], steps: list[int]) -> float:
    """Return the median seconds of `work` over `steps`."""
    seconds = []
    for step in steps:
        begun = time.perf_counter()
        work(step)
        seconds.append(time.perf_counter() - begun)
    return sorted(seconds)[len(seconds) // 2]


def costs(run: Run) -> dict[str, float]:
    """Return seconds a snapshot of each task, the first look back, and megabytes kept of it."""
    analysis = RunAnalysis(run, DerivedWriter(run), follow=False)
    last = run.steps()[-LAST - 1 :]
    tracemalloc.start()
    begun = time.perf_counter()
    analysis.history.earlier(last[0])
    read = time.perf_counter() - begun
    kept = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    analysis.measure(last[0])  # fills caches
    analysis.maps["pca"].add(last[0])
    return {
        "measures and events": median(analysis.measure, last[1:]),
        "pca map": median(lambda step: analysis.maps["pca"].add(step) and None, last[1:]),
        "mask report": median(analysis.report_masks, last[1:]),
        "first look back": read,
        "MB kept": kept,
    }


def main(sizes: list[int]) -> None:
    found = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found[size] = costs(written(Path(folder), size))
    base = found[sizes[0]]
    for task in ("measures and events", "pca map", "mask report"):
        listed = "   ".join(
            f"{size}: {1000 * one[task]:7.1f} ms {one[task] / base[task]:5.2f} x"
            for size, one in found.items()
        )
        print(f"{task:20} {listed}")
    for size, one in found.items():
        print(
            f"of {size} snapshots the traces are read in {1000 * one['first look back']:.0f} ms, "
            f"once, and take {one['MB kept']:.2f} MB"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"largest memory of the process {peak:.0f} MB")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [10, 40, 160])
