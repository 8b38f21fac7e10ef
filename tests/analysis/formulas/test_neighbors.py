import numpy as np
import pytest

from spcl.analysis.formulas.neighbors import knn_purity, nearest_pixels, neighbors_kept


@pytest.fixture
def features():
    table = np.random.default_rng(0).normal(size=(80, 6))
    return table / np.linalg.norm(table, axis=1, keepdims=True)


def test_neighbors_are_those_of_a_slow_sort_without_the_pixel_itself(features):
    every = np.arange(80)
    found = nearest_pixels(features, every, every, 5)
    for i in range(80):
        order = [j for j in np.argsort(-(features @ features[i])) if j != i]
        assert set(found[i]) == set(order[:5])


def test_neighbors_come_from_the_pool_only(features):
    pool, of = np.arange(40), np.arange(40, 80)
    found = nearest_pixels(features, pool, of, 3)
    assert found.shape == (40, 3)
    assert found.max() < 40


def test_duplicates_may_be_neighbors_but_never_the_pixel_itself(features):
    twice = np.repeat(features[:10], 3, axis=0)
    every = np.arange(30)
    found = nearest_pixels(twice, every, every, 2)
    assert not (found == every[:, None]).any()
    assert (found // 3 == every[:, None] // 3).all()


def test_a_pool_too_small_gives_fewer_neighbors(features):
    assert nearest_pixels(features, np.arange(3), np.arange(3), 10).shape == (3, 2)
    assert nearest_pixels(features, np.arange(1), np.arange(1), 10).shape == (1, 0)


def test_purity_by_hand_and_nan_without_neighbors():
    class_id = np.array([0, 0, 1, 1])
    near = np.array([[1, 2], [0, 1], [3, 3]])
    np.testing.assert_allclose(knn_purity(near, np.array([0, 1, 2]), class_id), [0.5, 1, 1])
    assert np.isnan(knn_purity(near[:, :0], np.array([0, 1, 2]), class_id)).all()


def test_a_rotation_keeps_every_neighbor_and_a_shuffle_few(features):
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    assert neighbors_kept(features @ turn, features).min() == 1
    assert neighbors_kept(features[::-1], features).mean() < 0.3


def test_steps_with_other_pixels_are_refused(features):
    with pytest.raises(ValueError, match="80 and 79 rows are not the same pixels"):
        neighbors_kept(features, features[1:])
