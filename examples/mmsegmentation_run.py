"""Record a training of mmsegmentation by one hook (pip install mmsegmentation, and its mmcv).

python examples/mmsegmentation_run.py [RUNS_DIR]
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import mmseg.datasets
import mmseg.models  # noqa: F401 (names its models in the registry)
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a checkout, nothing installed

import spcl.hooks.mmengine  # noqa: F401 (names the hook; in a file of settings by custom_imports)
from examples.drawn import CLASSES, COLORS, Scene, scenes

LOAD = [
    {"type": "LoadImageFromFile"},
    {"type": "LoadAnnotations"},
    {"type": "Resize", "scale": (128, 64)},
]
NORM = {"type": "BN", "requires_grad": True}
MODEL = {
    "type": "EncoderDecoder",
    "data_preprocessor": {
        "type": "SegDataPreProcessor",
        "mean": [123.675, 116.28, 103.53],
        "std": [58.395, 57.12, 57.375],
        "bgr_to_rgb": True,
        "size": (64, 128),
        "seg_pad_val": 255,
    },
    "backbone": {
        "type": "MixVisionTransformer",
        "embed_dims": 8,
        "num_layers": [1, 1, 1, 1],
        "num_heads": [1, 2, 4, 8],
        "drop_path_rate": 0.0,
    },
    "decode_head": {
        "type": "SegformerHead",
        "in_channels": [8, 16, 32, 64],
        "in_index": [0, 1, 2, 3],
        "channels": 16,
        "num_classes": len(CLASSES),
        "norm_cfg": NORM,
        "align_corners": False,
        "loss_decode": {"type": "CrossEntropyLoss"},
    },
    "train_cfg": {},
    "test_cfg": {"mode": "whole"},
}
"""A SegFormer with random weights, small enough for a minute on a CPU."""


def data_set(root: Path, name: str, pairs: list[Scene], pipeline: list[Any]) -> dict[str, Any]:
    """Write scenes as files; returns the settings of the data set that reads them."""
    for kind in ("images", "labels"):
        (root / name / kind).mkdir(parents=True)
    for index, (image, label) in enumerate(pairs):
        Image.fromarray(image).save(root / name / "images" / f"{index}.png")
        Image.fromarray(label.astype("uint8")).save(root / name / "labels" / f"{index}.png")
    return {
        "type": "BaseSegDataset",
        "data_root": str(root / name),
        "data_prefix": {"img_path": "images", "seg_map_path": "labels"},
        "img_suffix": ".png",
        "metainfo": {"classes": list(CLASSES), "palette": COLORS.tolist()},
        "pipeline": pipeline,
    }


def main(runs_dir: str = "runs", steps: int = 60) -> Path:
    """Train and record; returns the run's folder."""
    flipped = [*LOAD, {"type": "RandomFlip", "prob": 0.5}, {"type": "PackSegInputs"}]
    observed = [*LOAD, {"type": "PackSegInputs"}]
    with tempfile.TemporaryDirectory() as folder, DefaultScope.overwrite_default_scope("mmseg"):
        root = Path(folder)
        hook = {
            "type": "RecordHook",
            "runs": str(runs_dir),
            "classes": list(CLASSES),
            "source": data_set(root, "day", scenes(6, seed=1), observed),
            "target": data_set(root, "dusk", scenes(6, dark=True), observed),
            "every": 20,
            "title": "mmsegmentation",
        }
        runner = Runner(
            model=MODEL,
            work_dir=str(root / "work"),
            train_dataloader={
                "dataset": data_set(root, "train", scenes(24), flipped),
                "batch_size": 4,
                "sampler": {"type": "InfiniteSampler"},
            },
            train_cfg={"type": "IterBasedTrainLoop", "max_iters": steps},
            optim_wrapper={"optimizer": {"type": "AdamW", "lr": 1e-2}},
            custom_hooks=[hook],
            default_scope="mmseg",
            log_level="WARNING",
        )
        runner.train()
    (recorded,) = (hook for hook in runner.hooks if type(hook).__name__ == "RecordHook")
    return recorded.recording.run.path


if __name__ == "__main__":
    print(main(*sys.argv[1:2]))
