"""Record what a run is compared with; the run itself may be finished, or still training."""

from collections.abc import Sequence

from spcl.store.baselines.reader import (
    BASELINES_FILE,
    TARGET_SPLIT,
    Baseline,
    read_baselines,
)
from spcl.store.errors import StoreError, writing
from spcl.store.formats.encoding import json_bytes
from spcl.store.formats.own_writes import write_own
from spcl.store.reader import Run


def record_baselines(run: Run, found: Sequence[Baseline]) -> None:
    """Add `found` to the baselines of `run`; one of the same name and seed is replaced.

    Raises:
        StoreError: one counts other classes or images than `run`, or nothing can be written.
    """
    for baseline in found:
        _require_comparable(run, baseline)
    kept = [one for one in read_baselines(run) if _key(one) not in set(map(_key, found))]
    content = {"split": TARGET_SPLIT, "baselines": [one.to_json() for one in (*kept, *found)]}
    with writing(run.path):
        write_own(run.path / BASELINES_FILE, json_bytes(content), within=run.path)


def _key(baseline: Baseline) -> tuple[str, int]:
    return baseline.name, baseline.seed


def require_same_data(run: Run, other: Run) -> None:
    """Refuse two runs whose scores are of different images (StoreError)."""
    ours, theirs = (one.info().data or {} for one in (run, other))
    sizes = ours.get("names_and_sizes"), theirs.get("names_and_sizes")
    if None not in sizes and sizes[0] != sizes[1]:
        raise StoreError(
            f"{run.path} and {other.path} are trained on different files ({ours.get('root')}, "
            f"{theirs.get('root')}); only scores on the same images can be compared"
        )


def _require_comparable(run: Run, baseline: Baseline) -> None:
    names, steps = run.info().label_space.names, run.steps()
    if set(baseline.per_class_iou) != set(names):
        raise StoreError(
            f"{baseline.run} has other classes than {run.path}; only scores over the same classes "
            "can be compared"
        )
    target = run.snapshot(steps[-1]).scores.get("target") if steps else None
    if target is not None and target["num_images"] != baseline.num_images:
        raise StoreError(
            f"{baseline.run} is scored on {baseline.num_images} images of {TARGET_SPLIT}, "
            f"{run.path} on {target['num_images']}; only scores on the same images can be compared"
        )
