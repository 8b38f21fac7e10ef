"""Scalars of a TensorBoard log as rows of metrics; its own reader is an extra (tensorboard)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from spcl.errors import UserError
from spcl.recorder.more_rows import add_rows
from spcl.store.reader import Run


class Scalars(NamedTuple):
    """What was found in a log.

    Attributes:
        rows: step to names and values, with the time of the last one.
        names: tag to the name it has in the run.
    """

    rows: dict[int, dict[str, Any]]
    names: dict[str, str]


def import_scalars(log: Path, run: Run) -> Scalars:
    """Take the scalars of a log into a run that has ended; return them (UserError)."""
    scalars = read_scalars(log)
    add_rows(run, scalars.rows)
    return scalars


def read_scalars(log: Path) -> Scalars:
    """Return the scalars of all event files below a folder (UserError: none, or no reader)."""
    if not log.exists():
        raise UserError(f"{log} does not exist; name the folder of a TensorBoard log")
    rows: dict[int, dict[str, Any]] = {}
    names: dict[str, str] = {}
    for tag, step, wall_time, value in _events(log):
        names.setdefault(tag, metric_name(tag))
        row = rows.setdefault(int(step), {})
        row[names[tag]] = value
        row["time"] = max(row.get("time", ""), _utc(wall_time))
    if not rows:
        raise UserError(
            f"{log} holds no scalars of TensorBoard; name a folder with events.out.tfevents files"
        )
    twice = sorted(name for name in set(names.values()) if list(names.values()).count(name) > 1)
    if twice:
        tags = [tag for tag, name in names.items() if name == twice[0]]
        raise UserError(f"the tags {' and '.join(tags)} would both be {twice[0]}; rename one")
    return Scalars(rows, names)


def metric_name(tag: str) -> str:
    """Return the name of a tag in a run: losses begin with `loss/`, because those are drawn.

    Example:
        >>> [metric_name(tag) for tag in ("loss", "train/loss", "Loss/seg", "decode.loss_ce", "lr")]
        ['loss/total', 'loss/train', 'loss/seg', 'loss/decode_ce', 'lr']
    """
    parts = [part for part in re.split(r"[/_. -]+", tag.lower()) if part]
    if "loss" not in parts:
        return tag
    return f"loss/{'_'.join(part for part in parts if part != 'loss') or 'total'}"


def _utc(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")


def _events(log: Path) -> Iterator[tuple[str, int, float, float]]:
    """Yield tag, step, time and value of every scalar; folders below give their name to tags."""
    try:
        from tensorboard.backend.event_processing import event_accumulator
        from tensorboard.util import tensor_util
    except ImportError:
        raise UserError(
            "reading a TensorBoard log needs tensorboard, which is not installed; "
            "pip install tensorboard"
        ) from None
    top = log if log.is_dir() else log.parent
    files = sorted(log.rglob("*tfevents*")) if log.is_dir() else [log]
    guidance = {event_accumulator.SCALARS: 0, event_accumulator.TENSORS: 0}
    for folder in sorted({file.parent for file in files}):
        place = folder if log.is_dir() else log
        found = event_accumulator.EventAccumulator(str(place), size_guidance=guidance)
        found.Reload()
        below = folder.relative_to(top).as_posix()
        prefix = "" if below == "." else f"{below}/"
        for tag in found.Tags()["scalars"]:
            for one in found.Scalars(tag):
                yield prefix + tag, one.step, one.wall_time, float(one.value)
        for tag in found.Tags()["tensors"]:
            if found.SummaryMetadata(tag).plugin_data.plugin_name != "scalars":
                continue
            for one in found.Tensors(tag):
                value = float(tensor_util.make_ndarray(one.tensor_proto))
                yield prefix + tag, one.step, one.wall_time, value
