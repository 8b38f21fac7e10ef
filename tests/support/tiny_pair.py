"""A folder pair of a few small pictures, for tests of everything that reads data."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (32, 64)
NAMES = ("road", "building", "sky", "person")
COLORS = ((128, 64, 128), (70, 70, 70), (70, 130, 180), (220, 20, 60))


def write_tiny_pair(root: Path, *, count: int = 6, target_train_labels: bool = True) -> Path:
    random = np.random.default_rng(0)
    for domain in ("source", "target"):
        for split in ("train", "val"):
            folder = root / domain / split
            labeled = (domain, split) != ("target", "train") or target_train_labels
            (folder / "images").mkdir(parents=True)
            if labeled:
                (folder / "labels").mkdir()
            for index in range(count):
                label = _label(random)
                picture = _picture(label, dark=domain == "target", random=random)
                Image.fromarray(picture).save(folder / "images" / f"frame_{index}.png")
                if labeled:
                    Image.fromarray(label).save(folder / "labels" / f"frame_{index}.png")
    classes = [
        {"id": i, "name": name, "color": color}
        for i, (name, color) in enumerate(zip(NAMES, COLORS, strict=True))
    ]
    text = {"ignore": 255, "classes": classes, "domains": {"source": "day", "target": "dusk"}}
    (root / "classes.json").write_text(json.dumps(text))
    return root


def _label(random: np.random.Generator) -> np.ndarray:
    label = np.zeros(SIZE, np.uint8)
    label[:16] = 1
    label[: int(random.integers(4, 12))] = 2
    left = int(random.integers(0, 48))
    label[8:28, left : left + 12] = 3
    label[30:] = 255
    return label


def _picture(label: np.ndarray, *, dark: bool, random: np.random.Generator) -> np.ndarray:
    colors = np.zeros((256, 3))
    colors[: len(COLORS)] = COLORS
    picture = colors[label] * (0.5 if dark else 1.0) + random.normal(0, 8, (*SIZE, 3))
    return np.clip(picture, 0, 255).astype(np.uint8)
