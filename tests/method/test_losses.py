import math

import pytest
import torch
from torch.nn import functional as F

from spcl.label_space import IGNORE_INDEX
from spcl.method.losses import (
    ContrastWeight,
    class_weights_from_frequency,
    gradient_ratio,
    segmentation_loss,
)


def test_segmentation_loss_is_the_mean_cross_entropy_of_labeled_pixels() -> None:
    logits = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(0, 3, (2, 4, 4), generator=torch.Generator().manual_seed(1))
    labels[0, 0] = IGNORE_INDEX
    expected = F.cross_entropy(logits / 1.8, labels, ignore_index=IGNORE_INDEX)
    torch.testing.assert_close(segmentation_loss(logits, labels, logit_scale=1.8), expected)


def test_weights_multiply_the_losses_of_their_pixels() -> None:
    logits = torch.zeros(1, 2, 1, 3)
    labels = torch.tensor([[[0, 1, IGNORE_INDEX]]])
    loss = segmentation_loss(
        logits,
        labels,
        class_weights=torch.tensor([0.5, 3.0]),
        pixel_weights=torch.tensor([[[1.0, 0.5, 1.0]]]),
    )
    assert float(loss) == pytest.approx(math.log(2) * (0.5 + 3.0 * 0.5) / 2)


def test_an_all_ignored_segmentation_loss_is_zero_and_backpropagates() -> None:
    logits = torch.randn(1, 3, 2, 2).requires_grad_()
    loss = segmentation_loss(logits, torch.full((1, 2, 2), IGNORE_INDEX))
    loss.backward()
    assert float(loss.detach()) == 0
    assert logits.grad is not None
    assert torch.equal(logits.grad, torch.zeros_like(logits))


def test_class_weights_follow_the_power_and_have_mean_one_per_pixel() -> None:
    counts = torch.tensor([16_000_000, 1_000_000, 0])
    weights = class_weights_from_frequency(counts, power=-0.25)
    assert float(weights[1] / weights[0]) == pytest.approx(2)
    assert float((weights * counts).sum() / counts.sum()) == pytest.approx(1)
    assert float(weights[2]) == 1
    assert class_weights_from_frequency(counts, power=0).tolist() == [1, 1, 1]


def test_gradient_ratio_compares_norms_at_the_features() -> None:
    weights = torch.tensor([1.0, 2.0], requires_grad=True)
    features = weights * 3
    assert gradient_ratio((5 * features).sum(), features.sum(), features).item() == pytest.approx(5)
    assert gradient_ratio(0 * features.sum(), features.sum(), features).isnan()


def measured(weight: ContrastWeight, *factors: float) -> list[float]:
    weights = []
    for factor in factors:
        features = torch.ones(3, requires_grad=True) * 1
        weight.measure(factor * features.sum(), features.sum(), features)
        weights.append(weight.weight)
    return weights


def test_contrast_weight_reaches_the_wanted_ratio_every_few_steps() -> None:
    assert measured(ContrastWeight(ratio=0.5, every=2), 10, 5, 4, 8) == pytest.approx(
        [0.05, 0.05, 0.125, 0.125]
    )


def test_a_vanished_gradient_keeps_the_weight() -> None:
    assert measured(ContrastWeight(ratio=0.5, every=1), 10, 0, 5) == pytest.approx(
        [0.05, 0.05, 0.1]
    )


def test_a_fixed_weight_stays_and_its_ratio_is_still_measured() -> None:
    weight = ContrastWeight(ratio=0.5, every=1, fixed=0.3)
    assert measured(weight, 10, 4) == [0.3, 0.3]
    assert weight.ratio_at_one.item() == pytest.approx(4)


def test_contrast_weight_continues_from_its_state() -> None:
    first, second = ContrastWeight(ratio=0.5, every=2), ContrastWeight(ratio=0.5, every=2)
    measured(first, 10)
    second.load_state_dict(first.state_dict())
    assert measured(second, 5, 4) == measured(first, 5, 4)
