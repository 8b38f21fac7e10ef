"""Recording beside a training: the same bytes as at once, in order, and before any checkpoint."""

import json
import time

import numpy as np
import pytest

from spcl import adapt, launch
from spcl.commands import main
from spcl.errors import UserError
from spcl.recorder.in_order import InOrder
from spcl.store.baselines.reader import scored_at
from spcl.store.errors import StoreError
from spcl.store.reader import Run
from spcl.store.schema import SCORED_FILE
from spcl.store.validation import faults
from spcl.store.writer import RunWriter
from spcl.training.saved.checkpoint import load_checkpoint
from tests.support.tiny_training import assert_equal_states, settings, trained


def files_of(run_path):
    folder = run_path / "snapshots"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows_of(run_path):
    rows = [json.loads(line) for line in (run_path / SCORED_FILE).read_text().splitlines()]
    return [{key: value for key, value in row.items() if key != "time"} for row in rows]


@pytest.mark.slow
def test_a_thread_writes_the_same_bytes_as_the_training_itself(
    shared_pair, whole_run, tmp_path, monkeypatch
):
    _, beside = whole_run()
    monkeypatch.setattr(InOrder, "add", lambda _, work: work())
    trained(shared_pair, runs=tmp_path)
    assert files_of(tmp_path / "run") == files_of(beside)
    assert rows_of(tmp_path / "run") == rows_of(beside)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keep", "steps"), [("last 1", [4, 8]), ("last 2", [4, 6, 8]), ("every 4", [0, 4, 8])]
)
def test_what_is_kept_of_a_run_is_as_in_one_that_keeps_all(
    shared_pair, whole_run, tmp_path, keep, steps
):
    whole, whole_path = whole_run()
    learner = trained(shared_pair, f"record.keep={keep}", runs=tmp_path)
    run = Run(tmp_path / "run")
    assert run.steps() == steps
    assert_equal_states(whole.state(), learner.state())
    theirs = files_of(whole_path)
    assert all(theirs[name] == content for name, content in files_of(run.path).items())
    assert len(run.metrics().read()) == 8
    assert rows_of(run.path) == rows_of(whole_path)
    assert list(faults(run)) == []
    assert len(list((run.path / "snapshots").iterdir())) == len(steps)


@pytest.mark.slow
@pytest.mark.parametrize("keep", ["last 1", "every 4"])
def test_a_run_that_died_keeps_the_same_in_the_end(shared_pair, whole_run, tmp_path, keep):
    whole, whole_path = whole_run()
    words = [f"record.keep={keep}", "checkpoint.every=5"]
    first = launch.start(settings(shared_pair, *words), runs_dir=tmp_path, run_id="run")

    def die(step, *_):
        if step == 8:
            raise MemoryError

    with pytest.raises(MemoryError):
        adapt.run_to_end(first, die)
    second = launch.resume(tmp_path / "run")
    assert second.step == 5
    adapt.run_to_end(second)
    assert_equal_states(whole.state(), second.learner.state())
    run = Run(tmp_path / "run")
    assert run.steps() == ([4, 8] if keep == "last 1" else [0, 4, 8])
    assert not run.info().notes
    last = {row["step"]: row for row in rows_of(run.path)}
    assert list(last.values()) == rows_of(whole_path)


@pytest.mark.slow
def test_the_chosen_snapshot_stays(shared_pair, tmp_path):
    words = ["record.keep=last 1", "select.by=entropy", "record.every=1"]
    trained(shared_pair, *words, runs=tmp_path)
    run = Run(tmp_path / "run")
    chosen = load_checkpoint(run.path)["choice"]["step"]
    assert chosen is not None
    assert run.steps() == sorted({4, chosen, 8})


@pytest.mark.long
def test_training_goes_on_while_a_snapshot_is_written_and_a_checkpoint_waits(
    shared_pair, tmp_path, monkeypatch
):
    """A slow disk: an update comes before the snapshot is there, a checkpoint never does."""
    real, there = RunWriter.publish_snapshot, []

    def slow(writer, step, files):
        time.sleep(0.5)
        real(writer, step, files)

    monkeypatch.setattr(RunWriter, "publish_snapshot", slow)
    run = launch.start(settings(shared_pair, "checkpoint.every=3"), runs_dir=tmp_path, run_id="run")
    keep = run.recorder.checkpoint

    def checkpoint(state, **more):
        keep(state, **more)
        there.append((state["step"], Run(tmp_path / "run").steps()))

    run.recorder.checkpoint = checkpoint
    first_seen = {}
    adapt.run_to_end(
        run, lambda step, *_: first_seen.setdefault(step, Run(tmp_path / "run").steps())
    )
    assert 0 not in first_seen[1]
    assert there == [
        *((3, [0, 2]), (4, [0, 2, 4]), (4, [0, 2, 4]), (6, [0, 2, 4, 6])),
        (8, [0, 2, 4, 6, 8]),
    ]


