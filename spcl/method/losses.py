"""Cross-entropy of the classifier, contrast against prototypes, and the balance of the two."""

import math
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from spcl.label_space import IGNORE_INDEX
from spcl.method.labels import one_hot_shares
from spcl.method.precision import at_least_single
from spcl.method.prototypes import similarities

_NEVER = torch.finfo(torch.float32).min / 2  # similarity of an unseen class; finite, so no NaN


def segmentation_loss(
    logits: Tensor,
    labels: Tensor,
    *,
    class_weights: Tensor | None = None,
    pixel_weights: Tensor | None = None,
    logit_scale: float = 1.0,
) -> Tensor:
    """Return the weighted cross-entropy, as a mean over the labelled pixels.

    It is divided by their number, not by their weights: a batch of rare classes, or of confident
    pixels, counts more. Without any labelled pixel it is 0 and still backpropagates.

    Args:
        logits: (B, K, H, W).
        labels: class ids, (B, H, W), int64; 255 is ignored.
        class_weights: (K,), mean 1 per pixel.
        pixel_weights: (B, H, W), in [0, 1].
        logit_scale: divides the logits.

    Returns:
        A scalar in nats.
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
    return losses.sum() / (labels != IGNORE_INDEX).sum().clamp(min=1)


def prototype_contrast(
    features: Tensor,
    targets: Tensor,
    vectors: Tensor,
    seen: Tensor,
    *,
    temperature: float = 0.1,
    balance: Literal["class", "pixel"] = "class",
    pixel_weights: Tensor | None = None,
) -> Tensor:
    """Return the cross-entropy of pixels over their cosines to the prototypes.

    l_i = -log softmax_k(z_i . P_k / temperature) at y_i, over the classes seen, after Xie, Li, Li
    (arXiv 2111.12358); here with unit vectors and a mean over classes of the mean within each.

    Args:
        features: (B, C, h, w); compared by direction.
        targets: class shares (B, K, h, w), or class ids (B, h, w) with 255 ignored.
        vectors: prototypes, (K, C).
        seen: which classes have one, (K,), bool; pixels of the others are left out.
        temperature: divides the similarities.
        balance: "class" for a mean over the classes present, "pixel" for one over all pixels.
        pixel_weights: what each cell counts, (B, h, w), in [0, 1].

    Returns:
        A scalar in nats; 0, which still backpropagates, if no pixel is left.
    """
    shares = targets if targets.dim() == 4 else one_hot_shares(targets, len(vectors))
    if pixel_weights is not None:
        shares = shares * pixel_weights.unsqueeze(1)
    unseen = ~seen.view(1, -1, 1, 1)
    scores = (similarities(features, vectors) / temperature).masked_fill(unseen, _NEVER)
    losses = -scores.log_softmax(1).masked_fill(unseen, 0)
    weights = shares.to(losses).masked_fill(unseen, 0)
    sums, masses = (losses * weights).sum((0, 2, 3)), weights.sum((0, 2, 3))
    if balance == "pixel":
        return sums.sum() / _positive(masses.sum())
    return (sums / _positive(masses)).sum() / (masses > 0).sum().clamp(min=1)


def _positive(total: Tensor) -> Tensor:
    return torch.where(total > 0, total, 1)


def class_weights_from_frequency(counts: Tensor, *, power: float = -0.25) -> Tensor:
    """Return weights proportional to frequency^power, with mean 1 over the counted pixels.

    Args:
        counts: pixels of each class, (K,).
        power: 0 weighs all alike; -1 gives every class the same total.

    Returns:
        (K,), float32; 1 for a class without pixels.
    """
    frequency = counts.double() / counts.sum().clamp(min=1)
    occurs = frequency > 0
    raw = torch.where(occurs, frequency, 1) ** power
    mean = (raw * frequency).sum()
    return torch.where(occurs, raw / _positive(mean), 1).float()


def gradient_ratio(loss: Tensor, reference: Tensor, features: Tensor) -> float:
    """Return the norm of d loss / d features over that of d reference / d features.

    Both graphs are kept; only their part above `features` is walked. NaN if either gradient is 0
    or not finite.
    """
    norms = [_gradient_norm(value, features) for value in (loss, reference)]
    if not all(0 < norm < math.inf for norm in norms):
        return math.nan
    return norms[0] / norms[1]


def _gradient_norm(loss: Tensor, features: Tensor) -> float:
    (gradient,) = torch.autograd.grad(loss, features, retain_graph=True, allow_unused=True)
    return 0.0 if gradient is None else float(torch.linalg.vector_norm(gradient.float()))


class ContrastWeight:
    """The weight of the contrast: fixed, or such that its gradient has a wanted size.

    Attributes:
        weight: what the contrast is multiplied with; 0 until the first measurement.
        ratio_at_one: last measured gradient norm of the unweighted contrast, as a multiple of the
            reference's, both at the features.
    """

    def __init__(self, *, ratio: float, every: int = 8, fixed: float | None = None) -> None:
        """Aim at `ratio`, measured at one step in `every`; `fixed` sets the weight instead."""
        self.ratio = ratio
        self.every = every
        self.fixed = fixed
        self.weight = 0.0 if fixed is None else fixed
        self.ratio_at_one = 0.0
        self._num_calls = 0

    def measure(self, contrast: Tensor, reference: Tensor, features: Tensor) -> None:
        """Take note of a step; at every n-th, measure. A vanished gradient changes nothing."""
        is_due = self._num_calls % self.every == 0 or self.ratio_at_one == 0
        self._num_calls += 1
        if not is_due:
            return
        measured = gradient_ratio(contrast, reference, features)
        if not math.isnan(measured):
            self.ratio_at_one = measured
            self.weight = self.ratio / measured if self.fixed is None else self.fixed

    def state_dict(self) -> dict[str, Any]:
        """Return what `measure` changes."""
        return {
            "weight": self.weight,
            "ratio_at_one": self.ratio_at_one,
            "num_calls": self._num_calls,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        self.weight = state["weight"]
        self.ratio_at_one = state["ratio_at_one"]
        self._num_calls = state["num_calls"]
