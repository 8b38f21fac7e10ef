"""What the contrast keeps of a class beside its prototype, in whole runs."""

import numpy as np
import pytest
import torch

from spcl import adapt, launch
from spcl.adapt import Adaptation
from spcl.config import make_config
from spcl.data.domains import Domains
from spcl.errors import UserError
from spcl.recording.null_recorder import NullRecorder
from spcl.store.reader import Run
from tests.support.tiny_training import assert_equal_states, settings, trained

KINDS = {
    "several": ["prototypes.per_class=3"],
    "bank": ["prototypes.kind=bank", "prototypes.bank_size=5"],
    "distribution": ["prototypes.kind=distribution"],
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_goes_on_is_where_it_would_have_been(shared_pair, tmp_path, kind):
    """Stopped inside the warm-up, where the student fills the memory, and after the pass."""
    whole = trained(shared_pair, *KINDS[kind])
    run = launch.start(settings(shared_pair, *KINDS[kind]), runs_dir=tmp_path, run_id="run")
    for stop_at in (2, 6):

        def stop(step, *_, run=run, stop_at=stop_at):
            run.stop_requested = step == stop_at

        with pytest.raises(KeyboardInterrupt):
            adapt.run_to_end(run, stop)
        run = launch.resume(tmp_path / "run")
    adapt.run_to_end(run)
    assert_equal_states(whole.state(), run.learner.state())
    assert whole.bank.memory is not None
    assert whole.bank.memory.is_seen.all()


def test_the_pass_over_the_source_gives_the_distribution_of_all_its_cells(shared_pair):
    config = settings(shared_pair, *KINDS["distribution"])
    run = Adaptation(config, Domains.open(config), NullRecorder())
    learner = run.learner
    learner.begin_adaptation(run.batches.whole_source())
    masses, sums, squares = 0.0, 0.0, 0.0
    for batch in run.batches.whole_source():
        with torch.no_grad():
            features = learner.teacher.model(batch.images).features
        shares = learner.losses.shares(batch.labels, features).permute(0, 2, 3, 1).flatten(0, 2)
        cells = torch.nn.functional.normalize(features, dim=1).permute(0, 2, 3, 1).flatten(0, 2)
        masses, sums = masses + shares.sum(0).unsqueeze(1), sums + shares.T @ cells
        squares = squares + shares.T @ cells**2
    run.batches.close()
    means, memory = sums / masses, learner.bank.memory
    torch.testing.assert_close(memory.means, means, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(memory.variances, squares / masses - means**2, rtol=0, atol=1e-5)
    lengths = memory.means.norm(dim=1, keepdim=True)
    torch.testing.assert_close(memory.means / lengths, learner.bank.vectors, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_warm_up_is_taken_over_with_all_that_it_kept(shared_pair, tmp_path, kind):
    first = launch.start(settings(shared_pair, *KINDS[kind]), runs_dir=tmp_path, run_id="first")
    adapt.run_to_end(first)
    config = settings(shared_pair, *KINDS[kind], f"warmup.start={tmp_path / 'first'}")
    second = launch.start(config, runs_dir=tmp_path, run_id="second")
    adapt.run_to_end(second)
    assert_equal_states(first.learner.state(), second.learner.state())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_recorded_stays_one_unit_direction_a_class_and_every_page_says_so(
    shared_pair, tmp_path, kind
):
    run = launch.start(settings(shared_pair, *KINDS[kind]), runs_dir=tmp_path, run_id="run")
    adapt.run_to_end(run)
    opened = Run.open(tmp_path / "run")
    vectors = opened.snapshot(opened.steps()[-1]).prototypes["vectors"]
    assert vectors.shape == tuple(run.learner.bank.vectors.shape)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    said = "the prototypes shown are the mean direction of each class"
    assert any(said in note for note in opened.info().notes)


@pytest.mark.slow
def test_the_method_itself_says_nothing_and_keeps_nothing(shared_pair):
    assert trained(shared_pair).bank.memory is None
    assert launch.notes_of(make_config({})) == []


@pytest.mark.parametrize("kind", ["bank", "distribution"])
def test_several_prototypes_beside_another_kind_are_refused_in_a_sentence(kind):
    config = make_config({}, ["prototypes.per_class=3", f"prototypes.kind={kind}"])
    with pytest.raises(UserError, match=f"per_class is 3 and prototypes.kind is {kind}; several"):
        launch.settled(config)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_class_that_the_source_lacks_is_left_out(shared_pair, kind):
    """Its shares are 0 in every batch: no number of it, and none of it in the loss."""
    run = trained(shared_pair, *KINDS[kind], "prototypes.min_pixels=100000")
    memory = run.bank.memory
    assert memory is not None
    near = run.bank.scores(torch.rand(1, run.bank.vectors.shape[1], 2, 2), 0.1)
    assert near.scores[:, memory.is_seen].isfinite().all()
    assert all(value.isfinite().all() for value in run.student.state_dict().values())
