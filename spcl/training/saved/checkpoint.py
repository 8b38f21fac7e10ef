"""Write and read what a run needs to continue; outside the contract of the run on disk.

A checkpoint may be damaged or come from a stranger: it is read through the checksums of its
archive, holds tensors and plain values only, and must fit the run. The one before the last is kept.
"""

import contextlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from spcl.errors import DivergedError, UserError
from spcl.store.errors import DamagedError
from spcl.store.formats.files import plain
from spcl.store.formats.own_files import open_own, own_entries, own_stat, read_own
from spcl.store.formats.own_writes import make_own_folder, remove_own, write_own
from spcl.store.schema import CHECKPOINT_FILE, CHECKPOINTS_FOLDER

LAST_FILE = CHECKPOINT_FILE
PREVIOUS_FILE = "previous.pt"
WARMUP_FILE = "warmup.pt"
MOST_BYTES = 20_000_000_000


def save_checkpoint(run_path: Path, state: dict[str, Any], *, name: str = LAST_FILE) -> None:
    """Write the full training state; a process killed meanwhile leaves the one before.

    Raises:
        DivergedError: the state holds numbers that are not finite; nothing is written.
    """
    wrong = _not_finite(state)
    if wrong is not None:  # the one before stays; this one could not be read
        raise DivergedError(f"the state of the training ({wrong})")
    path = run_path / CHECKPOINTS_FOLDER / name
    make_own_folder(path.parent, within=run_path)
    if name == LAST_FILE:
        _keep_previous(path, run_path)
    write_own(path, lambda stream: _save(state, stream), within=run_path)


def _save(state: dict[str, Any], stream: BinaryIO) -> None:
    """Save to a stream; what the system refused is raised as it was, not as torch's consequence."""
    try:
        torch.save(state, stream)
    except RuntimeError as error:
        if isinstance(error.__context__, OSError):
            raise error.__context__ from None
        raise


def _keep_previous(path: Path, run_path: Path) -> None:
    """Give the last checkpoint its second name, so that it stays when the new one takes its own."""
    if own_stat(path, within=run_path) is None:
        return
    previous, temporary = (
        path.with_name(PREVIOUS_FILE),
        path.with_name(f".{PREVIOUS_FILE}.{os.getpid()}.tmp"),
    )
    temporary.unlink(missing_ok=True)
    try:
        os.link(path, temporary, follow_symlinks=False)
    except OSError:  # a file system without hard links
        write_own(previous, read_own(path, within=run_path, most_bytes=MOST_BYTES), within=run_path)
    else:
        temporary.replace(previous)
        temporary.unlink(
            missing_ok=True
        )  # where both name one file already, replacing does nothing


def load_checkpoint(run_path: Path, *, name: str = LAST_FILE) -> dict[str, Any]:
    """Read a training state of tensors and plain values.

    Raises:
        UserError: there is none, or it is damaged; says whether the one before it can be used.
    """
    path = run_path / CHECKPOINTS_FOLDER / name
    if not os.path.lexists(path):
        raise UserError(
            f"{run_path} has no {CHECKPOINTS_FOLDER}/{name}; only a run that got that far "
            "can be continued; start a new one with: python -m spcl adapt CONFIG.toml"
        )
    try:
        state = _read_state(path, run_path)
    except UserError as error:
        raise UserError(f"{error}; {_way_on(run_path, name)}") from None
    for part in (state, state.get("adversary") or {}):
        if "optimiser" in part:  # the spelling of checkpoints up to 2026-11
            part["optimizer"] = part.pop("optimiser")
    return state


def _read_state(path: Path, run_path: Path) -> dict[str, Any]:
    """Return a state whose bytes are those that were written (UserError without what to do)."""
    try:
        with open_own(path, within=run_path, most_bytes=MOST_BYTES) as stream:
            _require_whole(stream)
            stream.seek(0)
            state = torch.load(stream, map_location="cpu", weights_only=True)
    except DamagedError as error:
        raise UserError(str(error)) from None
    except Exception as error:  # a changed byte can make a decoder raise nearly anything
        raise UserError(f"{path} is damaged ({plain(error)[:120]})") from None
    if not isinstance(state, dict) or type(state.get("step")) is not int or state["step"] < 0:
        raise UserError(f"{path} holds no state of a training")
    wrong = _not_finite(state)
    if wrong is not None:
        raise UserError(f"{path} holds numbers that are not finite ({wrong})")
    return state


def _require_whole(stream: Any) -> None:
    """Raise ValueError unless every record of the archive has the checksum it was written with."""
    with zipfile.ZipFile(stream) as archive:
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
            raise ValueError("compressed records")  # not ours, and they may unpack without end
        damaged = archive.testzip()
    if damaged is not None:
        raise ValueError(f"the checksum of {damaged} does not fit")


def _not_finite(state: dict[str, Any]) -> str | None:
    """Return the name of the first tensor with a number that is not finite."""
    return next((name for name, value in _tensors(state) if not _is_sound(value)), None)


def _tensors(value: Any, name: str = "") -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _tensors(part, f"{name}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _tensors(part, f"{name}.{index}".lstrip("."))


def _is_sound(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(torch.isfinite(tensor).all())


def _way_on(run_path: Path, name: str) -> str:
    """Return what to do about a damaged checkpoint."""
    path = run_path / CHECKPOINTS_FOLDER / PREVIOUS_FILE
    if name == LAST_FILE:
        with contextlib.suppress(UserError):
            step = _read_state(path, run_path)["step"]
            return f"add --previous to go on from step {step:,}, kept in {PREVIOUS_FILE}"
    return "start a new run"


def weights_path(run_path: Path, step: int) -> Path:
    """Return where the observed model's weights of `step` are kept (before_step and the end)."""
    return run_path / CHECKPOINTS_FOLDER / f"model_{step:07d}.safetensors"


def save_weights(run_path: Path, step: int, models: dict[str, nn.Module]) -> None:
    """Write the weights of the model observed in each domain ("source", "target")."""
    path = weights_path(run_path, step)
    weights = {
        f"{domain}.{name}": tensor.cpu().contiguous().clone()
        for domain, model in models.items()
        for name, tensor in model.state_dict().items()
    }
    make_own_folder(path.parent, within=run_path)
    write_own(path, save(weights), within=run_path)


def remove_weights(run_path: Path, step: int) -> None:
    """Remove the weights of `step`, if they are there: others are the run's result now."""
    remove_own(weights_path(run_path, step), within=run_path)


def load_weights(run_path: Path, step: int, domain: str) -> dict[str, Tensor]:
    """Read the weights with which `domain` was observed at `step` (UserError: none, damaged)."""
    path = weights_path(run_path, step)
    if own_stat(path, within=run_path) is None:
        names = own_entries(path.parent, within=run_path)
        kept = sorted(
            int(name[len("model_") : -len(".safetensors")])
            for name in names
            if name.startswith("model_") and name.endswith(".safetensors")
        )
        raise UserError(
            f"{run_path.name} kept no weights at step {step}; use --at with one of {kept}"
        )
    try:
        weights = load(read_own(path, within=run_path, most_bytes=MOST_BYTES))
    except Exception as error:
        raise UserError(f"{path} is damaged ({plain(error)[:120]}); copy the run again") from None
    return {
        name.removeprefix(f"{domain}."): tensor
        for name, tensor in weights.items()
        if name.startswith(f"{domain}.")
    }
