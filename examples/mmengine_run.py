"""Record an mmengine training by one hook (pip install mmengine); mmsegmentation does the same.

python examples/mmengine_run.py [RUNS_DIR]
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import Tensor
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a checkout, nothing installed

from examples.drawn import CLASSES, scenes, tensors
from examples.own_loop import Model
from spcl.hooks.mmengine import RecordHook


class Segmenter(BaseModel):
    """An ordinary model: `mode="tensor"` gives (features, logits), `mode="loss"` losses."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()

    def forward(self, inputs: Tensor, data_samples: Any = None, mode: str = "tensor") -> Any:
        """Return what `mode` asks for."""
        features, logits = self.model(inputs)
        if mode == "tensor":
            return features, logits
        full = F.interpolate(logits, size=inputs.shape[2:], mode="bilinear")
        return {"loss": F.cross_entropy(full, data_samples)}


def main(runs_dir: str = "runs", steps: int = 60) -> Path:
    """Train and record; returns the run's folder."""
    train = [{"inputs": image, "data_samples": label} for image, label in tensors(scenes(24))]
    hook = RecordHook(
        runs_dir,
        CLASSES,
        source=tensors(scenes(6, seed=1)),
        target=tensors(scenes(6, dark=True)),
        every=20,
        title="mmengine",
    )
    with tempfile.TemporaryDirectory() as work_dir:
        Runner(
            model=Segmenter(),
            work_dir=work_dir,
            train_dataloader={
                "dataset": train,
                "batch_size": 4,
                "sampler": {"type": "InfiniteSampler"},
                "collate_fn": {"type": "default_collate"},
            },
            train_cfg={"by_epoch": False, "max_iters": steps},
            optim_wrapper={"optimizer": {"type": "Adam", "lr": 1e-2}},
            custom_hooks=[hook],
            log_level="WARNING",
        ).train()
    return hook.recording.run.path


if __name__ == "__main__":
    print(main(*sys.argv[1:2]))
