"""Which pixels the contrast of an update is about, by value."""

import numpy as np
import pytest
import torch

from spcl.config import make_config
from spcl.label_space import IGNORE_INDEX
from spcl.method.classes.contrast import prototype_contrast
from spcl.method.prototypes import PrototypeBank
from spcl.training.losses import Losses

K = 4


def losses_of(*words):
    counts = np.array([100, 50, 20, 5])
    return Losses(make_config({}, list(words)), num_classes=K, pixel_counts=counts)


def a_bank():
    bank = PrototypeBank(K, 6, min_pixels=1)
    bank.update(*cells(9))
    return bank


def cells(seed):
    """Return random features of cells, (2, 6, 3, 4), and shares of classes in them."""
    random = torch.Generator().manual_seed(seed)
    shares = torch.rand(2, K, 3, 4, generator=random) / K
    return torch.randn(2, 6, 3, 4, generator=random), shares


def test_the_contrast_is_of_both_domains_or_of_either():
    bank, source, target = a_bank(), cells(0), cells(1)
    of_source, of_target = (
        prototype_contrast(*one, bank.vectors, bank.seen) for one in (source, target)
    )
    expected = {"both": of_source + of_target, "source": of_source, "target": of_target}
    for domains, value in expected.items():
        losses = losses_of(f"contrast.domains={domains}")
        assert torch.equal(losses.contrast_of_domains(source, target, bank), value), domains


def test_pixels_whose_label_is_not_kept_count_by_confidence_where_all_are_asked_for():
    confidence = torch.tensor([[[0.9, 0.4, 0.3]]])
    weights = torch.tensor([[[0.9, 0.0, 1.0]]])  # kept, not kept, source pasted over it
    kept, every = (losses_of(f"contrast.target_pixels={which}") for which in ("kept", "all"))
    assert torch.equal(kept.contrast_pixels(weights, confidence), weights)
    assert torch.equal(
        every.contrast_pixels(weights, confidence), torch.tensor([[[0.9, 0.4, 1.0]]])
    )
    assert every.contrast_pixels(None, confidence) is None


@pytest.mark.parametrize("words", [[], ["contrast.hard_negatives=1"], ["contrast.balance=pixel"]])
def test_weighted_pixels_weigh_the_shares_of_their_cells(words):
    """From labels and weights of pixels to the contrast, against the sum over single pixels."""
    losses, bank = losses_of("contrast.target_pixels=all", *words), a_bank()
    settings = losses.config.contrast
    features, _ = cells(1)
    labels = torch.tensor([0, 1, IGNORE_INDEX]).repeat_interleave(4).view(1, 3, 4).expand(2, 3, 4)
    confidence = torch.rand(2, 3, 4, generator=torch.Generator().manual_seed(2))
    weights = losses.contrast_pixels(torch.zeros(2, 3, 4), confidence)
    found = losses.contrast(features, losses.shares(labels, features, weights), bank)
    sums, masses = [0.0, 0.0], [0.0, 0.0]
    for image in range(2):
        for row in (0, 1):
            for column in range(4):
                feature = features[image, :, row, column]
                cosines = bank.vectors @ (feature / feature.norm()) / settings.temperature
                others = sorted(cosines.tolist()[:row] + cosines.tolist()[row + 1 :])
                against = torch.tensor([float(cosines[row]), *others[-settings.hard_negatives :]])
                share = float(confidence[image, row, column])
                sums[row] += share * float(against.logsumexp(0) - cosines[row])
                masses[row] += share
    by_class = (sums[0] / masses[0] + sums[1] / masses[1]) / 2
    by_pixel = sum(sums) / sum(masses)
    expected = by_class if settings.balance == "class" else by_pixel
    assert float(found) == pytest.approx(expected, rel=1e-4)
