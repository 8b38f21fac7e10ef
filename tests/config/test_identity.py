"""What names a run: what changes its weights, and nothing else."""

import pytest

from spcl.config import make_config
from spcl.config.identity import identity, what_trains, what_warms_up


def names(*words):
    config = make_config({}, list(words))
    return identity(what_trains(config), "files"), identity(what_warms_up(config), "files")


@pytest.mark.parametrize(
    "word",
    [
        *("title=other", "threads=3", "device=cpu", "record.every=7", "record.probe_images=3"),
        *("checkpoint.every=9", "evaluate.flip=true", "select.by=entropy", "data.root=/elsewhere"),
        *("data.workers=2", "data.cache_mb=1", "data.license=mine", "warmup.start=/some/run"),
        "events.drift_times=9.0",
    ],
)
def test_names_places_and_what_is_recorded_are_no_part_of_it(word):
    assert names(word) == names()


@pytest.mark.parametrize(
    "word",
    [
        *("adapt.steps=3", "adapt.target_weight=1.0", "contrast.adapt_ratio=0.1"),
        *("pseudo_labels.cap=0.5", "teacher.momentum=0.9", "adapt.arm=oracle"),
        *("contrast.domains=source", "contrast.target_pixels=all"),
    ],
)
def test_what_comes_after_the_warm_up_leaves_the_warm_up_alone(word):
    run, warmup = names(word)
    assert run != names()[0]
    assert warmup == names()[1]


@pytest.mark.parametrize(
    "word",
    [
        *("seed=1", "data.size=[64, 64]", "data.sampling=uniform", "model.backbone=lite0"),
        *("labels.downsample=nearest", "contrast.warmup_ratio=0.1", "contrast.temperature=0.5"),
        *("contrast.source_pixels=correct", "contrast.start=adapt", "prototypes.momentum=0.9"),
        *("segmentation.class_weights=0.0", "optimizer.clip=1.0", "warmup.steps=3"),
        "optimizer.accumulate=2",
        *("contrast.hard_negatives=2", "contrast.schedule=late"),
    ],
)
def test_everything_that_shapes_the_warm_up_names_it(word):
    run, warmup = names(word)
    assert run != names()[0]
    assert warmup != names()[1]


def test_without_contrast_its_settings_say_nothing():
    without = names("contrast.weight=0.0")
    assert names("contrast.weight=0.0", "contrast.temperature=0.5") == without
    assert names("contrast.warmup_ratio=0.0", "contrast.adapt_ratio=0.0") == without
    assert names("contrast.weight=0.0", "contrast.schedule=late") == without
    assert names("contrast.schedule_share=0.2") == names()  # of no schedule
    late = names("contrast.start=adapt")
    assert late[1] == without[1]
    assert late[0] != without[0]


def test_other_files_are_another_run():
    settings = what_trains(make_config({}))
    assert identity(settings, "these") != identity(settings, "those")
