"""Re-estimate the batch-norm statistics of a domain without labels (AdaBN).

After Li et al. 2016 (arXiv 1603.04779). A model without batch norm is left as it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from spcl.method.precision import widest
from spcl.method.ranks.sums import num_ranks, sum_over_ranks


@torch.no_grad()
def reestimate_batch_norm(
    model: nn.Module, batches: Iterable[Tensor], *, is_pooled: bool = False
) -> None:
    """Replace the running statistics by their mean over `batches`, weighted by number of images.

    Of several ranks each gives its share of the batches, and all get the mean over all.
    The mean of the variances of batches lacks what lies between their means; with `is_pooled` that
    is added, by the law of total variance, as if all had been one batch.

    Nothing else changes: modes, momenta and parameters stay. Without batches the statistics stay,
    too.

    Args:
        model: called with each batch; all layers but batch norm are in eval mode meanwhile.
        batches: images, (B, 3, H, W), in [0, 1]; read once.
        is_pooled: take the variance over all pixels of all batches.

    Example:
        >>> model, images = nn.BatchNorm2d(1), [torch.zeros(1, 1, 2, 2), torch.ones(3, 1, 2, 2)]
        >>> reestimate_batch_norm(model, images)
        >>> model.running_mean, model.running_var
        (tensor([0.7500]), tensor([0.]))
        >>> reestimate_batch_norm(model, images, is_pooled=True)
        >>> model.running_var
        tensor([0.2000])
    """
    layers = _layers(model)
    if not layers:
        return
    if is_pooled:
        _pool(model, layers, batches)
        return
    num_images = 0
    with _only_training(model, layers):
        for images in batches:
            num_images += len(images)
            for layer in layers.values():
                layer.momentum = len(images) / num_images
            model(images)
    if num_ranks() > 1:
        _mean_of_ranks(layers, num_images)


def _mean_of_ranks(layers: Mapping[str, _BatchNorm], num_images: int) -> None:
    """Replace statistics by their mean over all ranks, weighted by the images each has seen."""
    kept = [statistic for layer in layers.values() for statistic in _statistics(layer)]
    (total,) = sum_over_ranks(torch.tensor(float(num_images), device=kept[0].device))
    for statistic, summed in zip(
        kept, sum_over_ranks(*(s * num_images for s in kept)), strict=True
    ):
        statistic.copy_(torch.where(total > 0, summed / total, statistic))


def _pool(model: nn.Module, layers: Mapping[str, _BatchNorm], batches: Iterable[Tensor]) -> None:
    """Replace statistics by those of all pixels of all batches, of all ranks together."""
    sums = {layer: _no_pixels(layer) for layer in layers.values()}

    def add(layer: nn.Module, inputs: tuple[Tensor], _: Tensor) -> None:
        count = inputs[0].numel() // inputs[0].shape[1]
        assert isinstance(layer, _BatchNorm), "only layers of batch norm are watched"
        total = sums[layer]
        mean, variance = (statistic.to(total) for statistic in _statistics(layer))
        total += torch.stack(
            [
                torch.full_like(mean, count),
                count * mean,
                (count - 1) * variance + count * mean.square(),
            ]
        )

    with _only_training(model, layers):
        handles = [layer.register_forward_hook(add) for layer in layers.values()]
        for layer in layers.values():
            layer.momentum = 1.0  # statistics are then those of the last batch
        for images in batches:
            model(images)
        for handle in handles:
            handle.remove()
    for layer, (count, total, squares) in zip(sums, sum_over_ranks(*sums.values()), strict=True):
        if (count == 0).all():
            continue  # without images the statistics stay
        mean = total / count.clamp(min=1)
        variance = (squares - count * mean.square()).clamp(min=0) / (count - 1).clamp(min=1)
        for statistic, new in zip(_statistics(layer), (mean, variance), strict=True):
            statistic.copy_(new)


def _no_pixels(layer: _BatchNorm) -> Tensor:
    """Return the number of pixels, their sum and the sum of their squares, (3, C): none yet."""
    mean, _ = _statistics(layer)
    return mean.new_zeros((3, len(mean)), dtype=widest(mean.device))


def _statistics(layer: _BatchNorm) -> tuple[Tensor, Tensor]:
    assert layer.running_mean is not None and layer.running_var is not None
    return layer.running_mean, layer.running_var


def batch_norm_statistics(model: nn.Module) -> dict[str, Tensor]:
    """Return copies of all running means and variances, by name.

    Example:
        >>> batch_norm_statistics(nn.Sequential(nn.BatchNorm2d(1)))
        {'0.running_mean': tensor([0.]), '0.running_var': tensor([1.])}
    """
    return {
        f"{name}.{kind}": getattr(layer, kind).clone()
        for name, layer in _layers(model).items()
        for kind in ("running_mean", "running_var")
    }


@torch.no_grad()
def load_batch_norm_statistics(model: nn.Module, statistics: Mapping[str, Tensor]) -> None:
    """Set all running means and variances to what `batch_norm_statistics` returned.

    Example:
        >>> model = nn.Sequential(nn.BatchNorm2d(1))
        >>> load_batch_norm_statistics(model, {"0.running_mean": torch.tensor([0.5])})
        >>> model[0].running_mean
        tensor([0.5000])
    """
    buffers = dict(model.named_buffers())
    for name, value in statistics.items():
        buffers[name].copy_(value)


@contextmanager
def using_statistics(model: nn.Module, statistics: Mapping[str, Tensor] | None) -> Iterator[None]:
    """Swap in `statistics` while the block runs; None swaps nothing.

    Example:
        >>> model = nn.Sequential(nn.BatchNorm2d(1))
        >>> with using_statistics(model, {"0.running_mean": torch.tensor([0.5])}):
        ...     model[0].running_mean.clone()
        tensor([0.5000])
        >>> model[0].running_mean
        tensor([0.])
    """
    if not statistics:
        yield
        return
    original = batch_norm_statistics(model)
    load_batch_norm_statistics(model, statistics)
    try:
        yield
    finally:
        load_batch_norm_statistics(model, original)


def _layers(model: nn.Module) -> dict[str, _BatchNorm]:
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, _BatchNorm) and module.track_running_stats
    }


@contextmanager
def _only_training(model: nn.Module, layers: Mapping[str, _BatchNorm]) -> Iterator[None]:
    """Put `layers` in training mode and all others in eval mode while the block runs."""
    modes = {module: module.training for module in model.modules()}
    momenta = {name: layer.momentum for name, layer in layers.items()}
    model.eval()
    for layer in layers.values():
        layer.train()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode
        for name, layer in layers.items():
            layer.momentum = momenta[name]