APART = ["evaluate.every=3", "record.probe_images=3"]


@pytest.mark.slow
def test_whole_splits_are_scored_in_a_rhythm_of_their_own(shared_pair, whole_run, tmp_path):
    whole, whole_path = whole_run()
    learner = trained(shared_pair, *APART, runs=tmp_path)
    assert_equal_states(whole.state(), learner.state())
    run, all_scored = Run(tmp_path / "run"), Run(whole_path)
    assert run.steps() == [0, 2, 4, 6, 8]
    for step in run.steps():
        ours, theirs = run.snapshot(step).scores, all_scored.snapshot(step).scores
        for domain in ("source", "target"):
            scored = ours[domain]
            assert scored["images"] == theirs[domain]["images"]
            if step in (4, 6, 8):
                assert scored["confusion"] == theirs[domain]["confusion"]
                assert (scored["num_images"], "part_of" in scored) == (6, False)
            else:
                assert (scored["num_images"], scored["part_of"]) == (3, 6)
                tables = [image["confusion"] for image in scored["images"].values()]
                assert scored["confusion"] == np.sum(tables, axis=0).tolist()
        assert ("observed images alone" in ours["scored"]) == (step not in (4, 6, 8))
    rows = run.scored_rows().read()
    assert [row["step"] for row in rows] == [3, 4, 6, 8]
    for row in rows[1:]:
        recorded = run.snapshot(row["step"]).scores["target"]
        assert row["target"]["mean_iou"] == recorded["mean_iou"]
        assert "confusion" not in row["target"]
    assert list(faults(run)) == []


class CountedFrames:
    """A split that counts how often an image of it is looked at."""

    def __init__(self, frames):
        self.frames, self.looks = frames, 0

    def __len__(self):
        return len(self.frames)

    def __getitem__(self, index):
        self.looks += 1
        return self.frames[index]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "looks"), [([], 3 + 3 + 4 * 6), (["evaluate.mode=whole"], 3 + 3 + 4 * 6 + 3 * 3)]
)
def test_one_look_serves_a_snapshot_and_the_scores_where_both_look_alike(
    shared_pair, tmp_path, words, looks
):
    run = launch.start(settings(shared_pair, *APART, *words), runs_dir=tmp_path)
    counted = CountedFrames(run.recorder.observer.val["source"])
    run.recorder.observer.val = {**run.recorder.observer.val, "source": counted}
    adapt.run_to_end(run)
    assert counted.looks == looks


@pytest.mark.long
def test_scores_of_a_part_are_taken_for_nothing_else(shared_pair, tmp_path):
    words = [*APART, "select.by=target_miou", "record.every=1"]
    trained(shared_pair, *words, runs=tmp_path)
    run = Run(tmp_path / "run")
    assert load_checkpoint(run.path)["choice"]["step"] in (6, 8)
    with pytest.raises(StoreError, match="at step 5 on 3 of 6 images; name a step that"):
        scored_at(run, 5, name="part", what="a part")
    assert scored_at(run, 6, name="whole", what="the whole").num_images == 6


@pytest.mark.slow
def test_evaluate_never_gives_a_part_for_the_whole(shared_pair, tmp_path, capsys):
    trained(shared_pair, *APART, runs=tmp_path)
    run = str(tmp_path / "run")
    assert main(["evaluate", run, "--at", "6", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["num_images"] == 6
    assert main(["evaluate", run, "--at", "2"]) == 2
    assert "kept no weights at step 2" in capsys.readouterr().err


def test_a_rule_that_is_none_is_a_sentence(shared_pair):
    with pytest.raises(UserError, match=r'record.keep is .newest.; use "all", "every N" or'):
        settings(shared_pair, "record.keep=newest")
