"""Build a backbone by name and load its weights."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from spcl.errors import UserError, suggestion
from spcl.models.backbone import Backbone
from spcl.models.lite0 import Lite0
from spcl.models.tiny import Tiny

__all__ = ["BACKBONES", "Backbone", "build_backbone"]

BACKBONES: dict[str, Callable[[], Backbone]] = {"tiny": Tiny, "lite0": Lite0}


def build_backbone(name: str, *, weights: str = "default") -> Backbone:
    """Build the backbone called `name`.

    Args:
        name: a key of `BACKBONES`.
        weights: "default" (pretrained if the backbone has such weights), "none", or the path of
            a file of backbone weights.

    Raises:
        UserError: the name is unknown, or the weights are missing or do not fit.
    """
    if name not in BACKBONES:
        hint = suggestion(name, BACKBONES) or f"; use {' or '.join(BACKBONES)}"
        raise UserError(f'model.backbone is "{name}", which is not a backbone{hint}')
    backbone = BACKBONES[name]()
    path = backbone.default_weights() if weights == "default" else _path(weights)
    if path is not None:
        _load(backbone, path, name)
    return backbone


def _path(weights: str) -> Path | None:
    return None if weights == "none" else Path(weights)


def _load(backbone: Backbone, path: Path, name: str) -> None:
    try:
        backbone.load_weights(_read(path))
    except (RuntimeError, KeyError) as error:
        reason = str(error).splitlines()[0][:120]
        raise UserError(
            f"model.weights: {path} does not fit the backbone {name} ({reason}); "
            'give another file, or use "default" or "none"'
        ) from None


def _read(path: Path) -> dict[str, Tensor]:
    advice = 'give the path of a weights file, or use "default" or "none"'
    if not path.is_file():
        raise UserError(f"model.weights: {path} does not exist; {advice}")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load raises errors of many kinds on other files
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise UserError(f"model.weights: {path} cannot be read ({reason}); {advice}") from None
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise UserError(f"model.weights: {path} does not hold a table of tensors; {advice}")
    return cast(dict[str, Tensor], state)
