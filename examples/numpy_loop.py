"""Record a training without torch: a softmax over colors, learnt with numpy alone.

python examples/numpy_loop.py [RUNS_DIR]
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a checkout, nothing installed

from examples.drawn import CLASSES, scenes
from spcl.recorder import record


def main(runs_dir: str = "runs", steps: int = 60) -> Path:
    """Train on the source and record; returns the run's folder."""
    source, target = scenes(6), scenes(6, dark=True)
    colors = np.concatenate([image.reshape(-1, 3) for image, _ in source]) / 255
    truth = np.concatenate([label.ravel() for _, label in source if label is not None])
    one_hot = np.eye(len(CLASSES))[truth]
    weights = np.zeros((3, len(CLASSES)))

    def predict(images: np.ndarray) -> np.ndarray:
        """Return logits (B, K, h, w) of images (B, H, W, 3), as they are in `source`."""
        return (images[:, ::2, ::2] / 255 @ weights).transpose(0, 3, 1, 2)

    with record(runs_dir, CLASSES, source=source, target=target, title="numpy") as run:
        run.snapshot(0, predict)
        for step in range(1, steps + 1):
            scores = np.exp(colors @ weights)
            probabilities = scores / scores.sum(1, keepdims=True)
            weights -= 2.0 * colors.T @ (probabilities - one_hot) / len(truth)
            run.log(step, loss=-np.log(probabilities[one_hot > 0]).mean())
            if step % 20 == 0:
                run.snapshot(step, predict)
    return run.path


if __name__ == "__main__":
    print(main(*sys.argv[1:2]))
