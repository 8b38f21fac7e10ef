"""How long after each snapshot of a run its maps were there, read off the files' times.

python -m benchmarks.analysis_lag RUN_DIR ...      runs analysed while they were trained
"""

import sys
from pathlib import Path

from spcl.store.derived_reader import DerivedReader
from spcl.store.reader import Run

METHODS = ("pca", "umap")


def lags(run: Run, method: str) -> dict[int, float]:
    """Return the seconds from snapshot to map per step; the first wait for libraries, too."""
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
    """Print the lags of a run."""
    for method in METHODS:
        found = lags(run, method)
        listed = " ".join(f"{seconds:.1f}" for seconds in found.values())
        print(f"  snapshot to {method.upper():5} {listed or 'no map'} s, steps {list(found)}")


def main(paths: list[str]) -> None:
    for path in paths:
        print(path)
        report(Run.open(Path(path)))


if __name__ == "__main__":
    main(sys.argv[1:])
