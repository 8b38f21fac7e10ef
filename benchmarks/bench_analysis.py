"""Measure what the analysis worker costs a training: the same run without and with it.

python -m benchmarks.bench_analysis [KEY=VALUE ...]
"""

import sys
import tempfile
import time
from pathlib import Path

from benchmarks import analysis_lag
from spcl import adapt, launch
from spcl.config import Config, load_config
from spcl.store.life.analysis_process import start_worker
from spcl.store.reader import Run


def seconds_of(config: Config, runs_dir: Path, *, analysed: bool) -> tuple[float, Path]:
    """Train once with recording, with or without the worker; return the seconds and the run."""
    adaptation = launch.start(config, runs_dir=runs_dir, run_id="with" if analysed else "without")
    path = adaptation.recorder.path
    assert path is not None, "the run is recorded"
    worker = start_worker(path) if analysed else None
    begun = time.perf_counter()
    adapt.run_to_end(adaptation)
    seconds = time.perf_counter() - begun
    if worker is not None:
        worker.wait()
    return seconds, path


def main(words: list[str]) -> None:
    config = load_config(
        Path("configs/streets.toml"),
        ["threads=1", "warmup.steps=80", "adapt.steps=40", *words],
    )
    with tempfile.TemporaryDirectory() as folder:
        seconds_of(config, Path(folder) / "first", analysed=False)  # warms caches
        plain, _ = seconds_of(config, Path(folder), analysed=False)
        beside, path = seconds_of(config, Path(folder), analysed=True)
        print(f"{config.total_steps} updates, a snapshot every {config.record.every}")
        print(f"  training alone          {plain:8.1f} s")
        print(f"  with analysis worker    {beside:8.1f} s   {beside / plain:.3f} x")
        analysis_lag.report(Run.open(path))


if __name__ == "__main__":
    main(sys.argv[1:])
