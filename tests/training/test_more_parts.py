"""Parts to try: the style of the target, statistics of the teacher, resuming, and the default."""

import pytest
import torch

from spcl import adapt, launch
from spcl.adapt import Adaptation
from spcl.data.domains import Domains
from spcl.method.pictures.style import with_style_of
from spcl.recording.null_recorder import NullRecorder
from spcl.store.reader import Run
from spcl.training.saved.described import notes_of
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import RELEASED, assert_equal_states, settings, trained

MASKING = ["adapt.mask_weight=1.0", "adapt.mask_block=8", "pseudo_labels.weight=share"]
COLORS = ["adapt.augment=strong", "adapt.mix=rare", "data.crop_share=0.4"]
STATISTICS = ["normalization.pooling=pooled", "normalization.refresh_every=2"]
STYLE = ["adapt.style=fourier", "adapt.style_share=0.1", "normalization.teacher=source"]
ALL = [*MASKING, *COLORS, *STATISTICS, *STYLE]


def adaptation(root, *words):
    config = settings(root, *words)
    return Adaptation(config, Domains.open(config), NullRecorder())


@pytest.mark.parametrize("arm", ["spcl", "source_only"])
@pytest.mark.parametrize("how", ["fourier", "color"])
def test_source_images_take_the_style_of_target_images_of_the_same_step(shared_pair, arm, how):
    words = [f"adapt.arm={arm}", "adapt.style_share=0.1"]
    plain, styled = (
        adaptation(shared_pair, *words, *more).batches for more in ([], [f"adapt.style={how}"])
    )
    for step in (4, 5):
        source, target = plain.source.batch(step), plain.target.batch(step)
        found = styled.both(step)[0] if arm == "spcl" else styled.source_alone(step)
        wanted = with_style_of(target.images, source.images, how=how, share=0.1)
        assert torch.equal(found.images, wanted)
        assert torch.equal(found.labels, source.labels)
        assert not torch.equal(found.images, source.images)
        assert target.labels is None
    for batches in (plain, styled):
        batches.close()


@pytest.mark.slow
def test_before_has_no_style_and_the_run_says_what_comes_after(shared_pair):
    config = settings(shared_pair, "adapt.style=fourier", "adapt.arm=source_only")
    (note,) = notes_of(config)
    assert note == (
        "After the warm-up, source images have the low frequencies of unlabelled target images."
    )
    assert notes_of(settings(shared_pair, "adapt.style=color", "adapt.arm=oracle")) == []
    warm = ["adapt.steps=0"]
    plain, styled = (trained(shared_pair, *warm, *more) for more in ([], ["adapt.style=fourier"]))
    assert_equal_states(plain.state(), styled.state())


@pytest.mark.slow
@pytest.mark.parametrize("teacher", ["source", "target"])
def test_the_teacher_labels_with_the_statistics_that_are_asked_for(shared_pair, teacher):
    run = adaptation(shared_pair, f"normalization.teacher={teacher}")
    adapt.run_to_end(run)
    assert (run.learner.labeler.statistics is None) == (teacher == "source")
    names = dict(run.models.labeling().named_buffers())
    own = dict(run.models.source().named_buffers())
    same = all(torch.equal(names[name], own[name]) for name in own if "running" in name)
    assert same == (teacher == "source")


@pytest.mark.slow
def test_pooled_variance_changes_a_training_whose_target_is_more_than_one_batch(tmp_path):
    root = write_tiny_pair(tmp_path / "pair", count=12)  # statistics are taken eight at a time
    mean, pooled = (
        trained(root, "warmup.steps=2", "adapt.steps=2", f"normalization.pooling={how}")
        for how in ("mean", "pooled")
    )
    first = next(name for name in mean.labeler.statistics if name.endswith("running_var"))
    assert (pooled.labeler.statistics[first] > mean.labeler.statistics[first]).any()
    before, after = mean.student.state_dict(), pooled.student.state_dict()
    assert any(not torch.equal(before[name], after[name]) for name in before)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "stop_at"),
    [
        (ALL, 6),
        pytest.param(ALL, 3, marks=pytest.mark.slow),
        pytest.param([*STYLE, "adapt.arm=source_only"], 6, marks=pytest.mark.slow),
        pytest.param([*RELEASED, *MASKING, *STYLE, *STATISTICS], 6, marks=pytest.mark.slow),
    ],
)
def test_with_all_parts_a_resumed_run_equals_an_uninterrupted_one(
    shared_pair, tmp_path, words, stop_at
):
    whole = trained(shared_pair, *words)
    first = launch.start(settings(shared_pair, *words), runs_dir=tmp_path, run_id="run")

    def stop(step, *_):
        first.stop_requested = step == stop_at

    with pytest.raises(KeyboardInterrupt):
        adapt.run_to_end(first, stop)
    second = launch.resume(tmp_path / "run")
    adapt.run_to_end(second)
    assert_equal_states(whole.state(), second.learner.state())
    assert Run.open(tmp_path / "run").status().kind == "finished"


BEFORE_THERE_WERE_PARTS = {
    (): 38873.52062371652,
    ("adapt.arm=source_only",): 23679.754215896653,
    tuple(RELEASED): 35695.398173850954,
}
"""Sum of the weights of student, teacher, prototypes and histogram, absolute, as main had them."""


@pytest.mark.slow
@pytest.mark.parametrize("words", BEFORE_THERE_WERE_PARTS, ids=lambda words: " ".join(words[:1]))
def test_without_any_part_a_training_is_what_it_was(shared_pair, words):
    """To a millionth: processors differ in last digits, another random number by a hundredth."""
    state = trained(shared_pair, *words).state()
    parts = ("student", "teacher", "bank", "histogram")
    total = sum(absolute(state[part]) for part in parts)
    assert total == pytest.approx(BEFORE_THERE_WERE_PARTS[words], rel=1e-5)


def absolute(state):
    if isinstance(state, dict):
        return sum(absolute(one) for one in state.values())
    return float(state.double().abs().sum()) if isinstance(state, torch.Tensor) else 0.0
