"""Measure the cost of each group of measures at one snapshot: 5,000 pixels, 256 channels.

OMP_NUM_THREADS=1 python -m benchmarks.bench_measures [PIXELS] [CHANNELS]
"""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.timing import median_seconds
from spcl.analysis.measures import every_snapshot as first_rank
from spcl.analysis.measures import thorough as second_rank
from spcl.analysis.measures.table import context_of
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run


def main(pixels: int = 5000, channels: int = 256) -> None:
    with tempfile.TemporaryDirectory() as folder:
        each = pixels // 10  # five classes, two domains
        run = Run(write_synthetic_run(Path(folder), pixels_per_class=each, channels=channels))
        context, steps = context_of(run), run.steps()
        last, before = run.snapshot(steps[-1]), run.snapshot(steps[0])
        earlier = [run.snapshot(step) for step in steps]
        first: dict[str, Callable[[], Iterable[object]]] = {
            "margins": lambda: first_rank.margin_rows(last, context),
            "scatter": lambda: first_rank.scatter_rows(last, context),
            "domain gap": lambda: first_rank.domain_gap_rows(last, context),
            "neighbors": lambda: first_rank.purity_rows(last, context),
            "prototypes": lambda: first_rank.prototype_rows(last, context),
            "drift": lambda: first_rank.drift_rows(last, context, before, "prototype_drift"),
            "path": lambda: first_rank.path_rows(earlier, context),
            "rivals": lambda: first_rank.rival_rows(last, context),
            "pseudo labels": lambda: first_rank.pseudo_label_rows(last, context),
        }
        second: dict[str, Callable[[], Iterable[object]]] = {
            "class shape": lambda: second_rank.class_shape_rows(last, context),
            "domains": lambda: second_rank.domain_rows(last, context),
            "change": lambda: second_rank.change_rows(last, context, before),
        }
        print(f"{last.features.shape[0]:,} pixels, {last.features.shape[1]} channels")
        for title, groups in (("first rank", first), ("second rank", second)):
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
