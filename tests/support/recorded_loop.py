"""A plain loop recorded by this program's own recorder, with its data classes and prototypes."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, RandomSampler

from spcl.data.batches.loaders import Frames
from spcl.data.batches.transforms import to_tensor, whole_label, whole_view
from spcl.data.folders import FolderPair
from spcl.data.splits import Split
from spcl.recording.recorder import Prototypes, Recorder, SnapshotSource
from spcl.store.schema import Stage

SIZE = (64, 128)
BATCH = 4
STEPS = 20
SNAPSHOT_EVERY = 10


class Images(Dataset):
    """The images (3, H, W) in [0, 1] and class ids (H, W) of a labelled split, at `SIZE`."""

    def __init__(self, split: Split) -> None:
        self.split = split

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        image, label = self.split.read(index)
        ids = torch.from_numpy(whole_label(label, SIZE).copy())
        return to_tensor([whole_view(image, SIZE)])[0], ids.long()


class Model(nn.Module):
    """Any model that returns features (B, C, h, w) and class logits (B, K, h, w)."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.body = nn.Conv2d(3, 16, kernel_size=8, stride=8)
        self.head = nn.Conv2d(16, num_classes, kernel_size=1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and logits of images (B, 3, H, W) in [0, 1]."""
        features = self.body(images).relu()
        return features, self.head(features)


def observed(model: Model) -> SnapshotSource:
    """Return what a snapshot shows of the model: predictions, prototypes and thresholds.

    This model has no prototypes of its own, so the classifier's weights take their place.
    """
    vectors = F.normalize(model.head.weight.detach()[:, :, 0, 0])
    num_classes = len(vectors)
    zeros = torch.zeros(num_classes, dtype=torch.long)
    prototypes = Prototypes(vectors, zeros, zeros, torch.ones(num_classes, dtype=torch.bool))
    return SnapshotSource(model, model, prototypes, np.full(num_classes, 0.5, np.float32))


def main(data_root: Path, runs_dir: Path, run_id: str = "own-loop") -> Path:
    """Train the model on the source of a folder pair and record it; returns the run's folder."""
    pair = FolderPair.open(data_root)
    torch.manual_seed(0)
    model = Model(len(pair.label_space))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    dataset = Images(pair.split("source/train", with_labels=True))
    sampler = RandomSampler(dataset, replacement=True, num_samples=STEPS * BATCH)
    loader = DataLoader(dataset, batch_size=BATCH, sampler=sampler)

    recorder = Recorder.create(
        runs_dir,
        run_id,
        label_space=pair.label_space,
        val={domain: validation_frames(pair, domain) for domain in ("source", "target")},
        size=SIZE,
        stages=[Stage("warmup", 0, STEPS // 2), Stage("adapt", STEPS // 2, STEPS)],
        config={"model": "one convolution"},
    )
    recorder.snapshot(0, observed(model))
    for step, (images, labels) in enumerate(loader, start=1):
        features, logits = model(images)
        logits = F.interpolate(logits, size=labels.shape[1:], mode="bilinear")
        loss = F.cross_entropy(logits, labels, ignore_index=255)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

        stage = "warmup" if step <= STEPS // 2 else "adapt"
        recorder.metrics(step, {"stage": stage, "loss/total": loss.item()})
        recorder.progress(step, stage)
        if step % SNAPSHOT_EVERY == 0:
            recorder.snapshot(step, observed(model))
    recorder.end("finished")
    return recorder.path


def validation_frames(pair: FolderPair, domain: str) -> Frames:
    """Return the validation images of a domain, with labels if there are any."""
    split = f"{domain}/val"
    return Frames(pair.split(split, with_labels=pair.has_labels(split)), cache_mb=100)
