"""A model of drawn scenes without torch."""

import numpy as np

from examples.drawn import CLASSES, COLORS, scenes

__all__ = ["CLASSES", "COLORS", "ColorModel", "scenes"]


class ColorModel:
    """Class scores by distance to the classes' colors, at a quarter of the size."""

    def __init__(self, sharpness=1.0):
        self.sharpness = sharpness

    def features(self, images):
        """Return (B, 4, h, w)."""
        small = images[:, ::4, ::4].astype(np.float64)
        away = ((small[..., None, :] - COLORS) ** 2).mean(-1)
        return (-away / 1000).transpose(0, 3, 1, 2)

    def logits(self, images):
        return self.sharpness * self.features(images)

    def both(self, images):
        return self.features(images), self.logits(images)

    def ids(self, images):
        return self.logits(images).argmax(1)
