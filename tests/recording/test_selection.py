import json
import math

import pytest
import torch

from spcl import adapt, launch
from spcl.commands import main
from spcl.config import make_config
from spcl.recording.quality_signs import QualitySigns
from spcl.store.reader import Run
from spcl.training.observed.selection import BestSnapshot
from tests.support.tiny_pair import write_tiny_pair


def signs_of(logits, features=None):
    signs = QualitySigns(torch.eye(3), torch.ones(3, dtype=torch.bool))
    signs.add(logits, features if features is not None else torch.ones(3, *logits.shape[1:]))
    return signs.values()


def test_entropy_is_one_when_undecided_and_none_when_sure():
    assert signs_of(torch.zeros(3, 2, 2))["entropy"] == pytest.approx(1)
    sure = torch.zeros(3, 2, 2)
    sure[0] = 50
    assert signs_of(sure)["entropy"] == pytest.approx(0, abs=1e-6)


def test_information_maximization_wants_sure_and_varied_predictions():
    varied, collapsed = torch.zeros(3, 1, 3), torch.zeros(3, 1, 3)
    varied[0, 0, 0] = varied[1, 0, 1] = varied[2, 0, 2] = collapsed[0] = 50
    assert signs_of(varied)["information_maximization"] == pytest.approx(1)
    assert signs_of(collapsed)["information_maximization"] == pytest.approx(0, abs=1e-6)


def test_agreements_count_cells():
    logits, features = torch.zeros(3, 1, 4), torch.zeros(3, 1, 4)
    logits[0], features[0, 0, :3], features[1, 0, 3] = 1, 1, 1
    signs = QualitySigns(torch.eye(3), torch.ones(3, dtype=torch.bool))
    signs.add(logits, features)
    other = logits.clone()
    other[2, 0, :2] = 5
    signs.compare(logits[None], other[None])
    assert signs.values()["prototype_agreement"] == 0.75
    assert signs.values()["teacher_agreement"] == 0.5


def scored(entropy=None, miou=None):
    return {"selection": {"entropy": entropy}, "target": {"mean_iou": miou}}


def test_the_choice_follows_its_sign_in_the_right_direction():
    choice = BestSnapshot("entropy")
    found = [choice.is_better(step, scored(e)) for step, e in ((1, 0.5), (2, 0.6), (3, 0.4))]
    assert found == [True, False, True]
    assert "step 3" in choice.note()


def test_last_and_missing_signs_choose_nothing():
    assert not BestSnapshot("last").is_better(1, scored(0.5, 0.5))
    assert not BestSnapshot("target_miou").is_better(1, scored(0.5, None))
    assert not BestSnapshot("target_miou").is_better(1, scored(0.5, math.nan))
    assert BestSnapshot("last").note() is None


SMALL = [
    *("data.kind=folder", "data.size=[32, 64]", "threads=1", "warmup.batch=2", "warmup.steps=2"),
    *("adapt.steps=4", "adapt.source_batch=2", "adapt.target_batch=2", "record.every=1"),
    *("record.probe_images=3", "record.probe_pixels=200", "record.pixels_per_class=20"),
    "prototypes.min_pixels=1",
]


@pytest.mark.long
@pytest.mark.slow
def test_a_run_selected_with_target_labels_says_so_and_keeps_those_weights(tmp_path, capsys):
    root = write_tiny_pair(tmp_path / "pair")
    words = [*SMALL, f"data.root={root}", 'select.by="target_miou"']
    adapt.run_to_end(launch.start(make_config({}, words), runs_dir=tmp_path, run_id="run"))
    run = Run.open(tmp_path / "run")
    scores = {s: run.snapshot(s).scores["target"]["mean_iou"] for s in run.steps() if s > 2}
    best = max(scores, key=lambda step: (scores[step], -step))
    (note,) = run.info().notes
    assert note.startswith(f"Selected with target labels: the result is step {best},")
    assert (run.path / "checkpoints" / f"model_{best:07d}.safetensors").is_file()
    for command in (["evaluate", str(run.path), "--json"], ["analyse", str(run.path), "--json"]):
        capsys.readouterr()
        assert main(command) == 0
        assert json.loads(capsys.readouterr().out)["notes"] == [note]


@pytest.mark.slow
def test_every_snapshot_scores_the_prototypes_beside_the_classifier(tmp_path):
    root = write_tiny_pair(tmp_path / "pair")
    words = [*SMALL, f"data.root={root}"]
    adapt.run_to_end(launch.start(make_config({}, words), runs_dir=tmp_path, run_id="run"))
    run = Run.open(tmp_path / "run")
    last = run.snapshot(6).scores
    assert 0 <= last["target"]["prototype_readout"]["mean_iou"] <= 1
    assert set(last["selection"]) == {
        *("entropy", "information_maximization", "prototype_agreement", "teacher_agreement")
    }
    assert all(0 <= value <= 1 for value in last["selection"].values())
    assert run.info().notes == ()
