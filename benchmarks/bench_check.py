"""Measure what `check` costs: the audit of 3,000 small images against decoding the same files.

python -m benchmarks.bench_check [IMAGES]
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.timing import print_ratios
from spcl.data.check.audit import audit
from tests.support.tiny_pair import write_tiny_pair

SPLITS = 4
SIZE = (256, 128)


def main(words: list[str]) -> None:
    count = int(words[0]) if words else 3000
    with tempfile.TemporaryDirectory() as folder:
        root = written(Path(folder) / "pair", count)
        files = sorted(root.rglob("*.png"))
        decode(files)  # the files are in memory from here on
        seconds, memory = {}, {}
        measured: dict[str, Callable[[], object]] = {
            "one thread decodes the files": lambda: decode(files),
            "check --fast": lambda: audit(root, headers_only=True),
            "check": lambda: audit(root),
        }
        for name, work in measured.items():
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            begun = time.process_time()
            work()
            seconds[name] = time.process_time() - begun
            memory[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    title = f"{count} images of {SIZE[0]}x{SIZE[1]} and as many labels, CPU time"
    print_ratios(title, seconds, baseline="one thread decodes the files")
    for name, kilobytes in memory.items():
        print(f"  {name:46} {kilobytes / 1000:9.1f} MB more at the peak")


def written(root: Path, count: int) -> Path:
    """Write a sound pair of `count` images in all, each with its label."""
    write_tiny_pair(root, count=-(-count // SPLITS))
    random = np.random.default_rng(0)
    noise = random.normal(0, 8, (SIZE[1], SIZE[0], 3))
    for number, path in enumerate(sorted(root.glob("*/*/images/*.png"))):
        picture = np.asarray(Image.open(path).resize(SIZE), float) + np.roll(noise, number, axis=1)
        Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(path, compress_level=1)
        label = path.parents[1] / "labels" / path.name
        Image.open(label).resize(SIZE, Image.Resampling.NEAREST).save(label)
    return root


def decode(files: list[Path]) -> None:
    """Decode every file with Pillow alone, one after the other."""
    for file in files:
        with Image.open(file) as image:
            image.load()


if __name__ == "__main__":
    main(sys.argv[1:])
