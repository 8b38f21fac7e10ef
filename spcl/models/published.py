"""Backbones of transformers that have a name of their own: weights on the hub, and sizes."""

from typing import Any

SEGFORMER = "segformer"
"""The model type that is no `AutoBackbone`."""


def _segformer(depths: list[int], sizes: list[int], size: str) -> tuple[str, dict[str, Any]]:
    return f"nvidia/mit-{size}", {
        "model_type": SEGFORMER,
        "depths": depths,
        "hidden_sizes": sizes,
    }


def _vit(published: str, model_type: str, width: int, depth: int) -> tuple[str, dict[str, Any]]:
    is_v3 = model_type == "dinov3_vit"
    sizes = {"intermediate_size": 4 * width, "num_register_tokens": 4} if is_v3 else {}
    return published, {
        "model_type": model_type,
        "hidden_size": width,
        "num_hidden_layers": depth,
        "num_attention_heads": width // 64,
        "image_size": 224 if is_v3 else 518,
        "patch_size": 16 if is_v3 else 14,
        **sizes,
    }


_WIDE = [64, 128, 320, 512]
PUBLISHED: dict[str, tuple[str, dict[str, Any]]] = {
    "segformer_b0": _segformer([2, 2, 2, 2], [32, 64, 160, 256], "b0"),
    "segformer_b2": _segformer([3, 4, 6, 3], _WIDE, "b2"),
    "segformer_b5": _segformer([3, 6, 40, 3], _WIDE, "b5"),
    "dinov2_small": _vit("facebook/dinov2-small", "dinov2", 384, 12),
    "dinov2_base": _vit("facebook/dinov2-base", "dinov2", 768, 12),
    "dinov2_large": _vit("facebook/dinov2-large", "dinov2", 1024, 24),
    "dinov3_small": _vit("facebook/dinov3-vits16-pretrain-lvd1689m", "dinov3_vit", 384, 12),
    "dinov3_base": _vit("facebook/dinov3-vitb16-pretrain-lvd1689m", "dinov3_vit", 768, 12),
    "dinov3_large": _vit("facebook/dinov3-vitl16-pretrain-lvd1689m", "dinov3_vit", 1024, 24),
}
"""By name: the name on the hub, and the keys of the configuration that differ from its defaults."""
