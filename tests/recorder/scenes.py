"""Small drawn scenes and a model of two matrices, in numpy alone."""

import numpy as np

CLASSES = ("road", "building", "sky", "person")
COLORS = np.array([[128, 64, 128], [70, 70, 70], [70, 130, 180], [220, 20, 60]])
SIZE = (24, 48)


def scenes(count, *, dark=False, labels=True, seed=0):
    """Return images (24, 48, 3) of bytes with their class ids, or None."""
    random = np.random.default_rng([seed, dark])
    found = []
    for _ in range(count):
        label = np.zeros(SIZE, np.int64)
        label[:12] = 1
        label[:6, 10:] = 2
        left = int(random.integers(0, 40))
        label[14:22, left : left + 6] = 3
        image = COLORS[label] // (2 if dark else 1) + random.normal(0, 8, (*SIZE, 3))
        found.append((np.clip(image, 0, 255).astype(np.uint8), label if labels else None))
    return found


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
