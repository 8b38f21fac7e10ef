import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from spcl.label_space import IGNORE_INDEX
from spcl.method.losses import (
    ContrastWeight,
    class_weights_from_frequency,
    gradient_ratio,
    prototype_contrast,
    segmentation_loss,
)

SEEN = torch.tensor([True, True, False, True])


def contrast_case(seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(2, 6, 3, 4, generator=generator)
    shares = torch.rand(2, 4, 3, 4, generator=generator) / 4
    return features, shares, F.normalize(torch.randn(4, 6, generator=generator))


def slow_contrast(
    features: Tensor, shares: Tensor, vectors: Tensor, temperature: float, balance: str
) -> float:
    sums, masses = [0.0] * 4, [0.0] * 4
    for image in range(2):
        for row in range(3):
            for column in range(4):
                pixel = features[image, :, row, column]
                cosines = [float(pixel @ v / pixel.norm()) for v in vectors]
                total = sum(
                    math.exp(c / temperature) for c, s in zip(cosines, SEEN, strict=True) if s
                )
                for k in range(4):
                    if SEEN[k]:
                        share = float(shares[image, k, row, column])
                        sums[k] -= share * (cosines[k] / temperature - math.log(total))
                        masses[k] += share
    if balance == "pixel":
        return sum(sums) / sum(masses)
    means = [s / m for s, m in zip(sums, masses, strict=True) if m > 0]
    return sum(means) / len(means)


@pytest.mark.parametrize("balance", ["class", "pixel"])
@pytest.mark.parametrize("temperature", [0.1, 1.0, 100.0])
def test_contrast_equals_a_slow_double_loop(balance: str, temperature: float) -> None:
    features, shares, vectors = contrast_case()
    loss = prototype_contrast(
        features,
        shares,
        vectors,
        SEEN,
        temperature=temperature,
        balance=balance,  # type: ignore[arg-type]
    )
    expected = slow_contrast(features, shares, vectors, temperature, balance)
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_contrast_of_named_angles_is_known_by_hand() -> None:
    features = torch.tensor([3.0, 0.0]).view(1, 2, 1, 1)
    labels, both = torch.zeros(1, 1, 1, dtype=torch.int64), torch.tensor([True, True])
    for degrees in (30, 90, 180):
        angle = math.radians(degrees)
        vectors = torch.tensor([[1.0, 0.0], [math.cos(angle), math.sin(angle)]])
        loss = prototype_contrast(features, labels, vectors, both, temperature=0.5)
        expected = math.log(1 + math.exp((math.cos(angle) - 1) / 0.5))
        assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_ids_and_their_shares_give_the_same_contrast() -> None:
    features, _, vectors = contrast_case()
    ids = torch.tensor([[0, 1, 3, 255], [1, 1, 0, 255], [3, 2, 0, 0]]).expand(2, 3, 4)
    shares = torch.stack([(ids == k).float() for k in range(4)], dim=1)
    by_ids, by_shares = (
        prototype_contrast(features, targets, vectors, SEEN) for targets in (ids, shares)
    )
    assert torch.equal(by_ids, by_shares)


def test_contrast_gradient_on_features_is_right_and_not_zero() -> None:
    features, shares, vectors = (value.double() for value in contrast_case())
    features.requires_grad_()
    prototype_contrast(features, shares, vectors, SEEN).backward()
    assert features.grad is not None
    nudge = torch.zeros_like(features)
    nudge[1, 2, 0, 3] = 1e-2
    with torch.no_grad():
        up, down = (
            prototype_contrast(features + n, shares, vectors, SEEN) for n in (nudge, -nudge)
        )
    slope = float(up - down) / 2e-2
    assert abs(slope) > 1e-3
    assert float(features.grad[1, 2, 0, 3]) == pytest.approx(slope, rel=1e-2)


def test_pixel_weights_of_zero_leave_pixels_out() -> None:
    features, shares, vectors = contrast_case()
    weights = torch.zeros(2, 3, 4)
    weights[0] = 1
    weighted = prototype_contrast(features, shares, vectors, SEEN, pixel_weights=weights)
    torch.testing.assert_close(
        weighted, prototype_contrast(features[:1], shares[:1], vectors, SEEN)
    )


@pytest.mark.parametrize("balance", ["class", "pixel"])
@pytest.mark.parametrize("case", ["all ignored", "no class seen", "only unseen classes"])
def test_an_empty_contrast_is_zero_and_backpropagates(case: str, balance: str) -> None:
    features, _, vectors = contrast_case()
    features.requires_grad_()
    label = {"all ignored": IGNORE_INDEX, "no class seen": 1, "only unseen classes": 2}[case]
    seen = torch.zeros(4, dtype=torch.bool) if case == "no class seen" else SEEN
    targets = torch.full((2, 3, 4), label)
    loss = prototype_contrast(
        features,
        targets,
        vectors,
        seen,
        balance=balance,  # type: ignore[arg-type]
    )
    loss.backward()
    assert float(loss.detach()) == 0
    assert features.grad is not None
    assert torch.equal(features.grad, torch.zeros_like(features))


def test_half_precision_contrast_is_close_and_its_gradient_finite() -> None:
    features, shares, vectors = contrast_case()
    rough = features.half().requires_grad_()
    loss = prototype_contrast(rough, shares.half(), vectors, SEEN)
    loss.backward()
    torch.testing.assert_close(
        loss.detach(), prototype_contrast(features, shares, vectors, SEEN), atol=1e-2, rtol=1e-2
    )
    assert rough.grad is not None
    assert rough.grad.isfinite().all()


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
