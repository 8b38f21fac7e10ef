"""Pseudo labels made once for a stage, against the plain formula over all pixels."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from spcl.config import make_config
from spcl.data.domains import Domains
from spcl.method.pseudo_labels import ConfidenceHistogram
from spcl.training.learner import Learner
from spcl.training.target.offline import HISTOGRAM_FILE, relabeled
from tests import ROOT
from tests.support.tiny_pair import write_tiny_pair

K = 4
TOGETHER = """
import pathlib, sys
from spcl.config import make_config
from spcl.method.ranks.sums import rank
from spcl.training.processes.ranks import joined_processes
from tests.training.target import test_offline as one

root, folder = sys.argv[1:]
with joined_processes():
    config = make_config({}, one.words(root))
    one.labeled(config, pathlib.Path(folder, "labels"))
    pathlib.Path(folder, f"{rank()}.txt").write_text(str(one.num_looked_at))
"""
num_looked_at = 0


def words(root):
    return ["preset=released", "data.kind=folder", f"data.root={root}", "data.size=[32, 64]"]


@pytest.fixture
def config(tmp_path):
    root = write_tiny_pair(tmp_path / "pair", count=5)
    return make_config({}, words(root))


def shares_of(images, size):
    """Depend on the picture alone, differently at every pixel."""
    global num_looked_at
    num_looked_at += len(images)
    logits = torch.cat([images, 0.45 - images.mean(1, keepdim=True)], 1) * 20
    assert logits.shape[2:] == size
    return logits.softmax(1)


def labeled(config, folder, histogram=None):
    frames = Domains.open(config).target_train
    histogram = histogram or ConfidenceHistogram(K)
    found = relabeled(frames, shares_of, histogram, config=config, folder=folder)
    return np.stack([found[index][1] for index in range(len(found))]), histogram


def test_a_pixel_is_kept_from_the_capped_median_of_its_class(config, tmp_path):
    labels, histogram = labeled(config, tmp_path / "labels")
    frames = Domains.open(config).target_train
    images = np.stack([frames[index][0] for index in range(len(frames))])
    shares = shares_of(torch.from_numpy(images).permute(0, 3, 1, 2) / 255, (32, 64))
    confidence, predicted = (value.numpy() for value in shares.max(1))
    for k in np.unique(predicted):
        threshold = min(0.9, float(np.median(confidence[predicted == k])))
        assert histogram.thresholds()[k] == pytest.approx(threshold, abs=1 / 1024)
        sure = (predicted == k) & (confidence > threshold + 1 / 1024)
        unsure = (predicted == k) & (confidence < threshold - 1 / 1024)
        assert (labels[sure] == k).all()
        assert (labels[unsure] == 255).all()
    assert len(np.unique(predicted)) > 1


def test_labels_found_again_bring_their_thresholds(config, tmp_path):
    first, made = labeled(config, tmp_path / "labels")
    second, found = labeled(config, tmp_path / "labels")
    np.testing.assert_array_equal(first, second)
    assert torch.equal(made.counts, found.counts)
    assert found.counts.sum() > 0


def test_a_labeling_that_breaks_off_leaves_nothing(config, tmp_path):
    frames = Domains.open(config).target_train

    def broken(images, size):
        raise MemoryError

    folder = tmp_path / "made" / "labels"
    with pytest.raises(MemoryError):
        relabeled(frames, broken, ConfidenceHistogram(K), config=config, folder=folder)
    assert list(folder.parent.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_that_share_the_target_make_the_labels_of_one(config, tmp_path, ranks):
    labeled(config, tmp_path / "alone")
    words = ["-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={ranks}"]
    script = tmp_path / "script.py"
    script.write_text(TOGETHER)
    subprocess.run(
        [sys.executable, *words, script, config.data.root, tmp_path],
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    one, together = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}
        for name in ("alone", "labels")
    )
    assert one == together
    assert len(one) == 1 + 5
    looked_at = [int((tmp_path / f"{rank}.txt").read_text()) for rank in range(ranks)]
    assert sorted(looked_at) == {2: [4, 6], 3: [2, 4, 4]}[ranks]  # twice each
    assert not list(tmp_path.glob(".labels-*"))


def test_labels_are_small_pictures_of_class_ids(config, tmp_path):
    labels, _ = labeled(config, tmp_path / "labels")
    files = sorted(Path(tmp_path / "labels").iterdir())
    pictures = [file for file in files if file.name != HISTOGRAM_FILE]
    assert len(pictures) == len(labels)
    assert np.asarray(Image.open(pictures[0])).dtype == np.uint8
    assert set(np.unique(labels)) <= {*range(K), 255}


@pytest.mark.slow
def test_rectifying_holds_for_labels_made_once_too(config):
    images = torch.rand(1, 3, 32, 64)
    found = {}
    for rectify in ("none", "prototype"):
        section = config.pseudo_labels.model_copy(update={"rectify": rectify})
        learner = Learner(
            config.model_copy(update={"pseudo_labels": section}),
            num_classes=K,
            pixel_counts=np.ones(K, np.int64),
        )
        channels = learner.student.num_channels
        learner.bank.initialize(torch.eye(K, channels), torch.ones(K))
        with torch.no_grad():
            found[rectify] = learner.labeler.probabilities(
                learner.observed_model(), images, (32, 64)
            )
    assert not torch.allclose(found["none"], found["prototype"])
    torch.testing.assert_close(found["prototype"].sum(1), torch.ones(1, 32, 64))
