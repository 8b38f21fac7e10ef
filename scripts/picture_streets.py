"""Draw a sheet of eight pairs of the drawn data: python -m scripts.picture_streets [FILE]."""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from spcl.data.streets.pair import CLASSES, draw_picture

ROWS = 8
GAP = 4


def draw_sheet(rows: int = ROWS) -> Image.Image:
    """Return a sheet of `rows` rows: source picture, its label, target picture, its label."""
    colors = np.zeros((256, 3), np.uint8)
    for entry in CLASSES:
        colors[entry["id"]] = entry["color"]
    tiles = []
    for index in range(rows):
        for domain in ("source", "target"):
            picture = draw_picture(domain, seed=0, split="train", index=index)
            tiles += [picture.image, colors[picture.label]]
    height, width = tiles[0].shape[:2]
    sheet = Image.new("RGB", (4 * (width + GAP) - GAP, rows * (height + GAP) - GAP), "white")
    for index, tile in enumerate(tiles):
        corner = ((index % 4) * (width + GAP), (index // 4) * (height + GAP))
        sheet.paste(Image.fromarray(tile), corner)
    return sheet


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures/streets_pairs.png")
    draw_sheet().save(target, optimize=True)
    print(target)
