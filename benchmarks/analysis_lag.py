"""Measure how long after each snapshot its maps were ready, from the files' modification times.

python -m benchmarks.analysis_lag RUN_DIR ...      runs that were analysed during training
"""

import sys
from pathlib import Path

from spcl.store.derived.reader import DerivedReader
from spcl.store.reader import Run

METHODS = ("pca", "umap")


def lags(run: Run, method: str) -> dict[int, float]:
    """Return the seconds from snapshot to map per step; the first include loading libraries."""
    reader = DerivedReader(run)
    layout = reader.layout(method)
    if layout is None:
        return {}
    return {
        step: reader.positions_path(layout, step).stat().st_mtime
        - (run.snapshot(step).path / "scores.json").stat().st_mtime
        for step in sorted(layout.steps)
    }


def report(run: Run) -> None:
    """Print the lags of a run, one line per method."""
    for method in METHODS:
        seconds = lags(run, method)
        listed = " ".join(f"{value:.1f}" for value in seconds.values())
        print(f"  snapshot to {method.upper():5} {listed or 'no map'} s, steps {list(seconds)}")


def main(paths: list[str]) -> None:
    for path in paths:
        print(path)
        report(Run.open(Path(path)))


if __name__ == "__main__":
    main(sys.argv[1:])
