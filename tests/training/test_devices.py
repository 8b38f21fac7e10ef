"""One device for everything that learns, and nothing of an update that waits for it."""

import json

import numpy as np
import pytest
import torch

from spcl import adapt, launch
from spcl.config import make_config
from spcl.data.batches.loaders import Batch
from spcl.errors import UserError
from spcl.models.device import named_device
from spcl.training.learner import Learner
from spcl.training.observed.reports import UnreadReports, read_together
from spcl.training.processes.interrupt import Stopped
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import assert_equal_states, settings, trained
from tests.support.waiting import AWAY, OneDevice

pytestmark = pytest.mark.slow

K, SIZE = 4, (32, 64)
UNEQUAL = ("time", "seconds_per_step")
COUNTS = np.array([100, 50, 20, 5])
PRESETS = {
    "spcl": [],
    "released": ["preset=released", "selftrain.steps=3", "pseudo_labels.mode=online"],
    "in parts": ["optimizer.accumulate=2"],
    "several": ["prototypes.per_class=3", "contrast.hard_negatives=2"],
    "bank": ["prototypes.kind=bank", "contrast.target_pixels=all", "contrast.schedule=ramp"],
    "distribution": ["prototypes.kind=distribution", "contrast.schedule=alone"],
    "rectified": ["pseudo_labels.rectify=prototype", "labels.downsample=majority"],
}


def batch(device, labeled=True):
    images = torch.rand(4, 3, *SIZE, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(0, K, (4, *SIZE), generator=torch.Generator().manual_seed(1))
    return Batch(images, labels if labeled else None).on(device)


def learner_on(device, *words):
    config = make_config({}, ["data.size=[32, 64]", "threads=1", *words])
    return Learner(config, num_classes=K, pixel_counts=COUNTS, device=device)


def tensors(value, seen):
    """Yield every tensor that an object holds, however deep."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from tensors(part, seen)
    elif isinstance(value, list | tuple | set):
        for part in value:
            yield from tensors(part, seen)
    elif hasattr(value, "__dict__"):
        yield from tensors(vars(value), seen)


@pytest.mark.parametrize("preset", PRESETS)
def test_an_update_stays_on_its_device_and_waits_for_nothing(preset):
    words = PRESETS[preset]
    if preset == "released":
        words = [*words, "teacher.momentum=0.5"]
    learner = learner_on(AWAY, *words)
    learner.contrast_weight._is_measured = True  # the first measurement of a stage is read
    source, target = batch(AWAY), batch(AWAY, labeled=False)
    adversarial = target if learner.config.warmup.adversarial != "off" else None
    with OneDevice() as watched:
        learner.warmup_update(source, adversarial)
    assert (watched.waits, watched.mixes) == ([], [])
    learner.begin_adaptation([source])
    learner.contrast_weight._is_measured = True
    with OneDevice() as watched:
        report = learner.adapt_update(source, target)
    assert (watched.waits, watched.mixes) == ([], [])
    assert watched.num_operations > 300
    if preset == "released":
        learner.begin_selftraining()
    with OneDevice() as watched:
        learner.selftrain_update(source)
        learner.supervised_update(source)
    assert (watched.waits, watched.mixes) == ([], [])
    assert all(value.device == AWAY for value in report.values() if torch.is_tensor(value))


def test_everything_a_learner_holds_is_on_its_device():
    learner = learner_on(AWAY, "preset=released", "teacher.momentum=0.5")
    learner.begin_adaptation([batch(AWAY)])
    learner.contrast_weight._is_measured = True
    learner.adapt_update(batch(AWAY), Batch(batch(AWAY).images, batch(AWAY).labels))
    held = [tensor for tensor in tensors(learner, set()) if tensor.dim()]
    assert len(held) > 100
    assert {tensor.device for tensor in held} == {AWAY}


def test_what_waits_is_found():
    away = torch.ones(3, device=AWAY)
    with OneDevice() as watched:
        for wait in (lambda: away.sum().item(), lambda: away.nonzero(), lambda: away[away > 0]):
            with pytest.raises((RuntimeError, NotImplementedError)):
                wait()
        with pytest.raises(RuntimeError):
            away + torch.ones(3)
    assert watched.waits[0] == "_local_scalar_dense"
    assert len(watched.waits) == 3


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gpu", "use auto, cpu, cuda, cuda:N or mps"),
        ("cuda:one", "use auto, cpu, cuda, cuda:N or mps"),
        ("cuda:99", "use "),
        ("mps", "use cpu"),
    ],
)
def test_a_device_that_is_not_there_is_refused_in_a_sentence(name, words):
    if name == "mps" and torch.backends.mps.is_available():
        pytest.skip("this machine has mps")
    with pytest.raises(UserError, match=words) as refused:
        named_device(name)
    assert name in str(refused.value)


def test_auto_is_a_cuda_device_or_the_cpu():
    assert named_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert named_device("cpu") == torch.device("cpu")


def test_reports_are_read_together_and_as_they_were():
    unread = UnreadReports(torch.device("cpu"))
    agreement = torch.tensor(1 / 3)
    unread.add(1, {"loss/total": torch.tensor(0.1), "lr": 0.5}, seconds=2.0)
    thresholds = torch.tensor([0.123456, torch.nan])
    unread.add(
        2,
        {"pseudo_labels/agreement": agreement, "pseudo_labels/threshold": thresholds},
        seconds=4.0,
    )
    (first, row), (second, other) = unread.read()
    assert (first, second, unread.read()) == (1, 2, [])
    assert row["loss/total"] == float(torch.tensor(0.1))
    assert row["lr"] == 0.5
    assert other["pseudo_labels/agreement"] == 0.3333
    assert other["pseudo_labels/threshold"][0] == 0.1235
    assert np.isnan(other["pseudo_labels/threshold"][1])
    assert row["seconds_per_step"] == other["seconds_per_step"] == pytest.approx(3, abs=0.1)


def test_a_gpu_reads_twenty_updates_as_one():
    assert read_together(torch.device("cpu"), 0) == 1
    assert read_together(torch.device("cuda", 0), 0) == 20
    assert read_together(torch.device("cuda", 0), 7) == 7


def test_a_run_goes_on_on_another_device_and_with_workers(tmp_path):
    config = settings(write_tiny_pair(tmp_path / "pair"))
    first = launch.start(config, runs_dir=tmp_path, run_id="run")
    first.request_stop()
    with pytest.raises(Stopped):
        adapt.run_to_end(first)
    again = launch.resume(tmp_path / "run", ["device=cpu", "data.workers=1"])
    adapt.run_to_end(again)
    whole = trained(tmp_path / "pair")
    assert_equal_states(again.learner.state(), whole.state())
    with pytest.raises(UserError, match="another configuration"):
        launch.resume(tmp_path / "run", ["device=cpu", "seed=3"])


def test_metrics_read_together_are_the_metrics_read_one_by_one(tmp_path):
    pair = write_tiny_pair(tmp_path / "pair")
    rows = []
    for every in (1, 3):
        (tmp_path / str(every)).mkdir()
        trained(pair, f"record.metrics_every={every}", runs=tmp_path / str(every))
        text = (tmp_path / str(every) / "run" / "metrics.jsonl").read_text()
        read = [json.loads(line) for line in text.splitlines()]
        rows.append([{k: v for k, v in row.items() if k not in UNEQUAL} for row in read])
    assert rows[0] == rows[1]
    assert len(rows[0]) == 8
