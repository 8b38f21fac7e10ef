import subprocess
import sys

import numpy as np
import pytest

from spcl.errors import DivergedError, UserError
from spcl.recorder import record
from spcl.store.reader import Run
from spcl.store.scores.counts import cross_table
from spcl.store.validation import faults
from tests import ROOT
from tests.recorder.scenes import CLASSES, ColorModel, scenes


def recorded(runs, predict, *, steps=(0, 5, 10), dark_labels=True, snapshot=None, **options):
    target = scenes(3, dark=True, labels=dark_labels)
    with record(runs, CLASSES, source=scenes(3), target=target, **options) as run:
        for step in steps:
            run.log(step, loss=1.0 / (step + 1))
            run.snapshot(step, predict, **(snapshot or {}))
    return Run(run.path)


def test_five_lines_make_a_run_that_is_sound(tmp_path):
    run = recorded(tmp_path, ColorModel().both, title="Colors", steps=(0, 5, 10))
    assert list(faults(run)) == []
    assert run.status().kind == "finished"
    assert run.steps() == [0, 5, 10]
    info = run.info()
    assert (info.title, info.before_step, info.total_steps, info.step) == ("Colors", 0, 10, 10)
    assert info.absent == ("prototypes", "thresholds", "plan", "settings")
    assert [row["loss/total"] for row in run.metrics().read()] == [1, 1 / 6, 1 / 11]


def test_masks_and_scores_are_those_of_the_model(tmp_path):
    run = recorded(tmp_path, ColorModel().both)
    snapshot, probe = run.snapshot(10), run.probe()
    keys = [image.key for image in probe.images if image.domain == "target"]
    total = sum(cross_table(probe.label(key), snapshot.mask(key), 4) for key in keys)
    assert snapshot.scores["target"]["confusion"] == total.tolist()
    assert snapshot.scores["source"]["mean_iou"] > 0.6


def test_prototypes_are_the_class_means_of_the_source(tmp_path):
    run = recorded(tmp_path, ColorModel().both)
    snapshot, pixels = run.snapshot(0), run.probe().pixels
    mine = snapshot.features[(pixels["domain"] == 0) & (pixels["class_id"] == 2)].astype(float)
    mean = mine.mean(axis=0)
    expected = mean / np.linalg.norm(mean)
    assert snapshot.prototypes["vectors"][2] == pytest.approx(expected, abs=1e-3)
    assert snapshot.prototypes["pixel_count"][2] == len(mine)
    assert "means of the features of each class" in run.info().notes[0]


def test_prototypes_and_thresholds_that_are_given_are_kept(tmp_path):
    given = {"prototypes": np.eye(4) * 3, "thresholds": 0.9}
    run = recorded(tmp_path, ColorModel().both, snapshot=given, steps=(0,), **{"before": 0})
    snapshot = run.snapshot(0)
    assert np.array_equal(snapshot.prototypes["vectors"], np.eye(4, dtype=np.float32))
    kept, sure = snapshot.predictions["kept"], snapshot.predictions["confidence"]
    assert kept[sure > 0.901].all() and not kept[sure < 0.899].any()
    assert 0 < kept.sum() < len(kept)
    assert run.info().absent == ("plan", "settings")
    assert run.info().notes == ()


def test_logits_alone_record_no_features(tmp_path):
    run = recorded(tmp_path, ColorModel().logits, dark_labels=False)
    assert list(faults(run)) == []
    assert {"features", "prototypes"} <= set(run.info().absent)
    snapshot = run.snapshot(0)
    assert snapshot.features.shape == (len(run.probe().pixels["image"]), 0)
    assert not snapshot.prototypes["seen"].any()
    assert snapshot.scores["target"] is None


def test_class_ids_alone_record_no_confidence(tmp_path):
    run = recorded(tmp_path, ColorModel().ids)
    assert list(faults(run)) == []
    assert "confidence" in run.info().absent
    assert np.isnan(run.snapshot(0).predictions["confidence"]).all()
    assert not run.snapshot(0).confidence_path("target-0000").exists()


def test_a_source_without_labels_has_no_prototypes(tmp_path):
    pair = {"source": scenes(2, labels=False), "target": scenes(2, dark=True)}
    with record(tmp_path, CLASSES, **pair) as run:
        run.snapshot(0, ColorModel().both)
    assert not Run(run.path).snapshot(0).prototypes["seen"].any()


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("no"), "failed"), (KeyboardInterrupt(), "stopped")]
)
def test_what_breaks_the_loop_is_recorded_and_goes_on(tmp_path, error, status):
    with (
        pytest.raises(type(error)),
        record(tmp_path, CLASSES, source=scenes(1), target=scenes(1)) as run,
    ):
        raise error
    assert Run(run.path).info().status == status


