"""mmsegmentation by the hook of mmengine: by its interface, and itself where it is installed."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from spcl.store.reader import Run
from spcl.store.validation import faults
from tests import ROOT
from tests.hooks.tiny import CLASSES, TinyNet, tensors

pytest.importorskip("mmengine", reason="mmengine is not installed")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.slow

from mmengine.model import BaseModel, ImgDataPreprocessor  # noqa: E402
from mmengine.runner import Runner  # noqa: E402
from mmengine.structures import BaseDataElement, PixelData  # noqa: E402

from spcl.hooks.mmengine import RecordHook  # noqa: E402
from spcl.hooks.mmseg import tensor_mode  # noqa: E402


class SegDataSample(BaseDataElement):
    """As mmsegmentation documents it: `gt_sem_seg`, `pred_sem_seg` and `seg_logits` are PixelData.

    The hook reads the truth; what the model says it asks by itself.
    """


def item(image, label):
    """Return an item as PackSegInputs makes it: bytes, blue first, and a data sample."""
    sample = SegDataSample(gt_sem_seg=PixelData(data=label[None]))
    sample.pred_sem_seg = PixelData(data=torch.zeros_like(label)[None])
    return {"inputs": (image * 255).byte()[[2, 1, 0]], "data_samples": sample}


class Head(torch.nn.Module):
    """Logits as mmsegmentation's heads make them: the last layer is `conv_seg`."""

    def __init__(self, channels=8, after=lambda logits: logits):
        super().__init__()
        self.conv_seg = torch.nn.Conv2d(channels, len(CLASSES), 1)
        self.after = after

    def forward(self, features):
        return self.after(self.conv_seg(features))


class EncoderDecoder(BaseModel):
    """The parts of mmsegmentation's segmentor that are asked."""

    def __init__(self, head=None):
        super().__init__(ImgDataPreprocessor([123.0] * 3, [58.0] * 3, bgr_to_rgb=True))
        self.backbone, self.decode_head = TinyNet(), head or Head()

    def forward(self, inputs, data_samples=None, mode="tensor"):
        features, _ = self.backbone(inputs)
        head = self.decode_head
        logits = head[-1](features) if isinstance(head, torch.nn.ModuleList) else head(features)
        if mode == "tensor":
            return logits
        full = torch.nn.functional.interpolate(logits, size=inputs.shape[2:])
        labels = torch.stack([sample.gt_sem_seg.data[0] for sample in data_samples])
        return {"decode.loss_ce": torch.nn.functional.cross_entropy(full, labels)}


def test_its_items_and_heads_are_recorded_with_features_and_in_true_colors(tmp_path):
    pairs = tensors(4)
    hook = RecordHook(
        tmp_path / "runs",
        list(CLASSES),
        source=[item(*pair) for pair in pairs],
        target=[item(*pair) for pair in tensors(4, dark=True)],
        every=4,
    )
    Runner(
        model=EncoderDecoder(),
        work_dir=str(tmp_path / "work"),
        train_dataloader={
            "dataset": [item(*pair) for pair in pairs],
            "batch_size": 2,
            "sampler": {"type": "InfiniteSampler", "shuffle": False},
            "collate_fn": {"type": "pseudo_collate"},
        },
        train_cfg={"by_epoch": False, "max_iters": 6},
        optim_wrapper={"optimizer": {"type": "Adam", "lr": 1e-2}},
        custom_hooks=[hook],
        default_hooks={"checkpoint": None},
        log_level="ERROR",
        experiment_name=tmp_path.name,
    ).train()
    (path,) = (tmp_path / "runs").iterdir()
    run = Run(path)
    assert list(faults(run)) == []
    assert run.steps() == [0, 4, 6]
    assert "features" not in run.info().absent
    assert run.snapshot(6).features.shape[1] == 8
    assert all({"loss/total", "decode.loss_ce"} <= set(row) for row in run.metrics().read())
    key = next(image.key for image in run.probe().images if image.domain == "source")
    shown = torch.tensor(run.probe().picture(key)).permute(2, 0, 1)
    first = int(key.split("-")[1])
    assert torch.equal(shown, (pairs[first][0] * 255).byte())
    assert torch.equal(torch.tensor(run.probe().label(key)).long(), pairs[first][1].long())


def doubled(logits):
    return torch.nn.functional.interpolate(logits, scale_factor=2)


@pytest.mark.parametrize(
    ("head", "has_features"),
    [
        (Head(), True),
        (Head(after=lambda logits: (logits, logits.mean())), True),  # and an extra, as EncHead
        (torch.nn.ModuleList([Head(), Head()]), True),  # a cascade
        (Head(after=doubled), False),  # the logits are no longer those of the cells
        (torch.nn.Conv2d(8, len(CLASSES), 1), False),  # a head of another kind
    ],
)
def test_features_are_what_the_last_layer_makes_logits_of(head, has_features):
    model, images = EncoderDecoder(head).eval(), torch.zeros(2, 3, 16, 32)
    with torch.no_grad():
        said = tensor_mode(model, images)
        prepared = model.data_preprocessor({"inputs": images}, False)["inputs"]
        features, _ = model.backbone(prepared)
    if has_features:
        torch.testing.assert_close(said[0], features)
        assert said[1].shape == (2, len(CLASSES), *features.shape[2:])
    else:
        assert said.shape[1] == len(CLASSES)
    assert not any(layer._forward_hooks for layer in model.modules())


@pytest.mark.long
def test_the_library_itself_trains_and_is_recorded(tmp_path):
    if find_spec("mmseg") is None or find_spec("mmcv") is None:
        pytest.skip("mmsegmentation is not installed; docs/own-training.md says how")
    words = ["-m", "tests.support.mmseg_without_ops", "examples/mmsegmentation_run.py"]
    done = subprocess.run(
        [sys.executable, *words, tmp_path / "runs"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (path,) = (tmp_path / "runs").iterdir()
    assert done.stdout.splitlines()[-1].strip() == str(path)
    run = Run(path)
    assert list(faults(run)) == []
    assert run.status().kind == "finished"
    assert run.steps() == [0, 20, 40, 60]
    assert run.snapshot(60).features.shape[1] == 16
    first, last = (run.snapshot(step).scores["source"]["mean_iou"] for step in (0, 60))
    assert last > first + 0.2
    key = next(image.key for image in run.probe().images if image.domain == "source")
    red, _, blue = run.probe().picture(key)[2, -2].astype(int)
    assert blue > red + 40  # the sky
