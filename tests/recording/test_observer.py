"""What several processes see together is what one sees: to the count, to the byte."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch

from spcl.config.sections.records import EvaluateConfig
from spcl.data.batches.loaders import Frames
from spcl.data.folders import FolderPair
from spcl.evaluate import Scoring
from spcl.recorder.probe import ProbeOptions, choose_probe
from spcl.recording.observer import Observer
from spcl.recording.snapshot import Prototypes, SnapshotSource
from spcl.store.formats.encoding import json_bytes
from tests import ROOT

HOW = {
    "observed": {},
    "apart": {"every": 5},
    "slide": {"every": 5, "mode": "slide", "window": (32, 32), "stride": (16, 16)},
}
TOGETHER = """
import pathlib, pickle, sys
from spcl.method.ranks.sums import rank
from spcl.training.processes.ranks import joined_processes
from tests.recording.test_observer import seen

root, folder, how = sys.argv[1:]
with joined_processes():
    found = seen(pathlib.Path(root), how)
    pathlib.Path(folder, f"{rank()}.pickle").write_bytes(pickle.dumps(found))
"""


class Model:
    """A model at stride 4 that counts the images it was shown."""

    def __init__(self, seed):
        generator = torch.Generator().manual_seed(seed)
        self.weight = torch.randn(4, 3, 5, 5, generator=generator)
        self.num_images = 0

    def __call__(self, images):
        self.num_images += len(images)
        features = torch.nn.functional.conv2d(images, self.weight, stride=4, padding=2)
        return features.relu(), features


def seen(root, how):
    """Return scores and files of a snapshot, the scores apart, and the images looked at."""
    torch.set_num_threads(1)
    pair = FolderPair.open(root)
    val = {
        domain: Frames(pair.split(f"{domain}/val", with_labels=True), cache_mb=10)
        for domain in ("source", "target")
    }
    probe = choose_probe(val, ProbeOptions(images_per_domain=3, pixels=200, pixels_per_class=20))
    scoring = Scoring((16, 32), EvaluateConfig(**HOW[how]))
    observer = Observer(val, probe, pair.label_space, scoring=scoring)
    vectors = torch.nn.functional.normalize(torch.randn(4, 4, generator=torch.Generator()))
    prototypes = Prototypes(vectors, torch.ones(4), torch.zeros(4), torch.ones(4).bool())
    model, student = Model(0), Model(1)
    source = SnapshotSource(
        source=model,
        target=model,
        prototypes=prototypes,
        thresholds=np.full(4, 0.5, np.float32),
        target_source_statistics=student,
        student=student,
    )
    observation, scores = observer.observe(10, source)
    alone = observer.score(20, source)
    files = observation.files(prototypes.arrays(), source.thresholds)
    return scores, alone, files, model.num_images


def together(root, folder, how, ranks):
    (folder / "script.py").write_text(TOGETHER)
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={ranks}"]
    done = subprocess.run(
        [sys.executable, *launcher, folder / "script.py", root, folder, how],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "PATH": ""},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [pickle.loads((folder / f"{rank}.pickle").read_bytes()) for rank in range(ranks)]


@pytest.mark.long
@pytest.mark.parametrize(("how", "ranks"), [("observed", 2), ("apart", 2), ("slide", 3)])
def test_ranks_that_share_the_images_see_what_one_sees(shared_pair, tmp_path, how, ranks):
    scores, alone, files, num_images = seen(shared_pair, how)
    shares = together(shared_pair, tmp_path, how, ranks)
    first = shares[0]
    signs, own = first[0].pop("selection"), scores.pop("selection")
    assert signs == pytest.approx(own, rel=1e-12)  # sums of numbers, in another order
    assert json_bytes(first[0]) == json_bytes(scores)
    assert list(first[0]["target"]["images"]) == list(scores["target"]["images"])
    assert json_bytes(first[1]) == json_bytes(alone)
    assert first[2] == files
    assert sum(share[3] for share in shares) == num_images  # none was looked at twice
    assert max(share[3] for share in shares) < num_images
    assert scores["target"]["num_images"] == alone["target"]["num_images"] == 6
