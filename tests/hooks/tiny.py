"""A tiny network and data sets of drawn scenes for trainers of other frameworks."""

from torch import nn
from torch.nn import functional as F

from examples import drawn
from examples.drawn import CLASSES, scenes

__all__ = ["CLASSES", "TinyNet", "tensors"]


class TinyNet(nn.Module):
    """Features (B, 8, h, w) and logits (B, 4, h, w) at a quarter of the size."""

    def __init__(self):
        super().__init__()
        self.body = nn.Conv2d(3, 8, 4, stride=4)
        self.head = nn.Conv2d(8, 4, 1)

    def forward(self, images):
        features = self.body(images).relu()
        return features, self.head(features)

    def full_size(self, images):
        return F.interpolate(self(images)[1], size=images.shape[2:], mode="bilinear")


def tensors(count, *, dark=False):
    """Return a data set of images (3, 24, 48) in [0, 1] and labels (24, 48)."""
    return drawn.tensors(scenes(count, dark=dark))
