"""Weights as files: read one, or fetch a folder of the Hugging Face hub."""

from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from spcl.errors import UserError

ADVICE = 'give the path of a weights file, or use "default" or "none"'
HUB = "hub:"
"""What a name on the hub begins with."""
_LOCALLY = {
    "model.weights": 'its path as model.weights, or set model.weights to "none" to begin from '
    "random weights",
    "model.backbone": "hf: and its path as model.backbone, and the path as model.weights",
}
_HUB_FILES = ["*.json", "*.safetensors"]


def read_state(path: Path) -> dict[str, Tensor]:
    """Read a table of tensors, .safetensors or torch's own format (UserError with the reason)."""
    if not path.is_file():
        raise UserError(f"model.weights: {path} does not exist; {ADVICE}")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, Exception) as error:  # torch.load raises errors of many kinds
        raise UserError(
            f"model.weights: {path} cannot be read ({first_line(error)}); {ADVICE}"
        ) from None
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise UserError(f"model.weights: {path} does not hold a table of tensors; {ADVICE}")
    return cast(dict[str, Tensor], state)


def hub_folder(name: str, *, key: str = "model.weights") -> Path:
    """Return a local folder with configuration and weights of `name`, fetched if need be.

    What has been fetched once is found again without a network.

    Args:
        name: on the Hugging Face hub, ORGANISATION/NAME.
        key: the setting that asks for it, for the message of the UserError.
    """
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise UserError(
            f"{key} needs {name} from the Hugging Face hub, and the package huggingface_hub is "
            "missing; pip install huggingface_hub, or give the path of a local copy"
        ) from None
    try:
        return Path(snapshot_download(name, allow_patterns=_HUB_FILES))
    except Exception as error:  # of the network, the hub and the cache, of many kinds
        raise UserError(
            f"{key} needs {name} from the Hugging Face hub, which cannot be fetched "
            f"({first_line(error)}); download that folder where there is a network and give "
            f"{_LOCALLY[key]}"
        ) from None


def first_line(error: BaseException) -> str:
    """Return the beginning of an error's first line, or its kind where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0][:120] if lines else type(error).__name__
