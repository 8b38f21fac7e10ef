import pytest
import torch
from torch import Tensor

from spcl.method.pseudo_labels import (
    ConfidenceHistogram,
    label_agreement,
    most_probable,
    pseudo_labels,
)


def random_probabilities(seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (3 * torch.randn(2, 4, 256, 256, generator=generator)).softmax(1)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_threshold_equals_the_exact_quantile_to_a_bin(quantile: float) -> None:
    probabilities = random_probabilities()
    histogram = ConfidenceHistogram(4)
    histogram.update(*most_probable(probabilities))
    confidence, labels = probabilities.max(1)
    exact = torch.stack([confidence[labels == k].quantile(quantile) for k in range(4)])
    thresholds = histogram.thresholds(quantile=quantile, cap=1.0)
    torch.testing.assert_close(thresholds, exact, atol=1 / 1024, rtol=0)


def test_threshold_is_capped_and_a_class_never_predicted_gets_the_cap() -> None:
    probabilities = torch.zeros(1, 3, 4, 4)
    probabilities[:, 0], probabilities[:, 1] = 0.97, 0.03
    histogram = ConfidenceHistogram(3)
    histogram.update(*most_probable(probabilities))
    assert histogram.thresholds(cap=0.9).tolist() == pytest.approx([0.9, 0.9, 0.9])


def test_old_confidences_are_forgotten() -> None:
    histogram = ConfidenceHistogram(2, decay=0.5)
    for confidence in [0.9] * 5 + [0.6] * 3:
        values = torch.tensor([confidence, 1 - confidence]).view(1, 2, 1, 1).expand(1, 2, 8, 8)
        histogram.update(*most_probable(values))
    assert float(histogram.thresholds(cap=1.0)[0]) == pytest.approx(0.6, abs=1 / 1024)


def test_threshold_is_interpolated_inside_a_bin() -> None:
    confidence = torch.linspace(0.5, 0.7499, 1000).view(1, 1, 10, 100)
    histogram = ConfidenceHistogram(2, num_bins=4)
    histogram.update(*most_probable(torch.cat([confidence, 1 - confidence], dim=1)))
    assert float(histogram.thresholds(quantile=0.4)[0]) == pytest.approx(0.6, abs=1e-3)


def test_a_full_histogram_of_19_classes_takes_156_kb() -> None:
    histogram = ConfidenceHistogram(19)
    assert histogram.counts.numel() * histogram.counts.element_size() == 155_648


def test_kept_pixels_reach_the_threshold_of_their_own_class() -> None:
    probabilities = torch.tensor([[0.7, 0.6, 0.2], [0.3, 0.4, 0.8]]).view(1, 2, 1, 3)
    pseudo = pseudo_labels(*most_probable(probabilities), torch.tensor([0.65, 0.9]))
    assert pseudo.labels.flatten().tolist() == [0, 0, 1]
    assert pseudo.kept.flatten().tolist() == [True, False, False]
    torch.testing.assert_close(pseudo.confidence.flatten(), torch.tensor([0.7, 0.6, 0.8]))


def test_state_continues_bit_for_bit() -> None:
    first, second = ConfidenceHistogram(4), ConfidenceHistogram(4)
    first.update(*most_probable(random_probabilities(0)))
    second.load_state_dict(first.state_dict())
    for histogram in (first, second):
        histogram.update(*most_probable(random_probabilities(1)))
    assert torch.equal(first.counts, second.counts)


def test_half_precision_probabilities_are_counted_too() -> None:
    histogram, rough = ConfidenceHistogram(4), ConfidenceHistogram(4)
    histogram.update(*most_probable(random_probabilities()))
    rough.update(*most_probable(random_probabilities().half()))
    torch.testing.assert_close(rough.thresholds(), histogram.thresholds(), atol=3e-3, rtol=0)


def test_agreement_counts_the_chosen_pixels_at_the_center_of_each_cell() -> None:
    labels = torch.tensor([[[0, 0, 1, 1]] * 2 + [[2, 2, 1, 1]] * 2])
    predicted = torch.tensor([[[0, 1], [0, 1]]])  # wrong in the cell of class 2
    logits = torch.nn.functional.one_hot(predicted, 3).permute(0, 3, 1, 2).float()
    everywhere = torch.ones_like(labels, dtype=torch.bool)
    assert label_agreement(logits, labels, everywhere) == 0.75
    assert label_agreement(logits, labels, labels != 2) == 1
    assert label_agreement(logits, labels, labels == 2) == 0
    assert label_agreement(logits, labels, ~everywhere).isnan()
