import pytest
import torch
from torch import Tensor

from spcl.label_space import IGNORE_INDEX
from spcl.method.mixing import Mixed, class_mix, class_rarity


def mixed(
    source_labels: Tensor,
    *,
    seed: int = 0,
    num_targets: int | None = None,
    rarity: Tensor | None = None,
) -> Mixed:
    num_sources, height, width = source_labels.shape
    num_targets = num_targets or num_sources
    return class_mix(
        source_labels.unsqueeze(1).expand(-1, 3, -1, -1).float(),
        source_labels,
        torch.full((num_targets, 3, height, width), -1.0),
        torch.full((num_targets, height, width), 77),
        torch.full((num_targets, height, width), 0.25),
        torch.Generator().manual_seed(seed),
        rarity=rarity,
    )


def random_labels(num_images: int = 3, num_classes: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, num_classes, (num_images, 16, 16), generator=generator)


def test_half_of_the_classes_rounded_up_are_pasted_whole() -> None:
    labels = random_labels()
    result = mixed(labels)
    for index in range(3):
        pasted = result.labels[index] != 77
        chosen = labels[index][pasted].unique()
        assert len(chosen) == 3
        assert torch.equal(pasted, torch.isin(labels[index], chosen))


def test_image_label_and_weight_come_from_the_same_domain_at_every_pixel() -> None:
    labels = random_labels()
    result = mixed(labels)
    pasted = result.labels != 77
    assert torch.equal(result.labels[pasted], labels[pasted])
    assert torch.equal(result.images[:, 0][pasted], labels[pasted].float())
    assert (result.images[:, 0][~pasted] == -1).all()
    assert torch.equal(result.weights, torch.where(pasted, 1.0, 0.25))


def test_ignored_pixels_are_never_pasted() -> None:
    labels = random_labels()
    labels[:, :8] = IGNORE_INDEX
    assert (mixed(labels).labels[:, :8] == 77).all()
    assert (mixed(torch.full_like(labels, IGNORE_INDEX)).labels == 77).all()


def test_the_generator_alone_decides_and_images_differ() -> None:
    labels = random_labels(1, 8).expand(6, 16, 16)
    first, again, other = mixed(labels), mixed(labels), mixed(labels, seed=1)
    assert torch.equal(first.labels, again.labels)
    assert not torch.equal(first.labels, other.labels)
    assert len({tuple(image.unique().tolist()) for image in first.labels}) > 1


def test_source_images_wrap_around_when_there_are_more_targets() -> None:
    labels = torch.stack([torch.zeros(4, 4), torch.ones(4, 4)]).long()
    assert mixed(labels, num_targets=3).labels[:, 0, 0].tolist() == [0, 1, 0]


def pasted_often(rarity: Tensor) -> Tensor:
    """Return how often each of three classes is among the two that are pasted, (3,)."""
    labels = torch.arange(3).view(1, 1, 3).expand(20_000, 1, 3)
    result = mixed(labels, rarity=rarity)
    return (result.labels[:, 0] != 77).float().mean(0)


@pytest.mark.slow
def test_classes_are_drawn_by_their_rarity_without_putting_back() -> None:
    weights = torch.tensor([0.1, 0.3, 0.6])
    shares = weights / weights.sum()
    expected = torch.stack(
        [
            shares[k] + sum(shares[i] * shares[k] / (1 - shares[i]) for i in range(3) if i != k)
            for k in range(3)
        ]
    )
    torch.testing.assert_close(pasted_often(weights), expected, atol=0.015, rtol=0)
    torch.testing.assert_close(pasted_often(torch.ones(3)), torch.full((3,), 2 / 3), atol=0.015,
                               rtol=0)  # fmt: skip


def test_rare_mixing_still_pastes_half_rounded_up_and_no_class_that_is_absent() -> None:
    labels = random_labels()
    rarity = class_rarity(torch.tensor([10_000_000, 1000, 1, 1, 1, 1, 1]))
    assert rarity[0] < 1e-4 and rarity[2] == 1
    result = mixed(labels, rarity=rarity)
    for index in range(3):
        pasted = result.labels[index] != 77
        chosen = labels[index][pasted].unique()
        assert len(chosen) == 3 and 0 not in chosen
        assert torch.equal(pasted, torch.isin(labels[index], chosen))