def test_plan_and_warm_up_can_be_said(tmp_path):
    options = {"steps": 40, "before": 5, "domains": ("day", "dusk"), "config": {"lr": 0.1}}
    pair = {"source": scenes(1), "target": scenes(1, dark=True)}
    with record(tmp_path, CLASSES, **pair, **options) as run:
        for step in (0, 5, 10):
            run.snapshot(step, ColorModel().both)
        running = Run(run.path).info()
    info = Run(run.path).info()
    assert [(s.name, s.last_step) for s in running.stages] == [("warmup", 5), ("adapt", 40)]
    assert info.total_steps == 10  # it ended early, and no update is left
    assert (info.before_step, info.stage, info.domain_name("target")) == (5, "adapt", "dusk")
    assert info.config == {"settings": {"lr": 0.1}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keep", "before", "steps"),
    [
        ("all", None, [0, 2, 4, 6, 8, 9]),
        ("last 1", None, [0, 9]),
        ("last 2", 4, [4, 8, 9]),
        ("every 4", 6, [0, 4, 6, 8, 9]),
    ],
)
def test_the_snapshots_stay_that_keep_names(tmp_path, keep, before, steps):
    taken = (0, 2, 4, 6, 8, 9)
    run = recorded(tmp_path, ColorModel().both, steps=taken, keep=keep, before=before)
    assert run.steps() == steps
    assert [row["step"] for row in run.metrics().read()] == list(taken)
    assert list(faults(run)) == []


@pytest.mark.parametrize("keep", ["newest", "last", "last 0", "every -1", 3, None, ""])
def test_another_rule_of_what_stays_is_refused_before_a_run_is_made(tmp_path, keep):
    with pytest.raises(UserError, match='keep is .* is no rule; use "all", "every N" or "last N"'):
        recorded(tmp_path, ColorModel().both, keep=keep)
    assert list(tmp_path.iterdir()) == []


def test_two_runs_of_a_second_have_names_of_their_own(tmp_path):
    runs = [recorded(tmp_path, ColorModel().ids, steps=(0,), title="Same") for _ in range(2)]
    assert len({run.path.name for run in runs}) == 2


def test_numbers_of_any_kind_can_be_logged(tmp_path):
    torch = pytest.importorskip("torch")
    with record(tmp_path, CLASSES, source=scenes(1), target=scenes(1)) as run:
        run.log(np.int64(1), {"loss/extra": np.float32(2)}, loss=torch.tensor(0.5), per=[1, 2])
        with pytest.raises(UserError, match="lr is a list of the shape"):
            run.log(2, lr=[object()])
        with pytest.raises(UserError, match="the step is 1.5; count updates in whole numbers"):
            run.log(1.5, loss=1)
    row = Run(run.path).metrics().read()[0]
    expected = {"step": 1, "loss/total": 0.5, "loss/extra": 2.0, "per": [1, 2]}
    assert {key: row[key] for key in expected} == expected


def test_a_snapshot_that_knows_other_things_than_the_first_is_refused(tmp_path):
    model = ColorModel()
    with (
        pytest.raises(UserError, match="step 1 has no features, logits, .* the first had features"),
        record(tmp_path, CLASSES, source=scenes(1), target=scenes(1)) as run,
    ):
        run.snapshot(0, model.both)
        run.snapshot(1, model.logits)
    assert Run(run.path).info().status == "failed"


def test_numbers_that_are_not_finite_end_the_run(tmp_path):
    with (
        pytest.raises(DivergedError),
        record(tmp_path, CLASSES, source=scenes(1), target=scenes(1)) as run,
    ):
        run.snapshot(0, lambda images: ColorModel().logits(images) * np.nan)
    assert Run(run.path).steps() == []


@pytest.mark.slow
def test_numpy_alone_records_without_torch(tmp_path):
    code = (
        "import sys; from spcl.recorder import record; "
        "from tests.recorder.scenes import CLASSES, ColorModel, scenes; "
        "run = record(sys.argv[1], CLASSES, source=scenes(2), target=scenes(2, dark=True)); "
        "run.snapshot(0, ColorModel().both); run.end(); "
        "assert not {'torch', 'pydantic', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True, timeout=60)


def test_torch_data_sets_and_models_are_taken_as_they_are(tmp_path):
    torch = pytest.importorskip("torch")
    from torch.utils.data import TensorDataset

    def tensors(pairs):
        images = torch.stack([torch.from_numpy(image) for image, _ in pairs])
        labels = torch.stack([torch.from_numpy(label) for _, label in pairs])
        return TensorDataset(images.permute(0, 3, 1, 2) / 255, labels)

    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 8, stride=8), torch.nn.Dropout2d(0.5))
    pair = {"source": tensors(scenes(3)), "target": tensors(scenes(3, dark=True))}
    with record(tmp_path, CLASSES, **pair) as run:
        first = run.snapshot(0, model)
        assert model.training
    with torch.no_grad():
        logits = model.eval()(pair["target"].tensors[0])
    from spcl.method.grid.resize import upsample

    ids = upsample(logits, (24, 48)).argmax(1).numpy()
    total = cross_table(pair["target"].tensors[1].numpy(), ids, 4)
    assert np.array_equal(first["target"]["confusion"], total)
    picture = Run(run.path).probe().picture("source-0000")
    assert np.array_equal(picture, scenes(3)[0][0])
