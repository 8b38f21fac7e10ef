"""Convert a copy of CamVid in the SegNet layout into the pair "CamVid day to dusk".

    python -m scripts.prepare_camvid SEGNET_CAMVID OUTPUT

SEGNET_CAMVID contains train/ trainannot/ val/ valannot/ test/ testannot/ with 480x360 PNG files and
ids 0 to 11 (11 is unlabelled). CamVid: Brostow, Fauqueur, Cipolla, Pattern Recognition Letters
30(2), 2009; for research use, so neither copy nor pair may be distributed with this project.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from spcl.errors import UserError

UNLABELED, IGNORED = 11, 255
JPEG_QUALITY = 92
DUSK = "0001TP"
SPLIT_OF_SEQUENCE = {"0006R0": "source/train", "0016E5": "source/train", "Seq05VD": "source/val"}
DENSE_SEQUENCE, FRAMES_PER_SECOND = "0016E5", 30
CLASSES = {
    "sky": (128, 128, 128),
    "building": (128, 0, 0),
    "pole": (192, 192, 128),
    "road": (128, 64, 128),
    "pavement": (0, 0, 192),
    "tree": (128, 128, 0),
    "sign_symbol": (192, 128, 128),
    "fence": (64, 64, 128),
    "car": (64, 0, 128),
    "pedestrian": (64, 64, 0),
    "bicyclist": (0, 128, 192),
}


def main() -> int:
    """Convert and return the exit code: 2 with one sentence if something is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("copy", type=Path, metavar="SEGNET_CAMVID")
    parser.add_argument("output", type=Path, metavar="OUTPUT")
    arguments = parser.parse_args()
    try:
        count = prepare(arguments.copy, arguments.output)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{arguments.output}: {count} frames; next: python -m spcl check {arguments.output}")
    return 0


def prepare(copy: Path, output: Path) -> int:
    """Write the pair to `output`, which must not exist, and return the number of frames."""
    if output.exists():
        raise UserError(f"{output} already exists; name a new folder")
    frames = [*_frames(copy, "train"), *_thinned(_frames(copy, "val")), *_frames(copy, "test")]
    temporary = output.with_name(f".{output.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    for split, image, label in frames:
        _convert(image, label, temporary / split)
    classes = [
        {"id": k, "name": name, "color": list(color)}
        for k, (name, color) in enumerate(CLASSES.items())
    ]
    domains = {"source": "day", "target": "dusk"}
    description = {
        "name": "camvid-day-to-dusk",
        "ignore": IGNORED,
        "domains": domains,
        "classes": classes,
    }
    (temporary / "classes.json").write_text(json.dumps(description, indent=1), encoding="utf-8")
    temporary.rename(output)
    return len(frames)


def _frames(copy: Path, subset: str) -> list[tuple[str, Path, Path]]:
    """Return (split of the pair, image, label) for each frame of the copy's subset."""
    folder = copy / subset
    if not folder.is_dir():
        raise UserError(f"{folder} does not exist; name a copy of CamVid in the SegNet layout")
    frames = []
    for image in sorted(folder.glob("*.png")):
        label = copy / f"{subset}annot" / image.name
        if not label.is_file():
            raise UserError(f"{label} is missing; give each frame of {subset}/ its annotation")
        frames.append((_split_of(image, subset), image, label))
    if not frames:
        raise UserError(f"{folder} has no PNG files; name a copy of CamVid in the SegNet layout")
    return frames


def _split_of(image: Path, subset: str) -> str:
    sequence = image.stem.split("_")[0]
    if sequence == DUSK:
        return "target/val" if subset == "test" else "target/train"
    if sequence not in SPLIT_OF_SEQUENCE:
        raise UserError(
            f"{image} is of sequence {sequence}; remove it, CamVid has {DUSK}, "
            "0006R0, 0016E5 and Seq05VD"
        )
    return SPLIT_OF_SEQUENCE[sequence]


def _thinned(frames: list[tuple[str, Path, Path]]) -> list[tuple[str, Path, Path]]:
    """Keep one frame per second of the dense sequence; the others are near duplicates."""
    kept = []
    last = None
    for split, image, label in frames:
        sequence, frame = image.stem.split("_")
        if sequence == DENSE_SEQUENCE:
            if last is not None and int(frame) - last < FRAMES_PER_SECOND:
                continue
            last = int(frame)
        kept.append((split, image, label))
    return kept


def _convert(image: Path, label: Path, folder: Path) -> None:
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    with Image.open(image) as picture:
        jpeg = folder / "images" / f"{image.stem}.jpg"
        picture.convert("RGB").save(jpeg, quality=JPEG_QUALITY, subsampling=0)
    with Image.open(label) as opened:
        ids = np.asarray(opened)
    if ids.ndim != 2 or ids.max() > UNLABELED:
        raise UserError(f"{label} has ids up to {ids.max()}; use annotations with 0 to {UNLABELED}")
    ids = np.where(ids == UNLABELED, IGNORED, ids).astype(np.uint8)
    Image.fromarray(ids).save(folder / "labels" / f"{label.stem}.png")


if __name__ == "__main__":
    sys.exit(main())
