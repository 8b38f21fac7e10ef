"""Alarms of small real trainings: sound ones raise none, each planted trouble raises its own."""

from pathlib import Path

import pytest
import torch

from spcl import adapt, launch, learner
from spcl.analysis.worker import analyse
from spcl.config import load_config
from spcl.method.pseudo_labels import PseudoLabels, pseudo_labels
from spcl.objective import Objective
from spcl.store.derived import DerivedReader
from spcl.store.reader import Run

CONFIG = Path(__file__).parents[1] / "configs" / "streets.toml"
SMALL = ["threads=1", "data.size=[64, 128]", "warmup.steps=60", "adapt.steps=40", "record.every=10"]
STARVED = "car"


def trained(folder: Path, name: str, *words: str) -> Run:
    adapt.conduct(launch.start(load_config(CONFIG, [*SMALL, *words]), runs_dir=folder, run_id=name))
    run = Run(folder / name)
    analyse(run)
    return run


def alarms(run: Run) -> list[tuple[int, str, str | None]]:
    """Return (number of the snapshot since before, kind, class) of every event."""
    after = [step for step in run.steps() if step > (run.info().before_step or 0)]
    events = DerivedReader(run).events().read()
    return sorted((after.index(e["step"]) + 1, e["kind"], e["class"]) for e in events)


@pytest.fixture(scope="module")
def warm(tmp_path_factory) -> Path:
    """Return the folder of a run whose warm-up the troubled ones share."""
    folder = tmp_path_factory.mktemp("warm")
    trained(folder, "warm", "adapt.steps=1")
    return folder / "warm"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_healthy_training_raises_no_alarm(tmp_path: Path, seed: int) -> None:
    run = trained(tmp_path, "run", f"seed={seed}")
    assert DerivedReader(run).events().read() == []


def shuffled(confidence, labels, thresholds):
    order = torch.randperm(labels.numel(), generator=torch.Generator().manual_seed(0))
    mixed = labels.flatten()[order].view_as(labels)
    return PseudoLabels(mixed, torch.ones_like(confidence), torch.ones_like(labels).bool())


@pytest.mark.slow
def test_shuffled_pseudo_labels_raise_an_alarm_within_two_snapshots(
    tmp_path: Path, warm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner, "pseudo_labels", shuffled)
    run = trained(tmp_path, "run", f"warmup.start={warm}", "adapt.steps=20")
    print(alarms(run))
    assert alarms(run)


@pytest.mark.slow
def test_features_pulled_to_one_point_raise_the_alarms_of_a_collapse_within_two_snapshots(
    tmp_path: Path, warm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull(self, features, shares, bank):
        unit = torch.nn.functional.normalize(features.float(), dim=1)
        middle = torch.nn.functional.normalize(unit.mean((0, 2, 3)), dim=0)
        return 1 - torch.einsum("bchw,c->bhw", unit, middle.detach()).mean()

    monkeypatch.setattr(Objective, "contrast", pull)
    words = ["contrast.weight=20.0"]
    run = trained(tmp_path, "run", f"warmup.start={warm}", "adapt.steps=20", *words)
    print(alarms(run))
    assert {"prototypes_close"} <= {kind for _, kind, _ in alarms(run)}


@pytest.mark.slow
def test_a_class_without_pseudo_labels_starves_within_two_snapshots(
    tmp_path: Path, warm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_id = Run(warm).info().label_space.names.index(STARVED)

    def without(confidence, labels, thresholds):
        found = pseudo_labels(confidence, labels, thresholds)
        return found._replace(kept=found.kept & (found.labels != class_id))

    monkeypatch.setattr(learner, "pseudo_labels", without)
    run = trained(tmp_path, "run", f"warmup.start={warm}", "adapt.steps=20")
    print(alarms(run))
    assert (2, "class_starves", STARVED) in alarms(run)
