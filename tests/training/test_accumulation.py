"""`optimizer.accumulate`: one update of the whole batch, seen in parts."""

import pytest

from spcl import launch
from spcl.errors import UserError
from tests.support.small_backbones import small
from tests.support.tiny_training import assert_equal_states, largest_difference, settings, trained

pytestmark = pytest.mark.slow

FOUR = ["warmup.batch=4", "adapt.source_batch=4", "adapt.target_batch=4"]
PLAIN = ["optimizer.kind=sgd", "warmup.body_lr=1e-3", "warmup.head_lr=1e-3"]
PLAIN += ["adapt.body_lr=1e-3", "adapt.head_lr=1e-3"]
"""Rates at which rounding does not grow within a few steps."""
WITHOUT_NORM = [*FOUR, *PLAIN, *small("vgg16")]
PRESETS = {
    "spcl": [],
    "released": ["preset=released", "selftrain.steps=2", "pseudo_labels.mode=online"],
}


@pytest.mark.parametrize("preset", PRESETS)
def test_without_batch_norm_it_trains_as_the_whole_batch_does(shared_pair, preset):
    words = [*WITHOUT_NORM, *PRESETS[preset]]
    whole = trained(shared_pair, *words).state()
    for parts in (2, 4):
        seen = trained(shared_pair, *words, f"optimizer.accumulate={parts}").state()
        for name in ("student", "teacher", "bank", "adversary", "optimizer"):
            assert largest_difference(whole[name] or {}, seen[name] or {}) < 1e-5, name
        assert seen["contrast_weight"] == pytest.approx(whole["contrast_weight"], rel=1e-4)
        cumulative = [state["histogram"]["counts"].cumsum(1) for state in (whole, seen)]
        assert (cumulative[0] - cumulative[1]).abs().max() <= 0.01 * cumulative[0].max()


def test_with_batch_norm_it_is_another_training_and_nearly_the_same(shared_pair):
    whole = trained(shared_pair, *FOUR, *PLAIN).state()["student"]
    seen = trained(shared_pair, *FOUR, *PLAIN, "optimizer.accumulate=2").state()["student"]
    counts = [name for name in whole if name.endswith("num_batches_tracked")]
    for state in (whole, seen):
        for name in counts:  # looks, of which there are more
            del state[name]
    assert 1e-5 < largest_difference(whole, seen) < 0.1


def test_it_is_resumed_bit_for_bit(shared_pair, tmp_path):
    from spcl import adapt

    words = [*FOUR, "optimizer.accumulate=2"]
    whole = trained(shared_pair, *words)
    first = launch.start(settings(shared_pair, *words), runs_dir=tmp_path, run_id="run")

    def stop(step, *_):
        first.stop_requested = step == 6

    with pytest.raises(KeyboardInterrupt):
        adapt.run_to_end(first, stop)
    with pytest.raises(UserError, match="optimizer.accumulate 2 not 1"):
        launch.resume(tmp_path / "run", ["optimizer.accumulate=1"])
    second = launch.resume(tmp_path / "run")
    adapt.run_to_end(second)
    assert_equal_states(whole.state(), second.learner.state())


def test_a_batch_that_parts_cannot_share_is_refused_in_a_sentence(shared_pair):
    words = ["warmup.batch=6", *FOUR[1:], "optimizer.accumulate=4"]
    with pytest.raises(UserError) as refused:
        launch.settled(settings(shared_pair, *words))
    assert str(refused.value) == (
        "warmup.batch is 6, which 4 parts (optimizer.accumulate) cannot share equally; "
        "use a multiple of 4"
    )


def test_a_part_of_one_value_a_channel_is_refused(shared_pair):
    words = ["warmup.batch=2", "data.size=[32, 32]", "optimizer.accumulate=2"]
    with pytest.raises(UserError, match="warmup.batch is 2 in 2 parts .* use at least 4 images"):
        launch.settled(settings(shared_pair, *words))
