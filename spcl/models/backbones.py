"""Build a backbone by name and load its weights."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch

from spcl.errors import UserError, suggestion
from spcl.models.backbone import Backbone
from spcl.models.deeplab import ResNet, Vgg16
from spcl.models.huggingface import (
    PREFIX,
    HuggingFace,
    architecture_of,
    model_types,
    transformers,
)
from spcl.models.lite0 import Lite0
from spcl.models.published import PUBLISHED
from spcl.models.tiny import Tiny
from spcl.models.weight_files import ADVICE, HUB, first_line, hub_folder, read_state

__all__ = [
    "BACKBONES",
    "OWN",
    "Backbone",
    "build_backbone",
    "complete_architecture",
    "norm_stride",
    "require_weights",
]

OWN: dict[str, Callable[..., Backbone]] = {
    "tiny": Tiny,
    "lite0": Lite0,
    "resnet50": partial(ResNet, blocks=(3, 4, 6, 3), published="timm/resnet50.tv_in1k"),
    "resnet101": partial(ResNet, blocks=(3, 4, 23, 3), published="timm/resnet101.tv_in1k"),
    "vgg16": Vgg16,
}
"""Backbones that need no package besides torch."""
BACKBONES = (*OWN, *PUBLISHED)
"""All names; `hf:NAME` is every other backbone of transformers."""
_NOT_SIZES = ("published",)


def build_backbone(
    name: str, *, weights: str = "default", architecture: Mapping[str, Any] | None = None
) -> Backbone:
    """Build the backbone called `name`.

    Args:
        name: one of `BACKBONES`, or `hf:` and a model type of transformers, a folder, or a name on
            the hub.
        weights: "default" (pretrained if the backbone has such weights), "none", the path of a file
            or folder of weights, or `hub:` and a name on the hub.
        architecture: sizes that differ from those that `name` stands for.

    Raises:
        UserError: the name or a size is unknown, or the weights are missing or do not fit.
    """
    complete = complete_architecture(name, architecture or {})
    try:
        if name in OWN:
            backbone = OWN[name](**complete)
        else:
            published = PUBLISHED[name][0] if name in PUBLISHED else _published(name)
            backbone = HuggingFace(published, complete)
    except (TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise UserError(
            f"model.architecture does not describe a {name} ({first_line(error)}); "
            "correct it, or leave it away"
        ) from None
    if weights != "none":
        _load(backbone, weights, name)
    return backbone


def complete_architecture(name: str, architecture: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that is needed to build the backbone again without a network.

    Empty for a backbone of our own in its published sizes.

    Raises:
        UserError: the name or a size is unknown, or the hub cannot be reached.
    """
    if name in OWN:
        sizes = [n for n in inspect.signature(OWN[name]).parameters if n not in _NOT_SIZES]
        for key in architecture:
            if key not in sizes:
                allowed = f"use {' or '.join(sizes)}" if sizes else "it has one size; leave it away"
                raise UserError(f"model.architecture has {key}, which {name} has not; {allowed}")
        return dict(architecture)
    if name in PUBLISHED or (name.startswith(PREFIX) and "model_type" not in architecture):
        return {**architecture_of(name), **architecture}
    if name.startswith(PREFIX):
        return dict(architecture)
    hint = suggestion(name, BACKBONES) or f"; use {', '.join(BACKBONES)} or {PREFIX}NAME"
    raise UserError(f'model.backbone is "{name}", which is not a backbone{hint}')


def norm_stride(name: str, architecture: Mapping[str, Any] | None = None) -> int | None:
    """Return the stride of a backbone's coarsest batch norm, None where it has none (UserError)."""
    with torch.device("meta"):  # shapes alone
        return build_backbone(name, weights="none", architecture=architecture).norm_stride


def _published(name: str) -> str | None:
    """Return where the weights of `hf:NAME` are; a model type has none."""
    what = name.removeprefix(PREFIX)
    return None if what in model_types(transformers()) else what


def require_weights(
    name: str, *, weights: str = "default", architecture: Mapping[str, Any] | None = None
) -> None:
    """Find or fetch the weights of a backbone, without reading them (UserError: not there)."""
    with torch.device("meta"):
        backbone = build_backbone(name, weights="none", architecture=architecture)
    path = None if weights == "none" else _located(backbone, weights)
    if path is not None and not path.exists():
        raise UserError(f"model.weights: {path} does not exist; {ADVICE}")


def _located(backbone: Backbone, weights: str) -> Path | None:
    """Return the file or folder that holds the weights, fetched if need be (UserError)."""
    source = backbone.default_weights() if weights == "default" else _source(weights)
    if isinstance(source, str):
        return Path(source) if Path(source).is_dir() else hub_folder(source)
    return source


def _load(backbone: Backbone, weights: str, name: str) -> None:
    path = _located(backbone, weights)
    if path is None:
        return
    try:
        if path.is_dir():
            backbone.load_folder(path)
        else:
            backbone.load_weights(read_state(path))
    except (RuntimeError, KeyError) as error:
        raise UserError(
            f"model.weights: {path} does not fit the backbone {name} "
            f"({first_line(error)}); {ADVICE}"
        ) from None


def _source(weights: str) -> Path | str:
    return weights.removeprefix(HUB) if weights.startswith(HUB) else Path(weights)
