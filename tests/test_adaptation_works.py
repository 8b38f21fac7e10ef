"""What the method is for, on the drawn pair: small real trainings, several seeds."""

from pathlib import Path

import numpy as np
import pytest

from spcl import adapt, launch
from spcl.adapt import Adaptation
from spcl.analysis import margins
from spcl.analysis.table import context_of
from spcl.config import load_config
from spcl.store.reader import Run
from spcl.store.schema import DOMAINS

CONFIG = Path(__file__).parents[1] / "configs" / "streets.toml"
ONCE = ["threads=1", "record.probe_images=30"]
SMALL = ["data.size=[64, 128]", "warmup.steps=60", "adapt.steps=40", "adapt.target_batch=4"]
AS_RELEASED = [
    *("prototypes.momentum=0.1", "prototypes.normalise=false", "prototypes.min_pixels=1"),
    *("adapt.source_batch=1", 'data.sampling="uniform"', "record.every=10"),
]
RARE, TARGET = "rider", DOMAINS.index("target")


def trained(folder: Path, name: str, *words: str) -> Run:
    run: Adaptation = launch.start(
        load_config(CONFIG, [*ONCE, *words]), runs_dir=folder, run_id=name
    )
    adapt.conduct(run)
    return Run(folder / name)


def target_iou(run: Run) -> float:
    return float(run.snapshot(run.steps()[-1]).scores["target"]["mean_iou"])


def target_margin(run: Run, name: str) -> float:
    """Return the mean margin of a class's pixels on target, over the adaptation's snapshots."""
    context = context_of(run)
    inside = (context.truth == context.names.index(name)) & (context.domain == TARGET)
    assert inside.sum() > 20
    found = []
    for step in (step for step in run.steps() if step > run.info().before_step):
        snapshot, bank = run.snapshot(step), run.snapshot(step).prototypes
        similarity = margins.similarities(snapshot.features, bank["vectors"], bank["seen"])
        found.append(margins.margins(similarity, context.truth)[inside].mean())
    assert len(found) >= 4
    return float(np.mean(found))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_adapted_is_better_at_the_target_than_the_source_alone(tmp_path: Path, seed: int) -> None:
    plan = [f"seed={seed}", "record.every=1000", "warmup.steps=120", "adapt.steps=60"]
    adapted = trained(tmp_path, "spcl", *plan)
    start = f"warmup.start={tmp_path}/spcl"
    source_only = trained(tmp_path, "alone", *plan, 'adapt.arm="source_only"', start)
    assert target_iou(adapted) > target_iou(source_only)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_rare_class_has_a_larger_margin_if_absence_keeps_its_prototype(
    tmp_path: Path, seed: int
) -> None:
    margin = {
        absent: target_margin(
            trained(
                tmp_path,
                absent,
                *SMALL,
                *AS_RELEASED,
                f"seed={seed}",
                f'prototypes.absent="{absent}"',
            ),
            RARE,
        )
        for absent in ("keep", "decay")
    }
    assert margin["keep"] > margin["decay"], margin
