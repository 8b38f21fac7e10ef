"""What the hook of mmengine knows of mmsegmentation: its items, its pictures, its decode heads.

Nothing of it is imported: its data samples and heads are told by what they are called.
"""

from collections.abc import Mapping
from typing import Any

SAMPLE = "SegDataSample"


def pair(item: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return image and label of an item with `inputs` and perhaps `data_samples`."""
    label = getattr(item.get("data_samples"), "gt_sem_seg", None)
    return item["inputs"], None if label is None else label.data


def has_blue_first(items: Any) -> bool:
    """Return whether the images of a data set are BGR, as mmsegmentation reads its files."""
    item = items[0] if hasattr(items, "__getitem__") and len(items) else None
    sample = item.get("data_samples") if isinstance(item, Mapping) else None
    return any(kind.__name__ == SAMPLE for kind in type(sample).__mro__)


def with_red_first(image: Any) -> Any:
    """Return a BGR image (3, H, W) as RGB."""
    return image[[2, 1, 0]]


def tensor_mode(model: Any, images: Any) -> Any:
    """Return what a model's `mode="tensor"` says of images, after its data preprocessor.

    Logits of a decode head are returned as (features, logits), with what its last layer,
    `conv_seg`, makes them of.
    """
    prepared = model.data_preprocessor({"inputs": images}, False)
    layer, seen = _last_layer(model), []
    handle = layer and layer.register_forward_hook(
        lambda _, given, made: seen.append((*given, made))
    )
    try:
        said = model(prepared["inputs"], mode="tensor")
    finally:
        if handle:
            handle.remove()
    logits = said[0] if isinstance(said, tuple) and seen else said
    if not seen or seen[-1][1].shape != getattr(logits, "shape", None):
        return said
    return seen[-1][0], logits


def _last_layer(model: Any) -> Any:
    """Return the layer that makes logits of features; None where it is not known."""
    head = getattr(model, "decode_head", None)
    if head is not None and hasattr(head, "__getitem__"):
        head = head[-1]  # a cascade of heads
    return getattr(head, "conv_seg", None)
