import socket
from pathlib import Path

import pytest
import torch
from torch import Tensor, distributed, multiprocessing

from spcl.label_space import IGNORE_INDEX
from spcl.method.classes.recent import RecentMeans
from spcl.method.classes.several import SeveralPrototypes
from spcl.method.classes.spread import ClassSpread
from spcl.method.classes.vectors import class_sums, unit_vectors
from spcl.method.grid.labels import one_hot_shares
from spcl.method.prototypes import PrototypeBank


def random_batch(seed: int, *, num_images: int = 2, num_classes: int = 3) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(num_images, 5, 6, 6, generator=generator)
    return features, torch.randint(0, num_classes, (num_images, 6, 6), generator=generator)


def test_absent_class_keeps_its_prototype() -> None:
    bank = PrototypeBank(3, 5, min_pixels=1)
    bank.update(*random_batch(0))
    before = bank.vectors.clone()
    for seed in range(100):
        bank.update(*random_batch(seed, num_classes=2))
    assert torch.equal(bank.vectors[2], before[2])
    assert not torch.equal(bank.vectors[:2], before[:2])
    assert bank.age.tolist() == [0, 0, 100]


def test_decay_shrinks_an_absent_class_to_nothing() -> None:
    bank = PrototypeBank(3, 5, momentum=0.1, absent="decay", normalize=False, min_pixels=1)
    bank.update(*random_batch(0))
    before = bank.vectors[2].clone()
    for seed in range(10):
        bank.update(*random_batch(seed, num_classes=2))
    torch.testing.assert_close(bank.vectors[2], before * 0.1**10)


def test_first_updates_are_a_plain_mean_and_later_ones_a_moving_average() -> None:
    bank = PrototypeBank(1, 2, momentum=0.75, min_pixels=1, normalize=False)
    labels = torch.zeros(1, 1, 1, dtype=torch.int64)
    east, north = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    expected = [(1.0, 0.0), (1 / 2, 1 / 2), (1 / 3, 2 / 3), (1 / 4, 3 / 4), (3 / 16, 13 / 16)]
    for index, vector in enumerate(expected):
        direction = east if index == 0 else north
        bank.update(direction.view(1, 2, 1, 1), labels)
        torch.testing.assert_close(bank.vectors, torch.tensor([vector]))


def test_prototypes_have_unit_length_and_do_not_depend_on_feature_scale() -> None:
    first, second = PrototypeBank(3, 5), PrototypeBank(3, 5)
    for seed in range(3):
        features, labels = random_batch(seed)
        first.update(features, labels)
        second.update(7 * features, labels)
    torch.testing.assert_close(torch.linalg.vector_norm(first.vectors, dim=1), torch.ones(3))
    torch.testing.assert_close(first.vectors, second.vectors)


def test_too_few_pixels_count_as_absent() -> None:
    bank = PrototypeBank(2, 5, min_pixels=16)
    features, labels = random_batch(0, num_images=1)
    labels[:] = IGNORE_INDEX
    labels[0, :4, :4] = 0
    labels[0, 5, :5] = 1
    bank.update(features, labels)
    assert bank.seen.tolist() == [True, False]
    assert bank.pixel_count.tolist() == [16, 0]


def test_pooled_initialization_is_not_wiped_out_by_the_next_batch() -> None:
    bank = PrototypeBank(2, 2, min_pixels=1)
    bank.initialize(torch.tensor([[8.0, 0.0], [0.0, 0.0]]), torch.tensor([10.0, 0.0]))
    assert torch.equal(bank.vectors, torch.tensor([[1.0, 0.0], [0.0, 0.0]]))
    bank.update(torch.tensor([0.0, 1.0]).view(1, 2, 1, 1), torch.zeros(1, 1, 1, dtype=torch.int64))
    expected = unit_vectors(torch.tensor([[0.99, 0.01]]))[0]
    torch.testing.assert_close(bank.vectors[0], expected)
    assert bank.seen.tolist() == [True, False]


