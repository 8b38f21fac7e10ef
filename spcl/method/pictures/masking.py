"""Hide squares of a picture, so that its context must say what is behind them.

After Hoyer et al. 2023, MIC (arXiv 2212.01322), eqs. 4 and 5.
"""

import torch
from torch import Tensor

from spcl.method.ranks.sums import num_ranks, own_rows


def hide_blocks(images: Tensor, *, block: int, ratio: float, generator: torch.Generator) -> Tensor:
    """Return the images with some squares replaced by the image's mean colour, (B, 3, H, W).

    Squares stand in a grid from the upper left corner on; each is hidden by itself, so that the
    share hidden varies about `ratio`. The mean colour says nothing of what stood there, as the
    zeros of the normalised picture in MIC.

    Args:
        images: (B, 3, H, W).
        block: side of a square (pixels).
        ratio: chance of each square to be hidden, in [0, 1].
        generator: source of randomness, on the CPU.

    Example:
        >>> image = torch.tensor([0.0, 1.0, 2.0, 3.0]).view(1, 1, 1, 4).expand(1, 3, 1, 4)
        >>> generator = torch.Generator().manual_seed(0)
        >>> hide_blocks(image, block=2, ratio=0.6, generator=generator)[0, 0]
        tensor([[1.5000, 1.5000, 2.0000, 3.0000]])
    """
    height, width = int(images.shape[2]), int(images.shape[3])
    grid = (-(-height // block), -(-width // block))
    draws = own_rows(torch.rand((len(images) * num_ranks(), 1, *grid), generator=generator))
    hidden = (draws < ratio).to(images.device, non_blocking=True)
    spread = hidden.repeat_interleave(block, 2).repeat_interleave(block, 3)
    mean = images.mean((2, 3), keepdim=True)
    return torch.where(spread[:, :, :height, :width], mean, images)
