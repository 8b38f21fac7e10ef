"""One update of a batch that does not fit at once: a module sees it in micro-batches.

What a module keeps for the way back is what fills a device. Here it keeps that of one micro-batch:
all are seen once without keeping anything, and each a second time when the gradient reaches it
(Chen et al. 2016, arXiv 1604.06174, with micro-batches in the place of layers). So losses see the
outputs of the whole batch, and all that they divide by, and the gradient is that of the whole.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint


def in_micro_batches(module: nn.Module, images: Tensor, *, count: int) -> Tensor:
    """Return what `module` makes of `images`, of which it sees a part at a time.

    Micro-batch i holds the images i, i + count, i + 2 count ..., so that a batch of two domains
    becomes micro-batches of both. Batch norm looks at each micro-batch alone; its running
    statistics follow once, to the mean over the micro-batches.

    Args:
        module: (B, 3, H, W) -> (B, C, h, w).
        images: (B, 3, H, W), where `count` divides B.
        count: micro-batches.

    Example:
        >>> model, images = nn.Conv2d(3, 1, 1), torch.ones(4, 3, 1, 1)
        >>> bool((in_micro_batches(model, images, count=2) == model(images)).all())
        True
    """
    parts = []
    for place in range(count):
        part = images[place::count].contiguous(memory_format=torch.channels_last)
        contexts = partial(_both_ways, module, place=place, count=count)
        parts.append(checkpoint(module, part, use_reentrant=False, context_fn=contexts))
    return torch.stack(parts, dim=1).flatten(0, 1).contiguous(memory_format=torch.channels_last)


def _both_ways(
    module: nn.Module, *, place: int, count: int
) -> tuple["_ChangedMomenta", "_ChangedMomenta"]:
    """Return how batch norm's statistics follow at the first look, and at the second: not at all.

    Momenta m / (n - m (n - 1 - i)) for i = 0 ... n - 1 give each of n micro-batches the weight m/n.
    """
    layers = [layer for layer in module.modules() if isinstance(layer, _BatchNorm)]

    def equal_share(momentum: float) -> float:
        return momentum / (count - momentum * (count - 1 - place))

    return _ChangedMomenta(layers, equal_share), _ChangedMomenta(layers, lambda _: 0.0)


class _ChangedMomenta:
    """Have batch norm follow by other momenta while a block runs, as often as it is entered."""

    def __init__(self, layers: list[_BatchNorm], changed: Callable[[float], float]) -> None:
        self._layers = layers
        self._changed = changed
        self._before: list[float | None] = []

    def __enter__(self) -> None:
        self._before = [layer.momentum for layer in self._layers]
        for layer in self._layers:
            assert layer.momentum is not None, "statistics follow by a momentum"
            layer.momentum = self._changed(layer.momentum)

    def __exit__(self, *_: object) -> None:
        for layer, momentum in zip(self._layers, self._before, strict=True):
            layer.momentum = momentum