def test_class_sums_equal_a_slow_loop() -> None:
    features, _ = random_batch(0)
    shares = torch.rand(2, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    sums, counts = torch.zeros(3, 5), torch.zeros(3)
    for image in range(2):
        for row in range(6):
            for column in range(6):
                pixel = features[image, :, row, column]
                for k in range(3):
                    sums[k] += shares[image, k, row, column] * pixel / pixel.norm()
                    counts[k] += shares[image, k, row, column]
    batch_sums = class_sums(features, shares)
    torch.testing.assert_close(batch_sums.sums, sums)
    torch.testing.assert_close(batch_sums.counts, counts)


def test_half_precision_features_give_the_same_sums() -> None:
    features, labels = random_batch(0)
    shares = one_hot_shares(labels, 3)
    exact, rough = class_sums(features, shares), class_sums(features.half(), shares)
    assert rough.sums.dtype == torch.float32
    torch.testing.assert_close(exact.sums, rough.sums, atol=1e-2, rtol=0)


def test_a_zero_vector_stays_zero_and_has_a_finite_gradient() -> None:
    features = torch.zeros(1, 4, 1, 1, requires_grad=True)
    unit_vectors(features).sum().backward()
    assert features.grad is not None
    assert torch.equal(features.grad, torch.zeros(1, 4, 1, 1))


def test_cosines_are_of_seen_classes_only() -> None:
    bank = PrototypeBank(3, 2, normalize=False)
    bank.initialize(torch.tensor([[2.0, 0], [3, 3], [0, 0]]), torch.tensor([1.0, 1, 0]))
    half = 2**-0.5
    expected = torch.tensor([[1, half, torch.nan], [half, 1, torch.nan], [torch.nan] * 3])
    torch.testing.assert_close(bank.cosine_matrix(), expected, equal_nan=True)


def test_state_continues_bit_for_bit() -> None:
    bank, copy = PrototypeBank(3, 5), PrototypeBank(3, 5)
    bank.update(*random_batch(0))
    copy.load_state_dict(bank.state_dict())
    for one in (bank, copy):
        one.update(*random_batch(1))
    for name, value in bank.state_dict().items():
        assert torch.equal(value, copy.state_dict()[name]), name


def test_a_loss_survives_an_update_before_its_backward() -> None:
    bank = PrototypeBank(3, 5, min_pixels=1)
    features, labels = random_batch(0)
    bank.update(features, labels)
    features.requires_grad_()
    product = torch.einsum("kc,bchw->bkhw", bank.vectors, features).square().sum()
    bank.update(*random_batch(1))
    product.backward()


MEMORIES = {
    "none": lambda: None,
    "several": lambda: SeveralPrototypes(3, 5, per_class=2),
    "bank": lambda: RecentMeans(3, 5, size=4),
    "distribution": lambda: ClassSpread(3, 5),
}


def _update_on_rank(rank: int, num_ranks: int, port: int, folder: str) -> None:
    torch.set_num_threads(1)
    address = f"tcp://127.0.0.1:{port}"
    distributed.init_process_group("gloo", init_method=address, rank=rank, world_size=num_ranks)
    for name, make in MEMORIES.items():
        memory = make()
        bank = PrototypeBank(3, 5, memory=memory)
        remembered = None
        for seed in range(3):
            features, labels = random_batch(seed)
            bank.update(features.chunk(num_ranks)[rank], labels.chunk(num_ranks)[rank])
            if memory is not None and seed % num_ranks == rank:  # whole batches are dealt out
                more = memory.sums(features, one_hot_shares(labels, 3))
                remembered = more if remembered is None else remembered + more
            if seed == 1:
                ones = torch.ones(3, 5) / num_ranks, torch.ones(3) / num_ranks
                bank.initialize(*ones, remembered=remembered)
        torch.save(bank.state_dict(), Path(folder) / f"{name}-{num_ranks}-{rank}.pt")
    distributed.destroy_process_group()


@pytest.mark.long
def test_one_and_two_ranks_give_the_same_prototypes(tmp_path: Path) -> None:
    for num_ranks in (1, 2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        multiprocessing.spawn(
            _update_on_rank, args=(num_ranks, port, str(tmp_path)), nprocs=num_ranks
        )
    for name in MEMORIES:
        alone = torch.load(tmp_path / f"{name}-1-0.pt", weights_only=True)
        for rank in range(2):
            shared = torch.load(tmp_path / f"{name}-2-{rank}.pt", weights_only=True)
            torch.testing.assert_close(shared, alone, atol=1e-5, rtol=1e-5)
