"""Record anybody's training loop for the dashboard: a linear model, ten lines of recording.

Run it from the project's folder, then look: `python -m dashboard runs`.

    python examples/own_loop.py DATA_ROOT [RUNS_DIR]
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from spcl.data.folders import FolderPair
from spcl.data.loaders import BatchLoader, Frames, ViewOptions
from spcl.recording.recorder import Prototypes, Recorder, SnapshotSource
from spcl.store.schema import Stage

SIZE = (64, 128)
STEPS = 20


def main(data_root: Path, runs_dir: Path, run_id: str = "own-loop") -> Path:
    """Train a one-layer model on the source of a folder pair and record it."""
    pair = FolderPair.open(data_root)
    num_classes = len(pair.label_space)
    torch.manual_seed(0)
    body, head = nn.Conv2d(3, 16, 8, stride=8), nn.Conv2d(16, num_classes, 1)
    optimizer = torch.optim.Adam([*body.parameters(), *head.parameters()], lr=1e-2)
    train = Frames(pair.split("source/train", with_labels=True), cache_mb=100)
    loader = BatchLoader(train, batch_size=4, view=ViewOptions(SIZE, (1.0, 1.5)), seed=0, stream=0)

    def predict(images: Tensor) -> tuple[Tensor, Tensor]:
        features = body(images).relu()
        return features, head(features)

    def observed() -> SnapshotSource:
        vectors = nn.functional.normalize(head.weight.detach()[:, :, 0, 0])
        known = torch.ones(num_classes, dtype=torch.bool)
        zeros = torch.zeros(num_classes, dtype=torch.long)
        prototypes = Prototypes(vectors, zeros, zeros, known)
        return SnapshotSource(predict, predict, prototypes, np.full(num_classes, 0.5, np.float32))

    # The recording: create, metrics, snapshot, end.
    val = {
        domain: Frames(
            pair.split(f"{domain}/val", with_labels=pair.has_labels(f"{domain}/val")), cache_mb=100
        )
        for domain in ("source", "target")
    }
    recorder = Recorder.create(
        runs_dir,
        run_id,
        label_space=pair.label_space,
        val=val,
        size=SIZE,
        stages=[Stage("warmup", 0, STEPS // 2), Stage("adapt", STEPS // 2, STEPS)],
        config={"model": "one convolution"},
    )
    for step in range(STEPS + 1):
        if step % (STEPS // 2) == 0:
            recorder.snapshot(step, observed())
        if step == STEPS:
            break
        batch = loader.batch(step)
        logits = nn.functional.interpolate(predict(batch.images)[1], size=SIZE)
        loss = nn.functional.cross_entropy(logits, batch.labels, ignore_index=255)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        recorder.metrics(step + 1, {"stage": "warmup", "loss/total": float(loss.detach())})
        recorder.progress(step + 1, "warmup" if step < STEPS // 2 else "adapt")
    recorder.end("finished")
    loader.close()
    return recorder.path


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python examples/own_loop.py DATA_ROOT [RUNS_DIR]")
    print(main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else "runs")))
