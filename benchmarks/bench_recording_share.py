"""Measure what recording takes of training time in the rhythm of a configuration, at small size.

python -m benchmarks.bench_recording_share [CONFIG.toml]

One run on the drawn streets with the configuration's batches: the seconds of an update, of a
snapshot, of scoring an image and of a row of metrics are measured in it, in turns, and put together
as often as the configuration asks for them; where one look serves a snapshot and the scores of a
whole split, the observed images are looked at once. Both cost in proportion to the pixels of an
image, so their ratio is about that of the configuration's own size; a GPU shifts it in favour of
the model.
"""

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spcl import adapt, launch
from spcl.config import Config, load_config
from spcl.evaluate import Scoring
from spcl.recorder.in_order import InOrder

GOAL = 0.01
VAL_IMAGES = 500
"""Of each domain in the data sets of the field; the streets have 60."""
UPDATES = 24


class Seconds:
    """Seconds spent in some calls, by name."""

    def __init__(self) -> None:
        self.of: dict[str, list[float]] = defaultdict(list)

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return `work`, which notes how long it takes; what a thread does beside is told apart."""

        def call(*args: Any, **more: Any) -> Any:
            begun = time.perf_counter()
            try:
                return work(*args, **more)
            finally:
                self.of[name].append(time.perf_counter() - begun)

        return call

    def median(self, name: str) -> float:
        """Return the median of what was noted."""
        return statistics.median(self.of[name])


def measured(wanted: Config, folder: Path) -> tuple[Seconds, float]:
    """Train on the streets with the batches wanted; return the seconds, and those of the thread."""
    words = [
        *("threads=1", "warmup.steps=4", f"adapt.steps={UPDATES}", "record.every=4"),
        *("evaluate.every=1", "record.probe_images=30", f"warmup.batch={wanted.warmup.batch}"),
        f"adapt.source_batch={wanted.adapt.source_batch}",
        f"adapt.target_batch={wanted.adapt.target_batch}",
    ]
    run = launch.start(load_config(Path("configs/streets.toml"), words), runs_dir=folder)
    seconds, beside = Seconds(), [0.0]
    for name in ("snapshot", "score", "metrics"):
        method = getattr(run.recorder, name)
        if name == "snapshot":
            method = _without_scores(method)
        setattr(run.recorder, name, seconds.timed(name, method))
    real = InOrder._run

    def counted(self: InOrder) -> None:
        begun = time.thread_time()
        real(self)
        beside[0] += time.thread_time() - begun

    InOrder._run = counted  # type: ignore[method-assign]
    run._timed_update = seconds.timed("update", run._timed_update)  # type: ignore[method-assign]
    adapt.run_to_end(run)
    InOrder._run = real  # type: ignore[method-assign]
    return seconds, beside[0] / len(seconds.of["snapshot"])


def _without_scores(snapshot: Callable[..., Any]) -> Callable[..., Any]:
    """Take snapshots of the observed images alone: whole splits are scored, and timed, apart."""

    def call(step: int, source: Any, *, scored: bool = True) -> Any:
        return snapshot(step, source, scored=False)

    return call


def main(words: list[str]) -> None:
    path = Path(words[0] if words else "configs/gta5_to_cityscapes.toml")
    wanted = load_config(path)
    with tempfile.TemporaryDirectory() as folder:
        seconds, beside = measured(wanted, Path(folder))
    update = statistics.median(seconds.of["update"][4:])
    observed = seconds.median("snapshot") / 60 * 2 * wanted.record.probe_images
    every = wanted.evaluate.every or wanted.record.every
    is_shared = every % wanted.record.every == 0
    is_shared &= Scoring(wanted.data.size, wanted.evaluate).is_observed
    only_scored = 2 * VAL_IMAGES - (2 * wanted.record.probe_images if is_shared else 0)
    scored = seconds.median("score") / 120 * only_scored
    parts = {
        "rows of metrics": seconds.median("metrics"),
        f"snapshots, every {wanted.record.every:,}": observed / wanted.record.every,
        f"scores of whole splits, every {every:,}": scored / every,
    }
    print(f"{path}: an update takes {update:.3f} s at the size of the streets; of that")
    for name, cost in parts.items():
        print(f"  {name:42} {cost / update:8.2%}")
    total = sum(parts.values()) / update
    print(f"  {'recording in all':42} {total:8.2%}   (goal: at most {GOAL:.0%})")
    thread = beside / 60 * 2 * wanted.record.probe_images / wanted.record.every
    print(f"  beside it, on another core: encoding and writing {thread / update:.2%}")


if __name__ == "__main__":
    main(sys.argv[1:])
