"""Write and read what a run needs to continue; outside the contract of the run on disk."""

import os
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from spcl.errors import UserError
from spcl.store.schema import CHECKPOINTS_FOLDER

LAST_FILE = "last.pt"
WARMUP_FILE = "warmup.pt"


def save_checkpoint(run_path: Path, state: dict[str, Any], *, name: str = LAST_FILE) -> None:
    """Write the full training state; a process killed meanwhile leaves the previous one."""
    path = run_path / CHECKPOINTS_FOLDER / name
    temporary = path.with_name(f".{name}.{os.getpid()}.tmp")
    torch.save(state, temporary)
    temporary.replace(path)


def load_checkpoint(run_path: Path, *, name: str = LAST_FILE) -> dict[str, Any]:
    """Read a training state (tensors and plain values only; UserError if there is none)."""
    path = run_path / CHECKPOINTS_FOLDER / name
    if not path.is_file():
        raise UserError(
            f"{run_path} has no {CHECKPOINTS_FOLDER}/{name}; only a run that got that far "
            "can be continued; start a new one with: python -m spcl adapt CONFIG.toml"
        )
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0][:120]
        raise UserError(f"{path} cannot be read ({reason}); start a new run") from None
    for part in (state, state.get("adversary") or {}):
        if "optimiser" in part:  # the spelling of checkpoints up to 2026-11
            part["optimizer"] = part.pop("optimiser")
    return state


def weights_path(run_path: Path, step: int) -> Path:
    """Return where the observed model's weights of `step` are kept (before_step and the end)."""
    return run_path / CHECKPOINTS_FOLDER / f"model_{step:07d}.safetensors"


def save_weights(run_path: Path, step: int, models: dict[str, nn.Module]) -> None:
    """Write the weights of the model observed in each domain ("source", "target")."""
    path = weights_path(run_path, step)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    save_file(
        {
            f"{domain}.{name}": tensor.contiguous().clone()
            for domain, model in models.items()
            for name, tensor in model.state_dict().items()
        },
        temporary,
    )
    temporary.replace(path)


def load_weights(run_path: Path, step: int, domain: str) -> dict[str, Tensor]:
    """Read the weights with which `domain` was observed at `step` (UserError if not kept)."""
    path = weights_path(run_path, step)
    if not path.is_file():
        kept = sorted(int(p.stem.split("_")[1]) for p in path.parent.glob("model_*.safetensors"))
        raise UserError(
            f"{run_path.name} kept no weights at step {step}; use --at with one of {kept}"
        )
    return {
        name.removeprefix(f"{domain}."): tensor
        for name, tensor in load_file(path).items()
        if name.startswith(f"{domain}.")
    }
