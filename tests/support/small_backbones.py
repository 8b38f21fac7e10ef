"""Every kind of backbone, so narrow and shallow that a step takes a moment."""

import json
from importlib.util import find_spec

import pytest

_LEVELS = {"hidden_sizes": [8, 16, 24, 32], "depths": [1, 1, 1, 1]}
_LAYERS = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}

SMALL = {
    "tiny": {},
    "resnet50": {"width": 4, "blocks": [1, 1, 1, 1]},
    "resnet101": {"width": 4, "blocks": [1, 1, 2, 1]},
    "vgg16": {"width": 4},
    "segformer_b0": {**_LEVELS, "num_attention_heads": [1, 2, 3, 4]},
    "dinov2_small": {**_LAYERS, "image_size": 56},
    "dinov3_small": {**_LAYERS, "intermediate_size": 64},
    "hf:convnext": _LEVELS,
    "hf:resnet": {**_LEVELS, "embedding_size": 8},
}
STRIDES = dict.fromkeys(SMALL, 8) | {
    "segformer_b0": 4,
    "dinov2_small": 14,
    "dinov3_small": 16,
    "hf:convnext": 4,
    "hf:resnet": 4,
}
OWN = ("tiny", "resnet50", "resnet101", "vgg16")
"""Those that need no transformers."""
WITHOUT_BATCH_NORM = ("vgg16", "segformer_b0", "dinov2_small", "dinov3_small", "hf:convnext")


def named(names):
    """Return the names as parameters, those of transformers skipped where it is missing."""
    is_missing = pytest.mark.skipif(find_spec("transformers") is None, reason="needs transformers")
    return [pytest.param(n, marks=() if n in (*OWN, "lite0") else is_missing) for n in names]


def small(name: str) -> list[str]:
    """Return the words that choose a backbone, small and with random weights."""
    table = ", ".join(f"{key} = {json.dumps(value)}" for key, value in SMALL[name].items())
    return [
        f'model.backbone="{name}"',
        'model.weights="none"',
        f"model.architecture={{{table}}}",
    ]
