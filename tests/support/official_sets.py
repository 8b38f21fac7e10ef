"""Miniatures of the field's data sets in exactly their layouts and encodings."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests.support.pngs import write_png

SIZE = (32, 64)

# What Cityscapes publishes, written down here a second time: name -> (label id, train id, colour).
NAMED = {
    "road": (7, 0, (128, 64, 128)),
    "sidewalk": (8, 1, (244, 35, 232)),
    "building": (11, 2, (70, 70, 70)),
    "wall": (12, 3, (102, 102, 156)),
    "fence": (13, 4, (190, 153, 153)),
    "pole": (17, 5, (153, 153, 153)),
    "traffic light": (19, 6, (250, 170, 30)),
    "traffic sign": (20, 7, (220, 220, 0)),
    "vegetation": (21, 8, (107, 142, 35)),
    "terrain": (22, 9, (152, 251, 152)),
    "sky": (23, 10, (70, 130, 180)),
    "person": (24, 11, (220, 20, 60)),
    "rider": (25, 12, (255, 0, 0)),
    "car": (26, 13, (0, 0, 142)),
    "truck": (27, 14, (0, 0, 70)),
    "bus": (28, 15, (0, 60, 100)),
    "train": (31, 16, (0, 80, 100)),
    "motorcycle": (32, 17, (0, 0, 230)),
    "bicycle": (33, 18, (119, 11, 32)),
}
LABEL_IDS = np.array([label_id for label_id, _, _ in NAMED.values()])
COLORS = np.array([color for _, _, color in NAMED.values()])
SYNTHIA = {
    **{"road": 3, "sidewalk": 4, "building": 2, "wall": 21, "fence": 5, "pole": 7},
    **{"traffic light": 15, "traffic sign": 9, "vegetation": 6, "sky": 1, "person": 10},
    **{"rider": 17, "car": 8, "bus": 19, "motorcycle": 12, "bicycle": 11},
}

PALETTE = [(0, 0, 0)] * 35
for _label_id, _, _color in NAMED.values():
    PALETTE[_label_id] = _color
PALETTE[5], PALETTE[6], PALETTE[34] = (111, 74, 0), (81, 0, 81), (0, 0, 142)


def train_ids(seed, *, names=tuple(NAMED), size=SIZE):
    """Return train ids (H, W): sky, buildings and road in rows, a square of each other class."""
    random = np.random.default_rng(seed)
    height, width = size
    ids = np.full(size, 0, np.uint8)
    ids[: height // 4], ids[height // 4 : height // 2] = 10, 2
    every = [NAMED[name][1] for name in names]
    for train_id in random.permutation(every):
        top, left = random.integers(0, height - 4), random.integers(0, width - 6)
        ids[top : top + 4, left : left + 6] = train_id
    ids[-1] = 255
    return ids


def picture(ids, seed, *, dim=1.0):
    colors = np.vstack([COLORS, np.zeros((237, 3))])
    noise = np.random.default_rng(seed).normal(0, 8, (*ids.shape, 3))
    return np.clip(colors[ids] * dim + noise, 0, 255).astype(np.uint8)


def label_ids(ids):
    """Return Cityscapes label ids: unlabelled pixels are "out of roi", 3."""
    return np.append(LABEL_IDS, [3] * 237)[ids].astype(np.uint8)


def _save(array, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path)


def write_gta5(root: Path, count=6, *, smaller=(3,)) -> Path:
    """Palette PNGs of label ids; the labels of `smaller` have another size than their images."""
    (root / "labels").mkdir(parents=True)
    for i in range(count):
        ids = train_ids(i)
        _save(picture(ids, i), root / "images" / f"{i + 1:05d}.png")
        ids = label_ids(ids)
        ids[0, :3] = 34
        stored = ids[::2, ::2] if i in smaller else ids
        path = root / "labels" / f"{i + 1:05d}.png"
        write_png(path, stored, bits=8, color_type=3, palette=PALETTE, filters=(0, 1, 2))
    return root


def write_synthia(root: Path, count=6) -> Path:
    """16-bit RGB PNGs: class in the first channel, instance in the second, nothing in the third."""
    (root / "GT" / "LABELS").mkdir(parents=True)
    table = np.zeros(256, int)
    for name, synthia_id in SYNTHIA.items():
        table[NAMED[name][1]] = synthia_id
    for i in range(count):
        ids = train_ids(i, names=tuple(SYNTHIA))
        _save(picture(ids, i), root / "RGB" / f"{i:07d}.png")
        samples = np.zeros((*SIZE, 3), int)
        samples[:, :, 0] = table[ids]
        samples[:, :, 1] = 300 + i  # instances have more than 8 bits
        path = root / "GT" / "LABELS" / f"{i:07d}.png"
        write_png(path, samples, bits=16, color_type=2, filters=(0, 1, 2))
    return root


def write_synscapes(root: Path, count=6) -> Path:
    for i in range(count):
        ids = train_ids(i)
        _save(picture(ids, i), root / "img" / "rgb" / f"{i + 1}.png")
        _save(label_ids(ids), root / "img" / "class" / f"{i + 1}.png")
    return root


def write_cityscapes(root: Path, count=4) -> Path:
    """Cities as folders, labelIds beside polygons, instances and colours, as in the archives."""
    for part, cities in (
        ("train", ("aachen", "zurich")),
        ("val", ("lindau",)),
        ("test", ("bonn",)),
    ):
        for c, city in enumerate(cities):
            for i in range(count):
                seed = 100 + 50 * c + i + (part == "val") * 1000
                ids = train_ids(seed)
                name = f"{city}_{i:06d}_000019"
                _save(
                    picture(ids, seed, dim=0.6),
                    root / "leftImg8bit" / part / city / f"{name}_leftImg8bit.png",
                )
                labels = root / "gtFine" / part / city
                _save(label_ids(ids), labels / f"{name}_gtFine_labelIds.png")
                _save(picture(ids, 0), labels / f"{name}_gtFine_color.png")
                _save(
                    label_ids(ids).astype(np.uint16) * 1000,
                    labels / f"{name}_gtFine_instanceIds.png",
                )
                (labels / f"{name}_gtFine_polygons.json").write_text("{}")
    return root


def write_acdc(root: Path, count=2) -> Path:
    for c, condition in enumerate(("fog", "night", "rain", "snow")):
        for part in ("train", "val", "train_ref"):
            for i in range(count):
                seed = 10 * c + i + 1000 * (part == "val")
                ids = train_ids(seed)
                name = Path(condition, part, "GOPR0400", f"GOPR0400_frame_{i:06d}")
                _save(picture(ids, seed, dim=0.4), root / "rgb_anon" / f"{name}_rgb_anon.png")
                if part != "train_ref":
                    _save(ids, root / "gt" / f"{name}_gt_labelTrainIds.png")
                    _save(label_ids(ids), root / "gt" / f"{name}_gt_labelIds.png")
    return root


def write_dark_zurich(root: Path, count=3) -> Path:
    for part, time in (("train", "night"), ("train", "day"), ("val", "night")):
        for i in range(count):
            seed = i + 1000 * (part == "val")
            ids = train_ids(seed)
            name = Path(part, time, "GOPR0356", f"GOPR0356_frame_{i:06d}")
            _save(picture(ids, seed, dim=0.3), root / "rgb_anon" / f"{name}_rgb_anon.png")
            if part == "val":
                _save(ids, root / "gt" / f"{name}_gt_labelTrainIds.png")
                _save(label_ids(ids), root / "gt" / f"{name}_gt_labelIds.png")
    return root


WRITERS = {
    "gta5": write_gta5,
    "synthia": write_synthia,
    "synscapes": write_synscapes,
    "cityscapes": write_cityscapes,
    "acdc": write_acdc,
    "dark_zurich": write_dark_zurich,
}


def official(source, target, folder: Path, *more):
    """Write both miniatures below `folder` and return the overrides that name them."""
    return [
        *("data.kind=official", f"data.source={source}", f"data.target={target}"),
        f"data.source_root={WRITERS[source](folder / source)}",
        f"data.target_root={WRITERS[target](folder / target)}",
        *more,
    ]
