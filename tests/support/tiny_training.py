"""Whole runs of a few small steps, for the tests of the loop."""

import torch

from spcl import adapt, launch
from spcl.adapt import Adaptation
from spcl.config import make_config
from spcl.data.domains import Domains
from spcl.recording.null_recorder import NullRecorder

STEPS = ["warmup.steps=4", "adapt.steps=4", "record.every=2", "checkpoint.every=3"]
SMALL = [
    *("data.kind=folder", "data.size=[32, 64]", "threads=1", "warmup.batch=2"),
    *("adapt.source_batch=2", "adapt.target_batch=2", "record.probe_images=3"),
    *("record.probe_pixels=200", "record.pixels_per_class=20", "prototypes.min_pixels=1"),
]


RELEASED = ["preset=released", "selftrain.steps=3", "warmup.body_lr=0.01", "adapt.body_lr=0.01"]


def settings(root, *overrides):
    return make_config({}, [*SMALL, *STEPS, f"data.root={root}", *overrides])


def trained(root, *overrides, runs=None):
    config = settings(root, *overrides)
    if runs is None:
        adaptation = Adaptation(config, Domains.open(config), NullRecorder())
    else:
        adaptation = launch.start(config, runs_dir=runs, run_id="run")
    adapt.run_to_end(adaptation)
    return adaptation.learner


def assert_equal_states(first, second, where="state"):
    assert type(first) is type(second), where
    if isinstance(first, torch.Tensor):
        assert torch.equal(first, second), where
    elif isinstance(first, dict):
        assert first.keys() == second.keys(), where
        for key in first:
            assert_equal_states(first[key], second[key], f"{where}.{key}")
    elif isinstance(first, list | tuple):
        for i, (a, b) in enumerate(zip(first, second, strict=True)):
            assert_equal_states(a, b, f"{where}[{i}]")
    else:
        assert first == second, where


def largest_difference(first, second):
    if isinstance(first, torch.Tensor):
        return float((first.double() - second.double()).abs().max()) if first.numel() else 0.0
    if isinstance(first, dict):
        assert first.keys() == second.keys()
        return max((largest_difference(first[key], second[key]) for key in first), default=0.0)
    return 0.0
