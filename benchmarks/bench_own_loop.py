"""Measure what the five lines cost a stranger's loop: the same training without and with them.

python -m benchmarks.bench_own_loop [STEPS] [SNAPSHOT_EVERY]
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import torch
from torch.nn import functional as F

from benchmarks.timing import median_seconds
from examples.drawn import CLASSES, scenes
from examples.own_loop import Model
from spcl.recorder import RecordedRun, record

SIDE = 8
"""Scenes are enlarged to 192 x 384, the size of a small training."""


def enlarged(count: int, *, dark: bool = False) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return images (3, 192, 384) in [0, 1] with class ids."""
    pairs = []
    for image, label in scenes(count, dark=dark):
        large = image.repeat(SIDE, 0).repeat(SIDE, 1)
        ids = torch.from_numpy(label.repeat(SIDE, 0).repeat(SIDE, 1))
        pairs.append((torch.from_numpy(large).permute(2, 0, 1) / 255, ids))
    return pairs


def train(steps: int, run: RecordedRun | None, every: int) -> None:
    """Train `steps` updates; log each and observe every `every`, if there is a run."""
    torch.manual_seed(0)
    pairs = enlarged(4)
    images = torch.stack([image for image, _ in pairs])
    labels = torch.stack([label for _, label in pairs])
    backbone = torch.nn.Sequential(
        *(torch.nn.Sequential(torch.nn.Conv2d(3, 3, 3, padding=1), torch.nn.ReLU()) for _ in "ab")
    )
    model = Model()
    optimizer = torch.optim.Adam([*model.parameters(), *backbone.parameters()], lr=1e-3)
    for step in range(1, steps + 1):
        logits = F.interpolate(model(backbone(images))[1], size=labels.shape[1:], mode="bilinear")
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if run is not None:
            run.log(step, loss=loss)
            if step % every == 0:
                run.snapshot(step, lambda x: model(backbone(x)))


def seconds_of(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(steps: int = 200, every: int = 100) -> None:
    threads = torch.get_num_threads()
    pair = {"source": enlarged(20), "target": enlarged(20, dark=True)}

    def recorded() -> None:
        with tempfile.TemporaryDirectory() as runs, record(runs, CLASSES, **pair) as run:
            train(steps, run, every)

    train(steps // 4, None, every)
    # In turn, so that what else the machine does meets both alike.
    spent = [(seconds_of(lambda: train(steps, None, every)), seconds_of(recorded)) for _ in "abc"]
    plain, full = (statistics.median(times) for times in zip(*spent, strict=True))
    with tempfile.TemporaryDirectory() as runs, record(runs, CLASSES, **pair) as run:
        log = median_seconds(lambda: run.log(1, loss=0.5), repeats=200)
        begun = time.perf_counter()
        run.snapshot(1, Model())
        snapshot = time.perf_counter() - begun
    print(f"{steps} updates of 4 images of 192 x 384, a snapshot every {every}, {threads} threads")
    print(f"  without recording     {plain:8.2f} s")
    print(f"  with the five lines   {full:8.2f} s   {full / plain:.3f} x")
    print(f"  one run.log           {1000 * log:8.2f} ms  {log / (plain / steps):.4f} of an update")
    print(f"  one run.snapshot      {1000 * snapshot:8.0f} ms  20 + 20 images")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
