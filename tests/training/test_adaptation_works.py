"""What the method is for, on the drawn pair: real trainings, sound ones and troubled ones."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from spcl import adapt, launch
from spcl.analysis import all_events
from spcl.analysis.formulas import margins
from spcl.analysis.measures.table import context_of
from spcl.config import load_config
from spcl.method.prototypes import PrototypeBank
from spcl.method.pseudo_labels import ConfidenceHistogram, PseudoLabels
from spcl.store.reader import Run
from spcl.store.schema import DOMAINS
from spcl.training.target import labels as target_labels
from tests import ROOT

CONFIG = ROOT / "configs" / "streets.toml"
ONCE = ["threads=1", "record.probe_images=30"]
PLAN = ["adapt.steps=80", "record.every=40"]
TROUBLED = ["adapt.steps=24", "record.every=12"]
SMALL = ["data.size=[64, 128]", "warmup.steps=60", "adapt.steps=40", "adapt.target_batch=4"]
AS_RELEASED = [
    *("prototypes.momentum=0.1", "prototypes.normalize=false", "prototypes.min_pixels=1"),
    *("adapt.source_batch=1", 'data.sampling="uniform"', "record.every=10"),
]
RARE, COMMON, TARGET = "rider", "car", DOMAINS.index("target")
Trained = Callable[[int], Run]
Alarm = tuple[int, str, str | None]

pytestmark = pytest.mark.long


def in_process_of(seed: int) -> pytest.MarkDecorator:
    """Return the mark of a test that shares a process, and so the training, with this seed's."""
    return pytest.mark.xdist_group(f"seed {seed}")


def seeds(*numbers: int) -> pytest.MarkDecorator:
    """Return the parameter `seed`."""
    return pytest.mark.parametrize(
        "seed", [pytest.param(number, marks=in_process_of(number)) for number in numbers]
    )


def trained(folder: Path, name: str, *words: str) -> Run:
    config = load_config(CONFIG, [*ONCE, *words])
    adapt.run_to_end(launch.start(config, runs_dir=folder, run_id=name))
    return Run(folder / name)


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Return `healthy(seed)`, a run with the default warm-up and a short adaptation."""
    folder = tmp_path_factory.mktemp("healthy")
    return cache(lambda seed: trained(folder, f"seed-{seed}", *PLAN, f"seed={seed}"))


def target_iou(run: Run) -> float:
    return float(run.snapshot(run.steps()[-1]).scores["target"]["mean_iou"])


@seeds(0, 1)
def test_adapted_is_better_at_the_target_than_the_source_alone(
    tmp_path: Path, healthy: Trained, seed: int
) -> None:
    adapted = healthy(seed)
    words = [f"seed={seed}", f"warmup.start={adapted.path}", "record.every=1000"]
    source_only = trained(tmp_path, "alone", *PLAN, 'adapt.arm="source_only"', *words)
    assert target_iou(adapted) > target_iou(source_only)


@seeds(0, 1, 2)
def test_a_healthy_training_raises_no_alarm(healthy: Trained, seed: int) -> None:
    """Seeds 3 and 4: `python -m benchmarks.trial_events healthy SEED ...`."""
    assert all_events(healthy(seed)) == []


@pytest.fixture
def troubled(tmp_path: Path, healthy: Trained) -> Callable[[], list[Alarm]]:
    """Return a function that trains on from a sound warm-up and returns what alarms are raised.

    Two snapshots; an alarm is (its number, kind, class).
    """

    def train() -> list[Alarm]:
        run = trained(tmp_path, "run", *TROUBLED, f"warmup.start={healthy(0).path}")
        before, *after = run.steps()
        assert (before, len(after)) == (run.info().before_step, 2)
        return [(after.index(e.step) + 1, e.kind, e.class_name) for e in all_events(run)]

    return train


@in_process_of(0)
def test_shuffled_pseudo_labels_raise_an_alarm_that_needs_no_labels(
    troubled: Callable[[], list[Alarm]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shuffled(
        confidence: torch.Tensor, labels: torch.Tensor, thresholds: torch.Tensor
    ) -> PseudoLabels:
        order = torch.randperm(labels.numel(), generator=torch.Generator().manual_seed(0))
        mixed = labels.flatten()[order].view_as(labels)
        return PseudoLabels(mixed, torch.ones_like(confidence), torch.ones_like(labels).bool())

    monkeypatch.setattr(target_labels, "pseudo_labels", shuffled)
    alarms = troubled()
    assert {(1, "labels_not_learnt", None), (2, "labels_not_learnt", None)} <= set(alarms)


@in_process_of(0)
def test_prototypes_that_fall_together_raise_both_alarms_of_a_collapse(
    troubled: Callable[[], list[Alarm]], monkeypatch: pytest.MonkeyPatch
) -> None:
    update = PrototypeBank.update

    def collapsing(self: PrototypeBank, features: torch.Tensor, shares: torch.Tensor) -> None:
        update(self, features, shares)
        self.vectors = F.normalize(self.vectors + 0.2 * self.vectors.mean(0), dim=1)

    monkeypatch.setattr(PrototypeBank, "update", collapsing)
    assert {"prototypes_close", "rank_falls"} <= {kind for _, kind, _ in troubled()}


@in_process_of(0)
def test_a_class_whose_threshold_nothing_reaches_starves_and_no_other(
    troubled: Callable[[], list[Alarm]], healthy: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_id = healthy(0).info().label_space.names.index(COMMON)
    thresholds = ConfidenceHistogram.thresholds

    def out_of_reach(self: ConfidenceHistogram, **options: float) -> torch.Tensor:
        found = thresholds(self, **options).clone()
        found[class_id] = 2.0
        return found

    monkeypatch.setattr(ConfidenceHistogram, "thresholds", out_of_reach)
    assert [alarm for alarm in troubled() if alarm[1] == "class_starves"] == [
        (2, "class_starves", COMMON)
    ]


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
