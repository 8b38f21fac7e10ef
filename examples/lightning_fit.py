"""Record a Lightning fit by one callback (pip install lightning).

python examples/lightning_fit.py [RUNS_DIR]
"""

import sys
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a checkout, nothing installed

from examples.drawn import CLASSES, scenes, tensors
from examples.own_loop import Model
from spcl.hooks.lightning import RecordCallback


class Module(lightning.LightningModule):
    """An ordinary module; its call gives (features, logits)."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and logits."""
        return self.model(images)

    def training_step(self, batch: Any, index: int) -> Tensor:
        """Return the loss of a batch."""
        images, labels = batch
        logits = F.interpolate(self(images)[1], size=labels.shape[1:], mode="bilinear")
        loss = F.cross_entropy(logits, labels)
        self.log("lr", 1e-2)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return the optimizer."""
        return torch.optim.Adam(self.parameters(), lr=1e-2)


def main(runs_dir: str = "runs", steps: int = 60) -> Path:
    """Fit and record; returns the run's folder."""
    source, target = tensors(scenes(6, seed=1)), tensors(scenes(6, dark=True))
    callback = RecordCallback(
        runs_dir, CLASSES, source=source, target=target, every=20, title="Lightning"
    )
    trainer = lightning.Trainer(
        callbacks=[callback], max_steps=steps, accelerator="cpu", logger=False,
        enable_checkpointing=False, enable_progress_bar=False,
    )  # fmt: skip
    trainer.fit(Module(), DataLoader(tensors(scenes(24)), batch_size=4, shuffle=True))
    return callback.recording.run.path


if __name__ == "__main__":
    print(main(*sys.argv[1:2]))
