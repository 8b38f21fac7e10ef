"""Read everything a run recorded and say what is wrong with it: one sentence a fault."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from spcl.store import schema
from spcl.store.errors import StoreError
from spcl.store.formats.digests import changed_files
from spcl.store.formats.jsonl import MOST_FILE_BYTES
from spcl.store.formats.own_files import is_own_folder, open_own
from spcl.store.observed import Probe, Snapshot
from spcl.store.reader import Run
from spcl.store.schema import RunInfo


def faults(run: Run) -> Iterator[str]:
    """Yield one sentence for each fault of a run; a sound run yields none.

    Everything is read: run.json, every row of metrics, the probe, and of every snapshot the
    digests, the shapes and the step. Checkpoints are not.

    The run need not have ended.
    """
    try:
        info = run.info()
        probe = run.probe()
        yield from _probe_faults(probe)
        yield from _row_faults(run)
    except StoreError as error:
        yield str(error)
        return
    snapshots = run.path / schema.SNAPSHOTS_FOLDER
    if not is_own_folder(snapshots, within=run.path):
        yield f"{snapshots} is missing or a link, so no snapshot can be read; copy the run again"
    for step in run.folders():
        found = list(_snapshot_faults(run, step, probe, info))
        if step in run.folders():  # else its training has removed it meanwhile
            yield from found


def _probe_faults(probe: Probe) -> Iterator[str]:
    counts = {name: len(values) for name, values in probe.pixels.items()}
    image = probe.pixels["image"]
    if len(image) and not 0 <= image.min() <= image.max() < len(probe.images):
        yield f"{probe.path / schema.PIXELS_FILE} names images that {schema.PROBE_FILE} does not"
    if len(set(counts.values())) > 1:
        yield f"{probe.path / schema.PIXELS_FILE} has arrays of different length"
    for entry in probe.images:
        size = entry.height, entry.width
        yield from _shape_fault(partial(probe.picture, entry.key), (*size, 3), probe.path)
        if entry.has_label:
            yield from _shape_fault(partial(probe.label, entry.key), size, probe.path)


def _row_faults(run: Run) -> Iterator[str]:
    tail = run.metrics()
    with (
        suppress(FileNotFoundError),
        open_own(tail.path, within=run.path, most_bytes=MOST_FILE_BYTES),
    ):
        pass  # a link or a pipe reads as no rows; here it is named
    tail.read()
    if tail.skipped:
        yield f"{tail.path} has {tail.skipped:,} lines that are no rows; they are left out"


def _snapshot_faults(run: Run, step: int, probe: Probe, info: RunInfo) -> Iterator[str]:
    try:
        snapshot = run.snapshot(step)
        changed = changed_files(snapshot.path, within=run.path)
        if changed:
            yield (
                f"{snapshot.path} has {len(changed)} files that are missing or not what was "
                f"published, such as {changed[0]}; copy the run again"
            )
            return
        yield from _shape_faults(snapshot, probe, info)
    except StoreError as error:
        yield str(error)


def _shape_faults(snapshot: Snapshot, probe: Probe, info: RunInfo) -> Iterator[str]:
    num_classes = len(info.label_space)
    num_pixels = len(probe.pixels["image"])
    arrays = {
        schema.FEATURES_FILE: (len(snapshot.features), num_pixels),
        schema.PREDICTIONS_FILE: (len(snapshot.predictions["class_id"]), num_pixels),
        schema.PROTOTYPES_FILE: (len(snapshot.prototypes["vectors"]), num_classes),
    }
    for name, (found, wanted) in arrays.items():
        if found != wanted:
            yield f"{snapshot.path / name} has {found:,} rows, and {wanted:,} belong there"
    if not np.isfinite(snapshot.features).all():
        yield f"{snapshot.path / schema.FEATURES_FILE} holds values that are not finite"
    for domain in schema.DOMAINS:
        confusion = np.asarray((snapshot.scores.get(domain) or {}).get("confusion", ()))
        if confusion.size and confusion.shape != (num_classes, num_classes):
            yield f"{snapshot.path / schema.SCORES_FILE} has no {num_classes} classes in {domain}"
    for entry in probe.images:
        size = entry.height, entry.width
        yield from _shape_fault(partial(snapshot.mask, entry.key), size, snapshot.path)
        if "confidence" not in info.absent:
            yield from _shape_fault(partial(snapshot.confidence, entry.key), None, snapshot.path)


def _shape_fault(
    read: Callable[[], Any], shape: tuple[int, ...] | None, where: Path
) -> Iterator[str]:
    try:
        found = read().shape
    except StoreError as error:
        yield str(error)
        return
    if shape is not None and found != shape:
        yield f"a picture in {where} is {found}, and {shape} belongs there; copy the run again"
