"""Comparisons that are trained: resumed, branched, side by side, and begun fairly."""

import shutil

import numpy as np
import pytest

from spcl.ablation.arms import parse_arms
from spcl.ablation.jobs import train_side_by_side
from spcl.ablation.plan import make_plan
from spcl.ablation.scores import gap_closed, score_of, scores_of
from spcl.ablation.training import Failures, train
from spcl.data.batches.loaders import RareClassSampler
from spcl.data.domains import Domains
from spcl.errors import UserError
from spcl.training.batches import Batches
from spcl.training.processes.interrupt import Stopped
from spcl.training.saved.checkpoint import LAST_FILE, WARMUP_FILE, load_checkpoint
from tests.support.tiny_training import assert_equal_states, settings


def planned(root, runs, *words, arms="source_only,adabn,spcl,oracle", seeds=(0,)):
    return make_plan(
        settings(root, *words),
        arms=parse_arms(arms),
        seeds=list(seeds),
        runs_dir=runs,
        name="tiny",
    )


def silent(*_):
    """Hear of updates and say nothing."""


def weights(run):
    return load_checkpoint(run.path, name=LAST_FILE)["student"]


@pytest.mark.long
@pytest.mark.slow
def test_parts_in_any_order_and_place_end_as_one_comparison_does(root, tmp_path):
    whole = planned(root, tmp_path / "whole")
    train(whole.runs, on_run=silent)

    parts = tmp_path / "parts"
    train(planned(root, parts, arms="oracle").runs, on_run=silent)
    moved, root_moved = tmp_path / "parts-moved", tmp_path / "pair-moved"
    shutil.move(parts, moved)
    shutil.copytree(root, root_moved)

    def stop(run, step, *_):
        if run.label.startswith("spcl") and step == 6:
            raise Stopped

    with pytest.raises(Stopped):
        train(planned(root, moved, arms="spcl,source_only").runs, on_run=stop)
    shutil.rmtree(root)
    plan = planned(root_moved, moved)
    assert [run.is_done for run in plan.runs] == [False, False, True]
    train(plan.runs, on_run=silent)
    for ours, theirs in zip(plan.runs, whole.runs, strict=True):
        assert_equal_states(weights(ours), weights(theirs))
    again = planned(root_moved, moved)
    assert all(run.is_done for run in again.runs)
    assert [s.mean_iou for s in scores_of(again)] == [s.mean_iou for s in scores_of(plan)]


@pytest.mark.long
@pytest.mark.slow
def test_side_by_side_is_the_same_as_one_by_one(root, tmp_path):
    one, two = planned(root, tmp_path / "one"), planned(root, tmp_path / "two")
    train(one.runs, on_run=silent)
    heard = {}
    train_side_by_side(
        two.runs, jobs=2, on_run=lambda run, step, *_: heard.update({run.label: step})
    )
    assert heard == dict.fromkeys(("spcl, seed 0", "source_only, seed 0", "oracle, seed 0"), 8)
    for ours, theirs in zip(one.runs, two.runs, strict=True):
        assert_equal_states(weights(ours), weights(theirs))


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_one_run_that_fails_does_not_take_the_others_down(root, tmp_path, jobs):
    plan = planned(root, tmp_path / "runs", arms="source_only,spcl")
    plan.runs[0].path.mkdir(parents=True)  # somebody else took its name meanwhile
    with pytest.raises(UserError, match=r"^spcl, seed 0: .* the same command goes on from there"):
        if jobs == 1:
            train(plan.runs, on_run=silent)
        else:
            train_side_by_side(plan.runs, jobs=jobs, on_run=silent)
    assert planned(root, tmp_path / "runs", arms="source_only").runs[0].is_done


@pytest.mark.slow
def test_a_branch_with_a_fixed_weight_has_that_weight(root, tmp_path):
    arms = "spcl"
    first = planned(root, tmp_path, "contrast.start=adapt", arms=arms)
    train(first.runs, on_run=silent)
    second = planned(root, tmp_path, "contrast.start=adapt", "contrast.weight=0.3", arms=arms)
    assert second.runs[0].warmup == first.runs[0].path
    train(second.runs, on_run=silent)
    state = load_checkpoint(second.runs[0].path, name=LAST_FILE)
    assert state["contrast_weight"]["weight"] == 0.3
    warm = load_checkpoint(first.runs[0].path, name=WARMUP_FILE)
    assert warm["contrast_weight"]["weight"] == 0.0


@pytest.mark.long
def test_source_only_is_read_with_the_statistics_of_the_source_and_adabn_is_not(root, tmp_path):
    plan = planned(root, tmp_path, "normalization.target_statistics=false")
    train(plan.runs, on_run=silent)
    scores = {one.arm: one for one in scores_of(plan)}
    read_with = {name: one.statistics for name, one in scores.items()}
    assert read_with == {
        "source_only": "source",
        "adabn": "target",
        "spcl": "source",
        "oracle": "target",
    }
    assert scores["source_only"].run.path == scores["adabn"].run.path
    recorded = scores["adabn"].run.snapshot(8).scores
    assert scores["adabn"].mean_iou == recorded["target"]["mean_iou"]
    assert scores["source_only"].mean_iou == recorded["target_source_statistics"]["mean_iou"]
    arms = {name: [one] for name, one in scores.items()}
    assert gap_closed(arms, "oracle") == 1
    assert gap_closed(arms, "source_only") == 0
    assert gap_closed({"spcl": arms["spcl"]}, "spcl") is None
    seconds = scores["spcl"].seconds
    assert seconds is not None
    assert seconds > 0
    before = next(arm for arm in parse_arms("before"))
    assert score_of(scores["spcl"].run, before).seconds is None


def test_an_oracle_draws_its_target_as_it_draws_its_source(shared_pair):
    for sampling, is_rare in (("rare_class", True), ("uniform", False)):
        config = settings(shared_pair, "adapt.arm=oracle", f"data.sampling={sampling}")
        batches = Batches(config, Domains.open(config))
        assert (batches.target.draw.rare is not None) == is_rare
        if is_rare:
            counts = batches.domains.target_counts
            draws = [batches.target.draw.rare.draw(np.random.default_rng(i)) for i in range(20)]
            same = [RareClassSampler(counts).draw(np.random.default_rng(i)) for i in range(20)]
            assert draws == same
        batches.close()
    config = settings(shared_pair)
    batches = Batches(config, Domains.open(config))
    assert batches.target.draw.rare is None
    batches.close()


def test_failures_are_said_together(root, tmp_path):
    failures, plan = Failures(), planned(root, tmp_path, arms="source_only,spcl")
    failures.require_none()
    for run in plan.runs:
        with failures.kept(run):
            raise UserError("the disk is full")
    with pytest.raises(UserError, match=r"^spcl, seed 0: the disk is full \(and 1 more of the run"):
        failures.require_none()
