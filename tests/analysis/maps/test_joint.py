import numpy as np
import pytest

from examples.two_runs import main as two_runs
from spcl.analysis.maps.embedding import Neighbors
from spcl.analysis.maps.joint import joint_layout, joint_positions, stacked
from spcl.analysis.maps.layout_quality import quality
from spcl.store.errors import UserError
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run


def _clusters(seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.repeat(np.eye(4, 12), 60, axis=0) + 0.15 * random.normal(size=(240, 12))


def _apart(pixels: np.ndarray) -> np.ndarray:
    return np.linalg.norm(pixels[0] - pixels[1], axis=1) / np.ptp(pixels[0], axis=0).max()


def test_neighbors_stay_within_a_run_but_for_the_twin():
    part = Neighbors(np.array([[0, 1], [1, 0]], np.int32), np.array([[0, 2], [0, 2]], np.float32))
    near = stacked([part, part])
    assert near.indices.tolist() == [[0, 2, 1], [1, 3, 0], [2, 0, 3], [3, 1, 2]]
    assert near.distances.tolist() == [[0, 2, 2]] * 4


@pytest.mark.slow
def test_equal_runs_lie_on_one_another():
    features = _clusters()
    assert np.median(_apart(joint_positions([features, features]))) < 0.02


@pytest.mark.slow
def test_runs_may_have_feature_spaces_of_their_own():
    features = _clusters()
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(30, 12)))[0]
    pixels = joint_positions([features, 3 * features @ turn.T])
    assert np.median(_apart(pixels)) < 0.02


@pytest.mark.slow
def test_pixels_that_one_run_took_elsewhere_come_apart():
    features = _clusters()
    other = features.copy()
    other[:30] = features[60:90] + 0.01
    apart = _apart(joint_positions([features, other]))
    assert np.median(apart[:30]) > 4 * np.median(apart[90:])


@pytest.mark.slow
def test_each_run_is_shown_about_as_well_as_alone():
    one, other = _clusters(0), _clusters(1)
    pixels = joint_positions([one, other])
    for features, part in zip((one, other), pixels, strict=True):
        assert quality(features, part).trustworthiness > 0.8


@pytest.mark.slow
def test_two_runs_on_one_map_repeat_themselves_and_hold_their_prototypes(tmp_path):
    names = ("20260101-000000-one", "20260101-000000-two")
    runs = [Run(write_synthetic_run(tmp_path, run_id=name)) for name in names]
    layout = joint_layout(runs, [0, 40], seed=3)
    num_pixels = len(runs[0].probe().pixels["image"])
    assert layout.pixels.shape == (2, num_pixels, 2)
    assert layout.prototypes.shape == (2, 5, 2)
    assert len(layout.quality) == 2
    assert layout.pixels.tobytes() == joint_layout(runs, [0, 40], seed=3).pixels.tobytes()


def test_runs_that_observe_other_pixels_are_refused(tmp_path):
    one = Run(write_synthetic_run(tmp_path))
    other = Run(write_synthetic_run(tmp_path, run_id="20260101-000000-fewer", pixels_per_class=10))
    with pytest.raises(UserError, match="same probe pixels"):
        joint_layout([one, other], [0, 0])
    with pytest.raises(UserError, match="one step for each"):
        joint_layout([one], [0])


@pytest.mark.slow
def test_the_example_draws_two_runs_and_ranks_their_classes(tmp_path, capsys):
    names = ("20260101-000000-one", "20260101-000000-two")
    folders = [str(write_synthetic_run(tmp_path, run_id=name)) for name in names]
    two_runs(*folders, str(tmp_path / "map.html"))
    printed = capsys.readouterr().out
    assert "same in both runs" in printed
    assert printed.count("1.0") == 5, printed
    assert (tmp_path / "map.html").stat().st_size > 1000
