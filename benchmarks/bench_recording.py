"""Measure what recording costs: the same training without and with the recorder.

python -m benchmarks.bench_recording [KEY=VALUE ...]
"""

import sys
import tempfile
import time
from pathlib import Path

from spcl import adapt, launch
from spcl.adapt import Adaptation
from spcl.config import Config, load_config
from spcl.data.domains import Domains
from spcl.recording.null_recorder import NullRecorder


def seconds_of(config: Config, runs_dir: Path | None) -> float:
    """Train once and return the seconds; record into `runs_dir` unless it is None."""
    if runs_dir is None:
        adaptation = Adaptation(config, Domains.open(config), NullRecorder())
    else:
        adaptation = launch.start(config, runs_dir=runs_dir)
    begun = time.perf_counter()
    adapt.run_to_end(adaptation)
    return time.perf_counter() - begun


def main(words: list[str]) -> None:
    config = load_config(Path("configs/streets.toml"), ["threads=1", *words])
    with tempfile.TemporaryDirectory() as folder:
        plain = seconds_of(config, None)
        recorded = seconds_of(config, Path(folder))
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    print(f"{config.total_steps} updates, a snapshot every {config.record.every}")
    print(f"  without recording {plain:8.1f} s")
    print(f"  with recording    {recorded:8.1f} s   {recorded / plain:.3f} x")
    print(f"  size on disk      {size / 1e6:8.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
