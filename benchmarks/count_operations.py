"""Count the operations of one update of each backbone, and from them guess its cost on a GPU.

`python -m benchmarks.count_operations [NAME...]` needs neither a GPU nor weights: shapes alone are
followed. A multiplication and an addition count as two operations, and the way back as twice the
way forward. A warm-up update sees a source batch; an update of the adaptation sees a source and a
target batch, and the teacher each of them once more.
"""

import sys

import torch
from torch.utils.flop_counter import FlopCounterMode

from spcl.models.segmenter import Segmenter, build_segmenter

NAMES = ("lite0", "resnet50", "resnet101", "vgg16", "segformer_b5", "dinov2_base", "dinov3_base")
SIZE, BATCH, CLASSES = (512, 1024), 4, 19
UPDATES = 20_000
"""Of the warm-up, and as many of the adaptation."""
RATE = 60e12
"""Operations a second that one GPU is taken to reach in bfloat16: assumed, not measured."""


def operations(model: Segmenter) -> int:
    """Return the operations of the way forward for one image."""
    images = torch.empty(1, 3, *SIZE, device="meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.classifier(model.backbone(images))
    return int(counter.get_total_flops())


def main(names: list[str]) -> None:
    print("| backbone | parameters | forward, one image | update, 4 + 4 images | GPU hours |")
    print("|---|---|---|---|---|")
    for name in names:
        with torch.device("meta"):
            model = build_segmenter(name, CLASSES, weights="none")
        number = sum(parameter.numel() for parameter in model.parameters())
        forward = operations(model)
        warmup = BATCH * 3 * forward
        update = 2 * BATCH * (3 + 1) * forward
        hours = UPDATES * (warmup + update) / RATE / 3600
        print(
            f"| `{name}` | {number / 1e6:.1f} M | {forward / 1e12:.2f} T | {update / 1e12:.1f} T "
            f"| {hours:.1f} |"
        )


if __name__ == "__main__":
    main(sys.argv[1:] or list(NAMES))
