"""The classifier's cross-entropy, and the balance between it and the contrast."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from spcl.label_space import IGNORE_INDEX
from spcl.method.classes.vectors import positive
from spcl.method.precision import at_least_single, widest
from spcl.method.ranks.sums import num_ranks, sum_over_ranks


def segmentation_loss(
    logits: Tensor,
    labels: Tensor,
    *,
    class_weights: Tensor | None = None,
    pixel_weights: Tensor | None = None,
    logit_scale: float = 1.0,
) -> Tensor:
    """Return the weighted cross-entropy, averaged over the labelled pixels.

    The sum is divided by the number of labelled pixels, not by their total weight, so a batch with
    rare classes or confident pixels counts more. With no labelled pixel the loss is 0 and still
    backpropagates. The mean of all ranks' losses is the loss of their joined batch.

    Args:
        logits: (B, K, H, W).
        labels: class ids, (B, H, W), int64; 255 is ignored.
        class_weights: (K,), with mean 1 over the pixels.
        pixel_weights: (B, H, W), in [0, 1].
        logit_scale: divides the logits.

    Returns:
        A scalar in nats.

    Example:
        >>> labels = torch.tensor([[[0, 1, 2, 255]]])
        >>> round(segmentation_loss(torch.zeros(1, 3, 1, 4), labels).item(), 4)  # log 3
        1.0986
        >>> logits = torch.randn(1, 3, 1, 4, generator=torch.Generator().manual_seed(0))
        >>> round(segmentation_loss(logits, labels, logit_scale=1.8).item(), 4)
        1.03
    """
    exact = at_least_single(logits)
    scaled = exact if logit_scale == 1 else exact / logit_scale
    losses = F.cross_entropy(
        scaled,
        labels,
        weight=None if class_weights is None else class_weights.to(scaled),
        ignore_index=IGNORE_INDEX,
        reduction="none",
    )
    if pixel_weights is not None:
        losses = losses * pixel_weights
    (num_labeled,) = sum_over_ranks((labels != IGNORE_INDEX).sum())
    return losses.sum() * num_ranks() / num_labeled.clamp(min=1)


def class_weights_from_frequency(counts: Tensor, *, power: float = -0.25) -> Tensor:
    """Return class weights proportional to frequency^power, with mean 1 over the pixels.

    Args:
        counts: pixels of each class, (K,).
        power: 0 gives every pixel the same weight, -1 gives every class the same total weight.

    Returns:
        (K,), float32; 1 for a class without pixels.

    Example:
        >>> class_weights_from_frequency(torch.tensor([16, 1, 0]))
        tensor([0.9444, 1.8889, 1.0000])
    """
    frequency = counts.double() / counts.sum().clamp(min=1)
    occurs = frequency > 0
    raw = torch.where(occurs, frequency, 1) ** power
    mean = (raw * frequency).sum()
    return torch.where(occurs, raw / positive(mean), 1).float()


def gradient_ratio(loss: Tensor, reference: Tensor, features: Tensor) -> Tensor:
    """Return the norm of d loss / d features divided by the norm of d reference / d features, ().

    Backpropagates from both losses down to `features` only and keeps both graphs. NaN if either
    norm is 0 or not finite. The features of all ranks count as one batch.

    Example:
        >>> features = torch.ones(3, requires_grad=True)
        >>> round(gradient_ratio((5 * features).sum(), features.sum(), features).item(), 3)
        5.0
    """
    norms = torch.stack([_gradient_norm(value, features) for value in (loss, reference)])
    if num_ranks() > 1:
        norms = sum_over_ranks(norms.square())[0].sqrt()
    is_usable = ((norms > 0) & norms.isfinite()).all()
    return torch.where(is_usable, norms[0] / norms[1], torch.nan)


def _gradient_norm(loss: Tensor, features: Tensor) -> Tensor:
    (gradient,) = torch.autograd.grad(loss, features, retain_graph=True, allow_unused=True)
    reached = features.new_zeros(1) if gradient is None else gradient
    norm: Tensor = torch.linalg.vector_norm(reached.float())
    return norm.to(widest(features.device))


class ContrastWeight:
    """The weight of the contrast: fixed, or set so that its gradient has a given relative size.

    Attributes:
        factor: of the contrast in the total loss, (); 0 until the first measurement.
        ratio_at_one: gradient norm of the unweighted contrast over that of the reference, both at
            the features, as last measured, (). Both stay on the device of the losses.

    Example:
        >>> features = torch.ones(3, requires_grad=True)
        >>> weight = ContrastWeight(ratio=0.5)
        >>> weight.measure((10 * features).sum(), features.sum(), features)
        >>> round(weight.weight, 3)
        0.05
    """

    def __init__(self, *, ratio: float, every: int = 8, fixed: float | None = None) -> None:
        """Aim at the gradient ratio `ratio`, measured every `every` steps, or use `fixed`."""
        self.ratio = ratio
        self.every = every
        self.fixed = fixed
        self.factor = _double(0.0 if fixed is None else fixed)
        self.ratio_at_one = _double(0.0)
        self._num_calls = 0
        self._is_measured = False

    @property
    def weight(self) -> float:
        """Return the factor as a number, which makes a GPU wait."""
        return float(self.factor)

    def measure(self, contrast: Tensor, reference: Tensor, features: Tensor) -> None:
        """Count a step and measure when one is due; a vanished gradient changes nothing.

        Until a first measurement has succeeded every step measures and is read; from then on
        nothing is.
        """
        is_due = self._num_calls % self.every == 0 or not self._is_measured
        self._num_calls += 1
        if not is_due:
            return
        measured = gradient_ratio(contrast, reference, features)
        is_known = ~measured.isnan()
        self.ratio_at_one = torch.where(is_known, measured, self.ratio_at_one.to(measured))
        self.factor = self.factor.to(measured, non_blocking=True)
        if self.fixed is None:
            aimed = torch.full_like(measured, self.ratio) / measured
            self.factor = torch.where(is_known, aimed, self.factor)
        self._is_measured = self._is_measured or bool(is_known)

    def state_dict(self) -> dict[str, Any]:
        """Return everything that `measure` changes."""
        return {
            "weight": self.weight,
            "ratio_at_one": float(self.ratio_at_one),
            "num_calls": self._num_calls,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore what `state_dict` returned; a fixed weight stays the one given here."""
        self.factor = _double(state["weight"] if self.fixed is None else self.fixed)
        self.ratio_at_one = _double(state["ratio_at_one"])
        self._num_calls = state["num_calls"]
        self._is_measured = state["ratio_at_one"] != 0


def _double(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)
