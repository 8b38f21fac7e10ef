import numpy as np
import pytest
import torch

from spcl.data.batches.drawing import largest_share
from spcl.data.batches.loaders import (
    BatchLoader,
    Frames,
    RareClassSampler,
    ViewOptions,
    labeled_batches,
    whole_batches,
)
from spcl.data.folders import FolderPair
from tests.support.tiny_pair import write_tiny_pair


@pytest.fixture
def frames(tmp_path):
    pair = FolderPair.open(write_tiny_pair(tmp_path))
    return Frames(pair.split("source/train", with_labels=True), cache_mb=10)


def loader(frames, **options):
    view = ViewOptions((16, 32), (1.0, 1.8))
    return BatchLoader(frames, batch_size=4, view=view, seed=1, stream=0, **options)


def test_a_batch_depends_on_its_step_only(frames):
    forwards, directly = loader(frames), loader(frames)
    walked = [forwards.batch(step) for step in range(4)][3]
    jumped = directly.batch(3)
    assert torch.equal(walked.images, jumped.images)
    assert torch.equal(walked.labels, jumped.labels)


def test_streams_and_seeds_differ(frames):
    view = ViewOptions((16, 32), (1.0, 1.8))
    batches = [
        BatchLoader(frames, batch_size=4, view=view, seed=s, stream=t).batch(0).images
        for s, t in ((0, 0), (0, 1), (1, 0))
    ]
    assert not torch.equal(batches[0], batches[1])
    assert not torch.equal(batches[0], batches[2])


def test_labels_are_none_without_labels(frames, tmp_path):
    frames.split = FolderPair.open(tmp_path).split("source/train", with_labels=False)
    assert loader(frames).batch(0).labels is None


def test_the_cache_changes_nothing(frames):
    cold = Frames(frames.split, cache_mb=0)
    assert torch.equal(loader(frames).batch(2).images, loader(cold).batch(2).images)
    assert not cold._cache


def test_rare_classes_are_drawn_more_often():
    counts = np.array([[1000, 0], [1000, 0], [1000, 0], [990, 10]])
    sampler = RareClassSampler(counts)
    random = np.random.default_rng(0)
    drawn = np.array([sampler.draw(random) for _ in range(500)])
    assert (drawn == 3).mean() > 0.5


def test_whole_batches_are_evenly_spaced_and_bounded(frames):
    images = torch.cat([b.images for b in whole_batches(frames, size=(32, 64), most=3)])
    expected = torch.from_numpy(np.stack([frames[i][0] for i in (0, 2, 5)]))
    assert torch.equal((images * 255).round().to(torch.uint8).permute(0, 2, 3, 1), expected)


def test_labeled_batches_cover_the_split(frames):
    labels = torch.cat([b.labels for b in labeled_batches(frames, size=(32, 64), batch_size=4)])
    assert labels.shape == (6, 32, 64)
    assert np.array_equal(labels[5].numpy(), frames[5][1])


@pytest.mark.slow
def test_worker_processes_draw_the_batches_of_the_thread_and_resume_in_the_middle(frames):
    by_thread, by_processes = loader(frames), loader(frames, workers=2)
    steps = [0, 1, 2, 3, 7, 8, 2]  # in order, resumed further on, and resumed before
    for step in steps:
        expected, batch = by_thread.batch(step), by_processes.batch(step)
        assert torch.equal(batch.images, expected.images), step
        assert torch.equal(batch.labels, expected.labels), step
        assert batch.images.is_contiguous(memory_format=torch.channels_last)
    by_thread.close()
    by_processes.close()


def test_the_largest_share_is_of_labelled_pixels():
    label = np.array([[0, 0, 0, 1], [255, 255, 255, 255]], np.uint8)
    assert largest_share(label) == 0.75
    assert largest_share(np.full((2, 2), 255, np.uint8)) == 0


def test_a_crop_that_one_class_fills_is_drawn_anew_up_to_ten_times(frames):
    def shares(most):
        view = ViewOptions((16, 32), (1.0, 3.0), most)
        drawn = BatchLoader(frames, batch_size=4, view=view, seed=1, stream=0)
        batches = [drawn.batch(step).labels.numpy().astype(np.uint8) for step in range(20)]
        drawn.close()
        return np.array([[largest_share(label) for label in batch] for batch in batches])

    as_they_come, even, evenest = shares(1.0), shares(0.6), shares(0.01)
    assert (as_they_come > 0.6).mean() > 0.1
    assert (even > 0.6).mean() < 0.2 * (as_they_come > 0.6).mean()
    is_fine = as_they_come <= 0.6
    assert np.array_equal(even[is_fine], as_they_come[is_fine]), "a fine first try is taken"
    assert (evenest <= even + 1e-9).all(), "of tries that all fail, the most even one"
