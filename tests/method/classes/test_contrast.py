import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from spcl.label_space import IGNORE_INDEX
from spcl.method.classes.contrast import prototype_contrast

SEEN = torch.tensor([True, True, False, True])


def contrast_case(seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(2, 6, 3, 4, generator=generator)
    shares = torch.rand(2, 4, 3, 4, generator=generator) / 4
    return features, shares, F.normalize(torch.randn(4, 6, generator=generator))


def slow_contrast(
    features: Tensor,
    shares: Tensor,
    vectors: Tensor,
    temperature: float,
    balance: str,
    hard_negatives: int = 3,
) -> float:
    """Return the contrast in plain loops, each cell against so many of the other classes."""
    sums, masses = [0.0] * 4, [0.0] * 4
    for image in range(2):
        for row in range(3):
            for column in range(4):
                pixel = features[image, :, row, column]
                cosines = [float(pixel @ v / pixel.norm()) for v in vectors]
                for k in range(4):
                    if SEEN[k]:
                        others = [cosines[j] for j in range(4) if SEEN[j] and j != k]
                        against = [cosines[k], *sorted(others)[-hard_negatives:]]
                        total = sum(math.exp(c / temperature) for c in against)
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


@pytest.mark.parametrize("hard_negatives", [1, 2, 5])
def test_hard_negatives_are_the_nearest_other_classes(hard_negatives: int) -> None:
    features, shares, vectors = contrast_case()
    loss = prototype_contrast(features, shares, vectors, SEEN, hard_negatives=hard_negatives)
    expected = slow_contrast(features, shares, vectors, 0.1, "class", hard_negatives)
    assert float(loss) == pytest.approx(expected, rel=1e-5)
    every = prototype_contrast(features, shares, vectors, SEEN)
    assert (float(loss) < float(every) - 1e-3) == (hard_negatives == 1)  # two others are seen


def test_only_hard_negatives_push() -> None:
    """A cell at its own class, one other near and one far: held against one, the far one rests."""
    features = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)
    labels = torch.zeros(1, 1, 1, dtype=torch.int64)
    far = torch.tensor([0.0, 0.0, 1.0], requires_grad=True)
    near = torch.tensor([0.6, 0.8, 0.0], requires_grad=True)
    vectors = torch.stack([torch.tensor([1.0, 0.0, 0.0]), near, far])
    three = torch.ones(3, dtype=torch.bool)
    loss = prototype_contrast(features, labels, vectors, three, hard_negatives=1)
    loss.backward()
    expected = math.log(1 + math.exp((0.6 - 1) / 0.1))
    assert float(loss.detach()) == pytest.approx(expected, abs=1e-5)
    assert far.grad is not None and torch.equal(far.grad, torch.zeros(3))
    assert near.grad is not None and float(near.grad[0]) > 0


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


@pytest.mark.parametrize("hard_negatives", [0, 1])
def test_contrast_gradient_on_features_is_right_and_not_zero(hard_negatives: int) -> None:
    features, shares, vectors = (value.double() for value in contrast_case())
    features.requires_grad_()

    def contrast(moved: Tensor) -> Tensor:
        return prototype_contrast(moved, shares, vectors, SEEN, hard_negatives=hard_negatives)

    contrast(features).backward()
    assert features.grad is not None
    nudge = torch.zeros_like(features)
    nudge[1, 2, 0, 3] = 1e-2
    with torch.no_grad():
        up, down = (contrast(features + n) for n in (nudge, -nudge))
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


@pytest.mark.parametrize("hard_negatives", [0, 2])
@pytest.mark.parametrize("balance", ["class", "pixel"])
@pytest.mark.parametrize("case", ["all ignored", "no class seen", "only unseen classes"])
def test_an_empty_contrast_is_zero_and_backpropagates(
    case: str, balance: str, hard_negatives: int
) -> None:
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
        hard_negatives=hard_negatives,
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
