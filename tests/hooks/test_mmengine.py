"""With the real library; skipped where it is not installed (`pip install mmengine`)."""

from types import SimpleNamespace

import pytest

from spcl.store.reader import Run
from spcl.store.validation import faults
from tests.hooks.tiny import CLASSES, TinyNet, tensors

pytest.importorskip("mmengine", reason="mmengine is not installed")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.slow

from mmengine.model import BaseModel  # noqa: E402
from mmengine.runner import Runner  # noqa: E402


class Model(BaseModel):
    def __init__(self):
        super().__init__()
        self.net = TinyNet()

    def forward(self, inputs, data_samples=None, mode="tensor"):
        if mode == "tensor":
            return self.net(inputs)
        logits = self.net.full_size(inputs)
        return {"loss_ce": torch.nn.functional.cross_entropy(logits, data_samples)}


def item(image, label):
    """Return an item as mmsegmentation's data sets have it."""
    sample = SimpleNamespace(gt_sem_seg=SimpleNamespace(data=label[None]))
    return {"inputs": image, "data_samples": sample}


def train(tmp_path, hook):
    data = tensors(6)
    runner = Runner(
        model=Model(),
        work_dir=str(tmp_path / "work"),
        train_dataloader={
            "dataset": [{"inputs": image, "data_samples": label} for image, label in data],
            "batch_size": 2,
            "sampler": {"type": "InfiniteSampler", "shuffle": False},
            "collate_fn": {"type": "default_collate"},
        },
        train_cfg={"by_epoch": False, "max_iters": 10},
        optim_wrapper={"optimizer": {"type": "Adam", "lr": 1e-2}},
        custom_hooks=[hook],
        default_hooks={"checkpoint": None},
        log_level="ERROR",
        experiment_name=tmp_path.name,
    )
    runner.train()
    (path,) = (tmp_path / "runs").iterdir()
    return Run(path)


@pytest.mark.parametrize("as_config", [False, True])
def test_a_training_is_recorded(tmp_path, as_config):
    from spcl.hooks.mmengine import RecordHook

    options = {
        "runs": tmp_path / "runs",
        "classes": list(CLASSES),
        "source": [item(*pair) for pair in tensors(4)],
        "target": [item(*pair) for pair in tensors(4, dark=True)],
        "every": 4,
    }
    run = train(tmp_path, {"type": "RecordHook", **options} if as_config else RecordHook(**options))
    assert list(faults(run)) == []
    assert run.status().kind == "finished"
    assert run.steps() == [0, 4, 8, 10]
    rows = run.metrics().read()
    assert [row["step"] for row in rows] == list(range(1, 11))
    assert all({"loss/total", "loss_ce"} <= set(row) for row in rows)
    assert run.snapshot(10).scores["target"]["num_images"] == 4
    assert run.snapshot(10).features.shape[1] == 8
