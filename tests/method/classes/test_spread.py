import pytest
import torch

from spcl.method.classes.contrast import ClassScores, class_contrast
from spcl.method.classes.spread import ClassSpread, normal_scores
from spcl.method.prototypes import PrototypeBank
from tests.method.classes.cases import C, K, cells, rows, units, without

MEANS = torch.tensor([[0.8, 0.3, 0.1, 0.0], [0.2, 0.7, 0.3, 0.1], [0.0, 0.2, 0.2, 0.8]])
VARIANCES = torch.tensor([[0.02, 0.05, 0.01, 0.01], [0.04, 0.02, 0.02, 0.03], [0.01] * 4])
FEATURE = torch.tensor([0.9, 0.4, 0.15, 0.1])
TEMPERATURE = 0.2


def a_bank() -> PrototypeBank:
    return PrototypeBank(K, C, min_pixels=1, momentum=0.75, memory=ClassSpread(K, C))


def spread_of(bank: PrototypeBank) -> ClassSpread:
    assert isinstance(bank.memory, ClassSpread)
    return bank.memory


def test_moments_are_those_of_the_cells_and_move_as_the_prototypes_do() -> None:
    bank = a_bank()
    means, squares = torch.zeros(K, C), torch.zeros(K, C)
    for seed, kept in enumerate((0, 1 / 2, 2 / 3, 3 / 4, 3 / 4)):
        features, shares = cells(seed)
        bank.update(features, shares)
        share, unit = rows(shares), units(features)
        mass = share.sum(0).unsqueeze(1)
        means = kept * means + (1 - kept) * (share.T @ unit) / mass
        squares = kept * squares + (1 - kept) * (share.T @ unit**2) / mass
    torch.testing.assert_close(spread_of(bank).means, means)
    torch.testing.assert_close(spread_of(bank).variances, squares - means**2)


def test_an_absent_class_keeps_its_distribution_bit_for_bit() -> None:
    bank = a_bank()
    bank.update(*cells(0))
    before = spread_of(bank).means.clone(), spread_of(bank).squares.clone()
    for seed in range(5):
        features, shares = cells(seed)
        bank.update(features, without(shares, 2))
    after = spread_of(bank).means, spread_of(bank).squares
    for old, new in zip(before, after, strict=True):
        assert torch.equal(new[2], old[2])
        assert not torch.equal(new[0], old[0])


def test_a_pass_over_the_source_gives_the_moments_of_all_its_cells() -> None:
    bank = a_bank()
    bank.update(*cells(7))
    batches = [cells(seed) for seed in range(3)]
    batches = [(features, without(shares, 2)) for features, shares in batches]
    before = spread_of(bank).means[2].clone()
    total = torch.stack([spread_of(bank).sums(*batch) for batch in batches]).sum(0)
    bank.initialize(torch.ones(K, C), torch.ones(K), remembered=total)
    share = torch.cat([rows(shares) for _, shares in batches])
    unit = torch.cat([units(features) for features, _ in batches])
    for k in range(2):
        weight = share[:, k : k + 1] / share[:, k].sum()
        mean = (weight * unit).sum(0)
        torch.testing.assert_close(spread_of(bank).means[k], mean)
        variance = (weight * (unit - mean) ** 2).sum(0)
        torch.testing.assert_close(spread_of(bank).variances[k], variance, rtol=1e-4, atol=1e-6)
    assert torch.equal(spread_of(bank).means[2], before)


def drawn(scale: float, count: int = 400_000) -> torch.Tensor:
    """Return z . q / t for q drawn from each class's distribution, (count, 3), float64."""
    random = torch.Generator().manual_seed(0)
    noise = torch.randn(count, 3, 4, generator=random, dtype=torch.float64)
    samples = MEANS.double() + noise * (scale * VARIANCES.double()).sqrt()
    return samples @ (FEATURE.double() / FEATURE.double().norm()) / TEMPERATURE


def closed_form(scale: float) -> tuple[ClassScores, float]:
    """Return the scores at the feature, and the contrast of class 0."""
    features = (3 * FEATURE).view(1, 4, 1, 1)
    scores, spread = normal_scores(features, MEANS, scale * VARIANCES, temperature=TEMPERATURE)
    near = ClassScores(scores, torch.ones(3, dtype=torch.bool), spread)
    return near, float(class_contrast(near, torch.zeros(1, 1, 1, dtype=torch.int64)))


@pytest.mark.slow
def test_scores_are_what_sampling_finds() -> None:
    near, _ = closed_form(1.0)
    products = drawn(1.0)
    torch.testing.assert_close(
        near.scores.flatten().double(), products.exp().mean(0).log(), atol=0.01, rtol=0
    )
    assert near.spread is not None
    torch.testing.assert_close(
        near.spread.flatten().double(), products.var(0) / 2, atol=0.01, rtol=0
    )


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "slack"), [(1.0, 0.3), (0.1, 0.03), (0.01, 0.004)])
def test_the_contrast_bounds_the_expected_one_from_above_and_is_tight_for_little_spread(
    scale: float, slack: float
) -> None:
    """Sampled: of one drawn positive against the mean of ever more drawn negatives."""
    _, bound = closed_form(scale)
    products = drawn(scale)
    others = products[:, 1:].exp().mean(0).sum()
    own = products[:, 0]
    expected = float(((own.exp() + others).log() - own).mean())
    assert expected - 0.002 < bound < expected + slack
    if scale == 1:
        assert bound > expected + 0.01  # a bound, and not the value itself


def test_without_spread_it_is_the_contrast_against_the_means() -> None:
    near, value = closed_form(0.0)
    products = drawn(0.0, count=1)[0]
    assert value == pytest.approx(float(products.logsumexp(0) - products[0]), rel=1e-5)
    assert near.spread is not None
    assert float(near.spread.abs().max()) == 0
