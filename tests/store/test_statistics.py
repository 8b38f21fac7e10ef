"""Whose batch-norm statistics a score was read with."""

from dataclasses import replace

import pytest

from spcl.store.baselines.statistics import statistics_of, statistics_words
from tests.support.synthetic_run import run_info


def info(**normalization):
    return replace(run_info("one"), config={"normalization": normalization})


@pytest.mark.parametrize(
    ("recorded", "step", "key", "expected"),
    [
        (info(target_statistics=True), 40, "target", "target"),
        (info(target_statistics=True), 20, "target", "source"),  # the end of the warm-up
        (info(target_statistics=False), 40, "target", "source"),
        (info(target_statistics=True), 40, "target_source_statistics", "source"),
        (info(target_statistics=True), 40, "source", "source"),
        (run_info("of another program"), 40, "target", None),
        (replace(info(), before_step=None), 40, "target", None),
    ],
)
def test_target_is_read_with_its_own_from_the_first_snapshot_after_the_warm_up(
    recorded, step, key, expected
):
    assert statistics_of(recorded, step, key=key) == expected


def test_it_can_be_said():
    assert "of the source" in statistics_words("source")
    assert "estimated on its unlabelled images" in statistics_words("target")
    assert "not recorded" in statistics_words(None)
