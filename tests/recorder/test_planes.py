import doctest

import numpy as np
import pytest

from spcl.recorder.given import planes


@pytest.mark.parametrize("size", [(7, 5), (16, 33), (3, 4), (1, 1)])
def test_resizing_is_that_of_the_training(size):
    torch = pytest.importorskip("torch")
    from spcl.method.grid.resize import upsample

    logits = np.random.default_rng(0).normal(size=(3, 6, 8)).astype(np.float32)
    expected = upsample(torch.from_numpy(logits)[None], size)[0].numpy()
    assert planes.upsample(logits, size) == pytest.approx(expected, abs=1e-5)


def test_the_highest_probability_is_that_of_a_softmax():
    logits = np.random.default_rng(1).normal(size=(4, 2, 3)).astype(np.float32) * 50
    exact = np.exp(logits.astype(np.float64))
    expected = (exact / exact.sum(0)).max(0)
    assert planes.highest_probability(logits) == pytest.approx(expected, rel=1e-5)


def test_the_example_prints_what_it_says():
    assert doctest.testmod(planes).failed == 0
