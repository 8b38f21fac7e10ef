import pytest
import torch

from spcl.label_space import IGNORE_INDEX
from spcl.method.grid.labels import label_shares, majority_labels, nearest_labels, one_hot_shares


def random_labels(height: int, width: int) -> torch.Tensor:
    labels = torch.randint(0, 4, (2, height, width), generator=torch.Generator().manual_seed(0))
    return torch.where(labels == 3, IGNORE_INDEX, labels)


@pytest.mark.parametrize("size", [(2, 3), (3, 4), (1, 1)])
def test_shares_equal_a_slow_loop(size: tuple[int, int]) -> None:
    labels = random_labels(16, 24)
    expected, area = torch.zeros(2, 3, *size), torch.zeros(size)
    for row in range(16):
        for column in range(24):
            cell = (row * size[0] // 16, column * size[1] // 24)
            area[cell] += 1
            for image in range(2):
                label = int(labels[image, row, column])
                if label != IGNORE_INDEX:
                    expected[image, label, *cell] += 1
    torch.testing.assert_close(label_shares(labels, 3, size=size), expected / area)


def test_weights_count_pixels_in_part() -> None:
    labels = torch.tensor([[[0, 0], [1, IGNORE_INDEX]]])
    weights = torch.tensor([[[1.0, 0.5], [0.2, 1.0]]])
    shares = label_shares(labels, 2, size=(1, 1), weights=weights)
    torch.testing.assert_close(shares.flatten(), torch.tensor([1.5 / 4, 0.2 / 4]))


def test_a_pole_two_pixels_wide_keeps_its_share() -> None:
    labels = torch.zeros(1, 16, 16, dtype=torch.int64)
    labels[:, :, 3:5] = 1
    shares = label_shares(labels, 2, size=(2, 2))
    assert shares[0, 1].tolist() == [[0.25, 0.0], [0.25, 0.0]]
    assert majority_labels(shares)[0].tolist() == [[0, 0], [0, 0]]


def test_majority_needs_half_of_what_is_labeled_and_enough_of_it() -> None:
    shares = torch.tensor([[0.5, 0.4, 0.3, 0.05, 0.3], [0.5, 0.6, 0.3, 0.0, 0.1]])
    rest = torch.tensor([[0.0, 0.0, 0.4, 0.0, 0.0]])
    table = torch.cat([shares, rest]).view(1, 3, 1, 5)
    assert majority_labels(table).flatten().tolist() == [0, 1, 255, 255, 0]


def test_nearest_takes_the_pixel_at_the_center_of_the_cell() -> None:
    labels = torch.arange(64).view(1, 8, 8)
    assert nearest_labels(labels, size=(2, 2)).flatten().tolist() == [18, 22, 50, 54]


def test_one_hot_shares_leave_out_the_ignored() -> None:
    labels = torch.tensor([[[1, IGNORE_INDEX, 0]]])
    assert one_hot_shares(labels, 2)[0, :, 0].tolist() == [[0, 0, 1], [1, 0, 0]]
