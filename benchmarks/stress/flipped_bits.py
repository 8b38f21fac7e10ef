"""Flip one bit of a checkpoint at a time, and count how often resuming would notice.

`python -m benchmarks.stress.flipped_bits RUN [--count 200] [--seed 5]`; the run is copied first.
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import torch

from scripts.weights_digest import tensors
from spcl.errors import UserError
from spcl.training.saved.checkpoint import load_checkpoint


def main(words: list[str] | None = None) -> int:
    """Print how many flips were refused, without a consequence, or believed (exit code 1)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        shutil.copytree(given.run / "checkpoints", run / "checkpoints")
        counts = flipped(run, random.Random(given.seed), given.count)
    print(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())))
    return 1 if counts["WRONG: other weights"] else 0


def flipped(run: Path, rng: random.Random, count: int) -> Counter[str]:
    """Return what came of `count` flips, each alone in the checkpoint."""
    path = run / "checkpoints" / "last.pt"
    good, wanted = path.read_bytes(), list(tensors(load_checkpoint(run)))
    counts = Counter[str]()
    for _ in range(count):
        content = bytearray(good)
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(content)
        try:
            found = list(tensors(load_checkpoint(run)))
        except UserError:
            counts["refused"] += 1
            continue
        pairs = zip(found, wanted, strict=False)
        alike = len(found) == len(wanted) and all(torch.equal(a, b) for a, b in pairs)
        counts["no consequence" if alike else "WRONG: other weights"] += 1
    return counts


if __name__ == "__main__":
    sys.exit(main())
