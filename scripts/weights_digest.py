"""Print a digest of the weights that runs ended with, to show that a change left training alone.

`python -m scripts.weights_digest RUN...` prints for each run the step of its last checkpoint, the
number of tensors and SHA-256 over their sorted digests: the names of the tensors do not enter.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch


def tensors(state: Any) -> Iterator[torch.Tensor]:
    """Yield every tensor with at least one value in a nested state."""
    if isinstance(state, torch.Tensor):
        if state.numel():
            yield state
    elif isinstance(state, dict):
        for value in state.values():
            yield from tensors(value)
    elif isinstance(state, list | tuple):
        for value in state:
            yield from tensors(value)


def main(runs: list[str]) -> None:
    """Print one line a run."""
    for run in runs:
        path = Path(run) / "checkpoints" / "last.pt"
        state = torch.load(path, weights_only=True, map_location="cpu")
        digests = sorted(
            hashlib.sha256(tensor.contiguous().numpy().tobytes()).hexdigest()
            for tensor in tensors(state)
        )
        whole = hashlib.sha256("".join(digests).encode()).hexdigest()[:16]
        print(f"{run}: step {state['step']}, {len(digests)} tensors, {whole}")


if __name__ == "__main__":
    main(sys.argv[1:])
