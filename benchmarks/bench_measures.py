"""Measure the cost of each group of measures at one snapshot: 5,000 pixels, 256 channels.

OMP_NUM_THREADS=1 python -m benchmarks.bench_measures [PIXELS] [CHANNELS]
"""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.timing import median_seconds
from spcl.analysis.measures import every_snapshot, purity, thorough
from spcl.analysis.measures.history import History
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run


def main(pixels: int = 5000, channels: int = 256) -> None:
    with tempfile.TemporaryDirectory() as folder:
        each = pixels // 10  # five classes, two domains
        run = Run(write_synthetic_run(Path(folder), pixels_per_class=each, channels=channels))
        history, steps = History(run), run.steps()
        context, earlier = history.context, history.earlier(steps[-1])
        last, before = run.snapshot(steps[-1]), run.snapshot(steps[0])
        every: dict[str, Callable[[], Iterable[object]]] = {
            "margins": lambda: every_snapshot.margin_rows(last, context),
            "scatter": lambda: every_snapshot.scatter_rows(last, context),
            "domain gap": lambda: every_snapshot.domain_gap_rows(last, context),
            "neighbors": lambda: purity.purity_rows(last, context),
            "prototypes": lambda: every_snapshot.prototype_rows(last, context),
            "drift": lambda: every_snapshot.drift_rows(last, context, before),
            "drift and path": lambda: every_snapshot.course_rows(last, context, earlier),
            "rivals": lambda: every_snapshot.rival_rows(last, context),
            "pseudo labels": lambda: every_snapshot.pseudo_label_rows(last, context),
        }
        slow: dict[str, Callable[[], Iterable[object]]] = {
            "neighbors across": lambda: purity.mixed_purity_rows(last, context),
            "class shape": lambda: thorough.class_shape_rows(last, context),
            "domains": lambda: thorough.domain_rows(last, context),
            "change": lambda: thorough.change_rows(last, context, before),
        }
        print(f"{last.features.shape[0]:,} pixels, {last.features.shape[1]} channels")
        for title, groups in (("every snapshot", every), ("thorough", slow)):
            seconds = {
                name: median_seconds(lambda work=work: list(work()), repeats=3, warmups=1)
                for name, work in groups.items()
            }
            total = sum(seconds.values())
            print(f"{title}: {total:.2f} s")
            for name, value in sorted(seconds.items(), key=lambda pair: -pair[1]):
                print(f"  {name:16} {1000 * value:8.1f} ms   {100 * value / total:5.1f} %")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
