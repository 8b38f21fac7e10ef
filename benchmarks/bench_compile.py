"""Say what torch.compile gains in an update of the backbone, and whether its gradients are right.

python -m benchmarks.bench_compile [BACKBONE] [HEIGHT WIDTH]

Prints the seconds of the first update and of a later one, with and without the compiler, and the
parameters whose gradient differs by more than a tenth of its length. docs/decisions.md says what
follows from it.
"""

import sys
import time

import torch
from torch import Tensor
from torch.nn import functional as F

from spcl.models.segmenter import Segmenter, build_segmenter

K, REPEATS = 11, 5


def gradients(model: Segmenter, images: Tensor) -> dict[str, Tensor]:
    """Return the gradients of a cross-entropy against random classes, by parameter."""
    model.zero_grad(set_to_none=True)
    logits = model(images).logits
    shape = (len(logits), *logits.shape[2:])
    classes = torch.randint(0, K, shape, generator=torch.Generator().manual_seed(1))
    F.cross_entropy(logits, classes).backward()  # type: ignore[no-untyped-call]
    named = model.named_parameters()
    return {name: p.grad.clone() for name, p in named if p.grad is not None}


def measured(
    name: str, images: Tensor, *, is_compiled: bool
) -> tuple[float, float, dict[str, Tensor]]:
    """Return the seconds of the first and of a later update, and the gradients of the first."""
    torch.manual_seed(0)
    model = build_segmenter(name, K, weights="none").train()
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if is_compiled:
        model.backbone.compile()  # type: ignore[no-untyped-call]
    began = time.perf_counter()
    first = gradients(model, images)
    in_first = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(REPEATS):
        gradients(model, images)
    return in_first, (time.perf_counter() - began) / REPEATS, first


def main(words: list[str]) -> None:
    name = words[0] if words else "tiny"
    height, width = (int(word) for word in words[1:3]) if len(words) > 2 else (128, 256)
    torch.set_num_threads(1)
    images = torch.rand(4, 3, height, width, generator=torch.Generator().manual_seed(0))
    images = images.contiguous(memory_format=torch.channels_last)
    print(f"torch {torch.__version__}, CPU, 1 thread: {name}, 4 images of {width}x{height}")
    found = {}
    for title, is_compiled in (("as written", False), ("compiled", True)):
        in_first, later, found[title] = measured(name, images, is_compiled=is_compiled)
        print(f"  {title:12} first update {in_first:7.2f} s, later ones {1000 * later:7.1f} ms")
    right, compiled = found["as written"], found["compiled"]
    wrong = [n for n in right if (right[n] - compiled[n]).norm() > 0.1 * right[n].norm()]
    zero = [n for n in wrong if not compiled[n].any()]
    print(f"  {len(wrong)} of {len(right)} gradients are wrong, {len(zero)} of them 0: {wrong[:3]}")


if __name__ == "__main__":
    main(sys.argv[1:])
