"""What a comparison needs, what is there already, and what cannot be compared."""

import shutil

import pytest

from spcl import launch
from spcl.ablation.arms import arm_config, built_in, minus, parse_arms, switched
from spcl.ablation.plan import known_runs, make_plan
from spcl.errors import UserError
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import settings


def planned(root, runs, *words, arms="spcl", seeds=(0,), more=()):
    return make_plan(
        settings(root, *words),
        arms=[*parse_arms(arms), *more],
        seeds=list(seeds),
        runs_dir=runs,
        name="tiny",
    )


def begun(root, runs, name, *words, arm="spcl"):
    """Leave the folder of an arm's run that has only begun, under another name than its own."""
    config = arm_config(settings(root, *words), built_in(arm), seed=0)
    adaptation = launch.start(config, runs_dir=runs, run_id=name)
    adaptation.recorder.end("stopped")
    adaptation.batches.close()


def folders(plan):
    return [run.path.name for run in plan.runs]


def test_every_arm_and_seed_has_its_run_and_a_warm_up_to_take_over(root, tmp_path):
    plan = planned(root, tmp_path, arms="before,source_only,adabn,spcl,oracle", seeds=(0, 1))
    assert folders(plan) == [
        *("tiny-spcl-seed0", "tiny-source-only-seed0", "tiny-oracle-seed0"),
        *("tiny-spcl-seed1", "tiny-source-only-seed1", "tiny-oracle-seed1"),
    ]
    takes_over = [run.warmup and run.warmup.name for run in plan.runs]
    assert takes_over == [
        *(None, None, "tiny-source-only-seed0", None, None, "tiny-source-only-seed1"),
    ]
    assert [run.first_step for run in plan.runs[:3]] == [0, 0, 4]


def test_arms_that_come_to_the_same_are_trained_once(root, tmp_path):
    more = [*switched("contrast.adapt_ratio=0.2,0"), minus("contrast"), minus("adapt_contrast")]
    plan = planned(root, tmp_path, arms="self_training,spcl", more=more)
    assert folders(plan) == [
        *("tiny-spcl-seed0", "tiny-self-training-seed0", "tiny-contrast.adapt-ratio-0-seed0"),
    ]
    place = {name: at for (name, _), at in plan.places.items()}
    assert place["contrast.adapt_ratio=0.2"] == place["spcl"]
    assert place["minus contrast"] == place["self_training"]
    assert place["minus adapt_contrast"] == place["contrast.adapt_ratio=0"]


@pytest.mark.slow
def test_a_run_is_found_by_what_shaped_it_whatever_it_is_called(root, tmp_path):
    begun(root, tmp_path, "anything", "record.every=1", "title=other", "threads=1")
    (run,) = planned(root, tmp_path).runs
    assert run.path.name == "anything"
    assert run.known is not None
    assert not run.is_done
    (run,) = planned(root, tmp_path, "adapt.target_weight=1.0").runs
    assert run.known is None


@pytest.mark.slow
def test_a_run_is_found_where_data_and_folder_were_moved_to(root, tmp_path):
    begun(root, tmp_path / "runs", "one")
    moved = shutil.move(root, tmp_path / "pair-moved")
    runs = shutil.move(tmp_path / "runs", tmp_path / "runs-moved")
    (run,) = planned(moved, runs).runs
    assert run.known is not None


def test_a_folder_that_holds_something_else_is_left_alone(root, tmp_path):
    begun(root, tmp_path, "tiny-spcl-seed0", "adapt.steps=2")
    (tmp_path / "tiny-source-only-seed0").mkdir()
    plan = planned(root, tmp_path, arms="source_only,spcl")
    assert [run.known for run in plan.runs] == [None, None]
    for run in plan.runs:
        assert run.path.name.endswith(run.names.run[:8])


def test_runs_that_cannot_be_read_are_left_out(root, tmp_path):
    begun(root, tmp_path, "good")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "run.json").write_text("{")
    assert [one.path.name for one in known_runs(tmp_path)] == ["good"]
    assert list(known_runs(tmp_path / "nothing")) == []


def test_what_cannot_be_compared_is_said_before_anything_is_trained(tmp_path):
    root = write_tiny_pair(tmp_path / "pair", target_train_labels=False)
    with pytest.raises(UserError, match=r"oracle learn.* --arms spcl"):
        planned(root, tmp_path / "runs", arms="spcl,oracle")
    assert len(planned(root, tmp_path / "runs").runs) == 1
    shutil.rmtree(root / "target" / "val" / "labels")
    with pytest.raises(UserError, match="target/val has no labels, so no arm can be scored"):
        planned(root, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_switches_that_change_nothing_get_a_sentence(root, tmp_path):
    with pytest.raises(UserError, match="--minus contrast changes nothing"):
        planned(root, tmp_path, "contrast.weight=0.0", more=[minus("contrast")])
    with pytest.raises(UserError, match=r"--set contrast.temperature=0.5 changes no weights"):
        planned(root, tmp_path, "contrast.weight=0.0", more=switched("contrast.temperature=0.5"))


def test_runs_scored_in_another_way_are_not_taken_for_these(root, tmp_path):
    begun(root, tmp_path, "scored")
    with pytest.raises(UserError, match=r"has these weights, but was scored with .* --runs"):
        planned(root, tmp_path, "evaluate.flip=true")
