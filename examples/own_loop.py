"""Record your own training loop for the dashboard: an ordinary PyTorch loop plus five lines.

    python examples/own_loop.py [RUNS_DIR]
    python -m dashboard [RUNS_DIR]

The five lines are marked; docs/own-training.md says what else they can do.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a checkout, nothing installed

from examples.drawn import CLASSES, scenes, tensors
from spcl.recorder import record  # 1


class Model(nn.Module):
    """Any model; this one returns features (B, 16, h, w) and logits (B, K, h, w)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Conv2d(3, 16, kernel_size=4, stride=4)
        self.head = nn.Conv2d(16, len(CLASSES), kernel_size=1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and logits of images (B, 3, H, W) in [0, 1]."""
        features = self.body(images).relu()
        return features, self.head(features)


def main(runs_dir: str = "runs", steps: int = 60) -> Path:
    """Train on the source and record; returns the run's folder."""
    torch.manual_seed(0)
    train, source, target = tensors(scenes(24)), tensors(scenes(6, seed=1)), scenes(6, dark=True)
    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    loader = DataLoader(train, batch_size=4, shuffle=True)
    dusk = tensors(target)
    with record(runs_dir, CLASSES, source=source, target=dusk, steps=steps) as run:  # 2
        run.snapshot(0, model)  # 3
        step = 0
        while step < steps:
            for images, labels in loader:
                logits = F.interpolate(model(images)[1], size=labels.shape[1:], mode="bilinear")
                loss = F.cross_entropy(logits, labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                step += 1
                run.log(step, loss=loss)  # 4
                if step % 20 == 0:
                    run.snapshot(step, model)  # 5
                if step == steps:
                    break
    return run.path


if __name__ == "__main__":
    print(main(*sys.argv[1:2]))
