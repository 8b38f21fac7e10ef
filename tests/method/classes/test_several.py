import math

import pytest
import torch

from spcl.method.classes.several import ROUNDS, SMOOTHING, SeveralPrototypes, evenly_shared
from spcl.method.prototypes import PrototypeBank
from tests.method.classes.cases import C, K, cells, rows, units, without

M = 2


def a_bank() -> PrototypeBank:
    return PrototypeBank(K, C, min_pixels=1, memory=SeveralPrototypes(K, C, per_class=M))


def members(bank: PrototypeBank) -> torch.Tensor:
    assert isinstance(bank.memory, SeveralPrototypes)
    return bank.memory.members


def slow_parts(cosines: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    """Return what of each cell falls to each prototype, (cells, K, M), in plain loops."""
    found = torch.zeros(len(cosines), K, M)
    for k in range(K):
        raw = [[math.exp(float(c) / SMOOTHING) for c in row[k]] for row in cosines]
        parts = [[one / sum(row) for one in row] for row in raw]
        for _ in range(ROUNDS):
            for m in range(M):
                given = sum(p[m] * float(s[k]) for p, s in zip(parts, shares, strict=True))
                for part in parts:
                    part[m] /= given
            for part in parts:
                part[:] = [one / sum(part) for one in part]
        for i, part in enumerate(parts):
            found[i, k] = torch.tensor(part) * shares[i, k]
    return found


def test_cells_are_shared_out_as_in_plain_loops_and_evenly() -> None:
    random = torch.Generator().manual_seed(0)
    cosines = torch.rand(2, K, M, 16, generator=random) / 4 + 0.7
    _, shares = cells(0)
    found = evenly_shared(cosines, shares.flatten(2))
    by_cell = cosines.permute(0, 3, 1, 2).reshape(-1, K, M)
    expected = slow_parts(by_cell, rows(shares))
    torch.testing.assert_close(found.permute(0, 3, 1, 2).reshape(-1, K, M), expected)
    torch.testing.assert_close(found.sum(2), shares.flatten(2))
    even = shares.sum((0, 2, 3)).unsqueeze(1).expand(K, M) / M
    torch.testing.assert_close(found.sum((0, 3)), even, rtol=0.05, atol=0)


def test_two_kinds_of_cells_of_a_class_get_a_prototype_each() -> None:
    bank = PrototypeBank(1, 3, min_pixels=1, memory=SeveralPrototypes(1, 3, per_class=2))
    east, north = torch.tensor([1.0, 0.1, 0.0]), torch.tensor([0.1, 1.0, 0.0])
    features = torch.stack([east, north] * 8, dim=1).view(1, 3, 4, 4)
    for _ in range(50):
        bank.update(features, torch.zeros(1, 4, 4, dtype=torch.int64))
    cosines = members(bank)[0] @ (torch.stack([east, north]) / east.norm()).T
    assert cosines.amax(0).min() > 0.99
    assert sorted(cosines.argmax(0).tolist()) == [0, 1]
    middle = bank.vectors[0]  # what is recorded lies between the two
    assert float(middle[0]) == pytest.approx(float(middle[1]), abs=1e-4)


def test_first_sight_is_the_mean_of_the_cells_and_later_ones_move_it() -> None:
    bank = a_bank()
    start = members(bank).clone()
    for seed in (0, 1):
        features, shares = cells(seed)
        kept = 0.0 if seed == 0 else 0.5
        before = start if seed == 0 else members(bank).clone()
        cosines = (units(features) @ before.flatten(0, 1).T).view(-1, K, M)
        parts = slow_parts(cosines, rows(shares))
        means = torch.einsum("nkm,nc->kmc", parts, units(features)) / parts.sum(0).unsqueeze(2)
        expected = kept * before + (1 - kept) * means
        bank.update(features, shares)
        torch.testing.assert_close(
            members(bank), expected / expected.norm(dim=2, keepdim=True), rtol=1e-4, atol=1e-5
        )


def test_an_absent_class_keeps_its_prototypes_bit_for_bit() -> None:
    bank = a_bank()
    features, shares = cells(0)
    bank.update(features, without(shares, 2))
    before = members(bank).clone()
    for seed in range(20):
        features, shares = cells(seed)
        bank.update(features, without(shares, 2))
    assert torch.equal(members(bank)[2], before[2])
    assert not torch.equal(members(bank)[:2], before[:2])
    assert bank.scores(features, 0.1).seen.tolist() == [True, True, False]
    assert members(bank).isfinite().all()


def test_a_class_is_as_near_as_its_nearest_prototype() -> None:
    bank = a_bank()
    bank.update(*cells(0))
    features, _ = cells(1)
    near = bank.scores(features, 0.5)
    expected = (units(features) @ members(bank).flatten(0, 1).T).view(-1, K, M).amax(2) / 0.5
    torch.testing.assert_close(rows(near.scores), expected)
    assert near.spread is None


def test_a_pass_over_the_source_replaces_them_by_the_means_of_their_cells() -> None:
    bank = a_bank()
    start = members(bank).clone()
    memory = bank.memory
    assert memory is not None
    total = memory.sums(*cells(0)) + memory.sums(*cells(1))
    sums = torch.zeros(K, M, C)
    for seed in (0, 1):
        features, shares = cells(seed)
        cosines = (units(features) @ start.flatten(0, 1).T).view(-1, K, M)
        parts = slow_parts(cosines, rows(shares))
        sums += torch.einsum("nkm,nc->kmc", parts, units(features))
    ones = torch.ones(K)
    bank.initialize(torch.ones(K, C), ones, remembered=total)
    expected = sums / sums.norm(dim=2, keepdim=True)
    torch.testing.assert_close(members(bank), expected, rtol=1e-4, atol=1e-5)
    assert memory.no_sums().shape == total.shape
    before = members(bank).clone()
    bank.initialize(torch.ones(K, C), ones)  # without a pass nothing changes
    assert torch.equal(members(bank), before)
