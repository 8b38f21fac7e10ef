"""Make the pair "CamVid day to dusk" from a user's copy of CamVid in the SegNet layout.

    python -m scripts.prepare_camvid SEGNET_CAMVID OUTPUT

SEGNET_CAMVID holds train/ trainannot/ val/ valannot/ test/ testannot/ with 480x360 PNG files and
ids 0 to 11 (11: unlabelled). CamVid: Brostow, Fauqueur, Cipolla, Pattern Recognition Letters
30(2), 2009; research use, so neither the copy nor the pair may be passed on with this program.
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
DENSE_SEQUENCE, FRAMES_A_SECOND = "0016E5", 30
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
    """Convert; exit 2 with one sentence if something is missing."""
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
    """Write the pair to `output`, which must not exist; returns the number of frames."""
    if output.exists():
        raise UserError(f"{output} exists; name a folder that does not")
    frames = [*_frames(copy, "train"), *_thinned(_frames(copy, "val")), *_frames(copy, "test")]
    temporary = output.with_name(f".{output.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    for split, image, label in frames:
        _convert(image, label, temporary / split)
    classes = [
        {"id": number, "name": name, "color": list(color)}
        for number, (name, color) in enumerate(CLASSES.items())
    ]
    domains = {"source": "day", "target": "dusk"}
    text = {"name": "camvid-day-to-dusk", "ignore": IGNORED, "domains": domains, "classes": classes}
    (temporary / "classes.json").write_text(json.dumps(text, indent=1), encoding="utf-8")
    temporary.rename(output)
    return len(frames)


def _frames(copy: Path, part: str) -> list[tuple[str, Path, Path]]:
    """Return (split of the pair, image, label) for every frame of an upstream part."""
    folder = copy / part
    if not folder.is_dir():
        raise UserError(f"{folder} does not exist; give CamVid in the SegNet layout, with {part}/")
    found = []
    for image in sorted(folder.glob("*.png")):
        label = copy / f"{part}annot" / image.name
        if not label.is_file():
            raise UserError(f"{label} is missing; each frame of {part}/ needs its annotation")
        found.append((_split_of(image, part), image, label))
    if not found:
        raise UserError(f"{folder} has no PNG files; give CamVid in the SegNet layout")
    return found


def _split_of(image: Path, part: str) -> str:
    sequence = image.stem.split("_")[0]
    if sequence == DUSK:
        return "target/val" if part == "test" else "target/train"
    if sequence not in SPLIT_OF_SEQUENCE:
        raise UserError(
            f"{image} is of sequence {sequence}; CamVid has {DUSK}, 0006R0, 0016E5, Seq05VD"
        )
    return SPLIT_OF_SEQUENCE[sequence]


def _thinned(frames: list[tuple[str, Path, Path]]) -> list[tuple[str, Path, Path]]:
    """Keep one frame a second of the dense sequence: the others are nearly the same picture."""
    kept = []
    last = None
    for split, image, label in frames:
        sequence, number = image.stem.split("_")
        if sequence == DENSE_SEQUENCE:
            if last is not None and int(number) - last < FRAMES_A_SECOND:
                continue
            last = int(number)
        kept.append((split, image, label))
    return kept


def _convert(image: Path, label: Path, folder: Path) -> None:
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    with Image.open(image) as picture:
        jpeg = folder / "images" / f"{image.stem}.jpg"
        picture.convert("RGB").save(jpeg, quality=JPEG_QUALITY, subsampling=0)
    with Image.open(label) as opened:
        ids = np.asarray(opened)
    if ids.ndim != 2 or ids.max() > UNLABELED:
        raise UserError(f"{label} has ids up to {ids.max()}; the SegNet copy has 0 to {UNLABELED}")
    ids = np.where(ids == UNLABELED, IGNORED, ids).astype(np.uint8)
    Image.fromarray(ids).save(folder / "labels" / f"{label.stem}.png")


if __name__ == "__main__":
    sys.exit(main())
