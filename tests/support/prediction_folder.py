"""Folders of masks as another training leaves them: drawn scenes, noisier at earlier steps."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from tests.recorder.scenes import CLASSES, COLORS, ColorModel, scenes

STEPS = (0, 100, 200)


def write_prediction_folder(
    root: Path, *, features: bool = False, logits: bool = False, target_labels: bool = True
) -> Path:
    """Write the folders for `python -m spcl record --predictions`; return `root`."""
    colors = [
        {"id": i, "name": name, "color": COLORS[i].tolist()} for i, name in enumerate(CLASSES)
    ]
    random = np.random.default_rng(0)
    for domain in ("source", "target"):
        for index, (image, label) in enumerate(scenes(3, dark=domain == "target")):
            name = f"frame_{index}"
            _save(root / domain / "images" / f"{name}.png", image)
            if domain == "source" or target_labels:
                _save(root / domain / "labels" / f"{name}.png", label.astype(np.uint8))
            for step in STEPS:
                noise = (STEPS[-1] - step) / 2 * random.normal(size=image.shape)
                scores = ColorModel().features((image + noise)[None])[0].astype(np.float32)
                mask = scores.argmax(0).astype(np.uint8).repeat(4, 0).repeat(4, 1)
                predictions = root / domain / "predictions" / str(step)
                if logits:
                    _save(predictions / f"{name}.npy", scores)
                else:
                    _save(predictions / f"{name}.png", mask)
                if features:
                    _save(root / domain / "features" / str(step) / f"{name}.npy", scores)
    (root / "classes.json").write_text(json.dumps({"classes": colors}))
    return root


def _save(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".npy":
        np.save(path, array)
    else:
        Image.fromarray(array).save(path)
