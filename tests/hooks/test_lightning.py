"""With the real library; skipped where it is not installed (`pip install lightning`)."""

import pytest

from spcl.store.reader import Run
from spcl.store.validation import faults
from tests.hooks.tiny import CLASSES, TinyNet, tensors

lightning = pytest.importorskip("lightning", reason="lightning is not installed")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.slow


class Module(lightning.LightningModule):
    def __init__(self, breaks_at=None):
        super().__init__()
        self.net = TinyNet()
        self.breaks_at = breaks_at

    def forward(self, images):
        return self.net(images)

    def training_step(self, batch, index):
        if self.breaks_at == self.global_step:
            raise self.breaks_with
        images, labels = batch
        loss = torch.nn.functional.cross_entropy(self.net.full_size(images), labels)
        self.log("train/accuracy", 1 - loss.detach())
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), 1e-2)


def fit(tmp_path, module, **options):
    from spcl.hooks.lightning import RecordCallback

    source = tensors(6)
    callback = RecordCallback(
        tmp_path / "runs", CLASSES, source=source, target=tensors(4, dark=True), every=4
    )
    trainer = lightning.Trainer(
        callbacks=[callback], max_steps=10, accelerator="cpu", logger=False,
        default_root_dir=tmp_path, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, **options,
    )  # fmt: skip
    loader = torch.utils.data.DataLoader(source, batch_size=2, num_workers=0)
    try:
        trainer.fit(module, loader)
    finally:
        run = Run(callback.recording.run.path)
    return run


def test_a_fit_is_recorded(tmp_path):
    run = fit(tmp_path, Module())
    assert list(faults(run)) == []
    assert run.status().kind == "finished"
    assert run.steps() == [0, 4, 8, 10]
    assert run.info().total_steps == 10
    rows = run.metrics().read()
    assert [row["step"] for row in rows] == list(range(1, 11))
    assert all({"loss/total", "train/accuracy"} <= set(row) for row in rows)
    assert run.snapshot(10).features.shape[1] == 8


def test_updates_are_counted_where_gradients_are_accumulated(tmp_path):
    run = fit(tmp_path, Module(), accumulate_grad_batches=2)
    assert [row["step"] for row in run.metrics().read()] == list(range(1, 11))


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("no"), "failed"), (KeyboardInterrupt(), "stopped")]
)
def test_what_ends_a_fit_is_recorded(tmp_path, error, status):
    module = Module(breaks_at=5)
    module.breaks_with = error
    with pytest.raises((ValueError, KeyboardInterrupt, SystemExit)):
        fit(tmp_path, module)
    (path,) = (tmp_path / "runs").iterdir()
    assert Run(path).info().status == status
    assert Run(path).steps() == [0, 4]
