import math
from collections import deque

import pytest
import torch

from spcl.method.classes.recent import LEAST_CELLS, RecentMeans
from spcl.method.prototypes import PrototypeBank
from tests.method.classes.cases import C, K, cells, rows, units, without

S = 3


def a_bank() -> PrototypeBank:
    return PrototypeBank(K, C, min_pixels=1, memory=RecentMeans(K, C, size=S))


def memory_of(bank: PrototypeBank) -> RecentMeans:
    assert isinstance(bank.memory, RecentMeans)
    return bank.memory


def kept(bank: PrototypeBank) -> list[set[tuple[float, ...]]]:
    """Return the entries of each class, rounded, in no order."""
    memory = memory_of(bank)
    counts = memory.num_entries.clamp(max=S).tolist()
    return [
        {tuple(round(value, 4) for value in entry) for entry in entries[:count].tolist()}
        for entries, count in zip(memory.entries, counts, strict=True)
    ]


@pytest.mark.parametrize("num_images", [1, 2, 5])
def test_the_latest_means_of_images_stay_first_in_first_out(num_images: int) -> None:
    bank = a_bank()
    queues: list[deque[tuple[float, ...]]] = [deque(maxlen=S) for _ in range(K)]
    for seed in range(4):
        features, shares = cells(seed, num_images=num_images)
        shares[0, seed % K] = 0  # the first image has none of one class
        bank.update(features, shares)
        for image in range(num_images):
            unit, share = units(features[image : image + 1]), rows(shares[image : image + 1])
            for k in range(K):
                mean = (share[:, k : k + 1] * unit).sum(0)
                if float(share[:, k].sum()) >= LEAST_CELLS:
                    queues[k].append(tuple(round(float(v), 4) for v in mean / mean.norm()))
        for found, queue in zip(kept(bank), queues, strict=True):
            assert len(found) == len(set(queue))
            for one in sorted(found):
                assert min(math.dist(one, other) for other in queue) < 1e-3


def test_an_absent_class_keeps_its_entries() -> None:
    bank = a_bank()
    bank.update(*cells(0))
    before = memory_of(bank).entries.clone()
    for seed in range(5):
        features, shares = cells(seed)
        bank.update(features, without(shares, 1))
    assert torch.equal(memory_of(bank).entries[1], before[1])
    assert not torch.equal(memory_of(bank).entries[0], before[0])


def test_scores_are_the_log_of_the_mean_over_the_entries_there_are() -> None:
    bank, temperature = a_bank(), 0.3
    features, shares = cells(0)
    bank.update(features, without(shares, 2))  # two of three places filled; class 2 has none
    near = bank.scores(cells(1)[0], temperature)
    unit = units(cells(1)[0])
    for k in range(2):
        products = (unit @ memory_of(bank).entries[k, :2].T / temperature).double()
        scores = products.exp().mean(1).log()
        torch.testing.assert_close(rows(near.scores)[:, k].double(), scores, rtol=1e-4, atol=1e-4)
        assert near.spread is not None
        spread = rows(near.spread)[:, k].double()
        torch.testing.assert_close(spread, scores - products.mean(1), rtol=1e-3, atol=1e-4)
        assert (spread > -1e-5).all()
    assert near.seen.tolist() == [True, True, False]
    assert near.scores.isfinite().all()


def test_a_pass_gives_a_class_without_entries_its_prototype_and_leaves_the_others() -> None:
    bank = a_bank()
    features, shares = cells(0)
    bank.update(features, without(shares, 2))
    before = memory_of(bank).entries.clone()
    sums = torch.zeros(K, C)
    sums[:, 1] = 4.0
    bank.initialize(sums, torch.tensor([4.0, 4.0, 4.0]))
    assert torch.equal(memory_of(bank).entries[:2], before[:2])
    assert memory_of(bank).entries[2, 0].tolist() == [0, 1, 0, 0, 0]
    assert memory_of(bank).num_entries.tolist() == [2, 2, 1]
