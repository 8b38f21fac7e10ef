"""What a run takes on the disk is said before its first update, and so it comes."""

import json

import numpy as np
import pytest
from PIL import Image

from spcl import adapt, launch
from spcl.commands import main
from spcl.config import load_config
from spcl.recording.disk_use import DiskUse, told
from spcl.store.reader import Run
from tests import ROOT
from tests.support.tiny_training import SMALL, STEPS, settings


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def run_of(config, runs):
    """Return what was expected of a run before it began, and the finished run."""
    uses, seen = [], []
    adaptation = launch.start(
        config,
        runs_dir=runs,
        run_id="run",
        on_disk_use=lambda use: (uses.append(use), seen.append(Run(runs / "run").steps())),
    )
    assert seen == [[]], "said before anything was observed"
    most = 0

    def look(*_):
        nonlocal most
        adaptation.recorder._later.finish()
        most = max(most, len(Run(runs / "run").steps()))

    adapt.run_to_end(adaptation, look)
    return uses[0], Run(runs / "run"), most


def assert_near(use, run):
    assert run.info().bytes_expected == use.total
    assert use.total == pytest.approx(size_of(run.path), rel=0.2)
    assert use.num_snapshots == len(run.steps())
    assert use.checkpoints == pytest.approx(size_of(run.path / "checkpoints"), rel=0.05)
    assert use.probe == size_of(run.path / "probe")


@pytest.mark.long
@pytest.mark.slow
def test_a_short_run_of_streets(tmp_path):
    words = ["threads=1", "warmup.steps=60", "adapt.steps=60", "record.every=20"]
    words += ["warmup.batch=4", "adapt.source_batch=2", "adapt.target_batch=2"]
    use, run, _ = run_of(load_config(ROOT / "configs" / "streets.toml", words), tmp_path)
    assert_near(use, run)
    snapshot = size_of(run.path / "snapshots" / "step_0000120")
    assert use.snapshot == pytest.approx(snapshot, rel=0.2)


def write_pair(root, *, size, count, num_classes, target_labels):
    """Write streets of stripes and blocks, of another size and other classes than the drawn."""
    random = np.random.default_rng(3)
    for domain in ("source", "target"):
        for split in ("train", "val"):
            for index in range(count):
                label = np.repeat(np.arange(num_classes), -(-size[0] // num_classes))[: size[0]]
                label = np.repeat(label[:, None], size[1], axis=1).astype(np.uint8)
                for _ in range(25):
                    top, left = random.integers(0, size[0] - 30), random.integers(0, size[1] - 30)
                    label[top : top + 25, left : left + 15] = random.integers(num_classes)
                colors = np.random.default_rng(1).integers(0, 255, (num_classes, 3))
                picture = colors[label] * (0.5 if domain == "target" else 1)
                picture = np.clip(picture + random.normal(0, 5, picture.shape), 0, 255)
                has_label = domain == "source" or target_labels
                for kind, pixels in (("images", picture.astype(np.uint8)), ("labels", label)):
                    folder = root / domain / split / kind
                    if kind == "images" or has_label:
                        folder.mkdir(parents=True, exist_ok=True)
                        Image.fromarray(pixels).save(folder / f"frame_{index}.png")
    classes = [
        {"id": i, "name": f"class {i}", "color": [9 * i, 255 - 9 * i, 60]}
        for i in range(num_classes)
    ]
    (root / "classes.json").write_text(json.dumps({"ignore": 255, "classes": classes}))
    return root


@pytest.mark.long
@pytest.mark.parametrize("target_labels", [True, False])
def test_generated_pictures_of_another_size(tmp_path, target_labels):
    root = write_pair(
        tmp_path / "pair", size=(192, 256), count=8, num_classes=19, target_labels=target_labels
    )
    words = ["data.size=[96, 128]", "record.probe_images=8", "record.pixels_per_class=40"]
    words += ["warmup.steps=40", "adapt.steps=20", "record.every=5", "checkpoint.every=30"]
    use, run, _ = run_of(settings(root, *words), tmp_path)
    assert_near(use, run)
    last = size_of(run.path / "snapshots" / "step_0000060")
    assert use.snapshot == pytest.approx(last, rel=0.2 if target_labels else 0.3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keep", "extra"),
    [("last 2", []), ("last 1", []), ("every 4", []), ("all", ["evaluate.every=3"])],
)
def test_what_is_kept_bounds_it(shared_pair, tmp_path, keep, extra):
    config = settings(shared_pair, f"record.keep={keep}", "record.every=1", *extra)
    use, run, most = run_of(config, tmp_path)
    assert_near(use, run)
    assert most <= use.most_snapshots <= most + 1


@pytest.mark.slow
def test_a_chosen_snapshot_counts_once_however_often_it_changes(shared_pair, tmp_path):
    config = settings(shared_pair, "select.by=entropy", "record.every=1")
    use, run, _ = run_of(config, tmp_path)
    weights = {path.name for path in (run.path / "checkpoints").glob("model_*")}
    assert {"model_0000004.safetensors", "model_0000008.safetensors"} <= weights
    assert len(weights) <= 3
    assert use.total == pytest.approx(size_of(run.path), rel=0.2)


@pytest.mark.slow
def test_the_command_says_it_before_the_first_update(shared_pair, tmp_path, capsys):
    config = tmp_path / "config.toml"
    config.write_text("")
    words = [*SMALL, *STEPS, f"data.root={shared_pair}", "record.keep=last 1"]
    assert main(["adapt", str(config), *words, "--runs", str(tmp_path), "--id", "run"]) == 0
    said = capsys.readouterr().err
    assert "on disk at its end: 2 snapshots of" in said
    assert "(record.keep is last 1, 3 at most at a time)" in said
    assert said.index("on disk at its end") < said.index("warm-up on source")


def test_a_disk_that_is_too_small_is_told():
    use = DiskUse(10**6, 10**6, 10, 12, 10**4, 10**7)
    assert "has only" not in use.words(keep="last 9", free=30 * 10**6)
    text = use.words(keep="last 9", free=22 * 10**6)
    assert "the disk has only 22 MB free: free some, raise record.every, or set" in text


def test_sizes_are_told_in_their_unit():
    sizes = (100, 8_499, 950_000, 57_300_000, 1_240_000_000, 25_000_000_000)
    assert [told(size) for size in sizes] == ["1 KB", "8 KB", "0.9 MB", "57 MB", "1.2 GB", "25 GB"]
