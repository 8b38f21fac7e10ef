import numpy as np
import pytest

from spcl.analysis.formulas.prototypes import (
    angle,
    cosine_matrix,
    drift,
    effective_rank,
    lengths,
    rivals,
)
from spcl.analysis.formulas.pseudo_labels import kept_shares

ALL = np.ones(3, bool)


def test_cosine_matrix_at_named_angles():
    vectors = np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0]])
    seen = np.array([True, True, True])
    expected = [[1, 0, -1], [0, 1, 0], [-1, 0, 1]]
    np.testing.assert_allclose(cosine_matrix(vectors, seen), expected, atol=1e-12)


def test_unseen_prototypes_have_no_cosine_and_no_drift():
    vectors, seen = np.eye(3), np.array([True, False, True])
    assert np.isnan(cosine_matrix(vectors, seen)[1]).all()
    assert np.isnan(drift(vectors, vectors, seen, seen)[1])


def test_drift_is_zero_at_rest_and_one_at_a_right_angle():
    vectors, seen = np.eye(3), np.ones(3, bool)
    np.testing.assert_allclose(drift(vectors, vectors, seen, seen), 0, atol=1e-12)
    np.testing.assert_allclose(drift(np.roll(vectors, 1, axis=0), vectors, seen, seen), 1)


def test_length_is_that_of_the_raw_vector_and_the_same_after_a_rotation():
    vectors, seen = np.array([[3.0, 4.0], [0.1, 0.0], [1.0, 1.0]]), np.array([True, True, False])
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(2, 2)))[0]
    for table in (vectors, vectors @ turn):
        np.testing.assert_allclose(lengths(table, seen), [5, 0.1, np.nan])


def test_kept_shares_by_hand():
    predicted = np.array([0, 0, 0, 0, 1, 1])
    kept = np.array([True, True, False, False, True, False])
    truth = np.array([0, 1, 0, 0, 255, 1])
    shares = kept_shares(predicted, kept, truth, 3)
    np.testing.assert_allclose(shares.kept, [0.5, 0.5, np.nan])
    np.testing.assert_allclose(shares.accuracy, [0.5, np.nan, np.nan])


def test_effective_rank_counts_directions_and_collapses_to_one():
    assert effective_rank(np.eye(3) * [[1], [5], [2]], ALL) == pytest.approx(3)
    assert effective_rank(np.ones((3, 8)), ALL) == pytest.approx(1)
    assert np.isnan(effective_rank(np.eye(3), ~ALL))


def test_effective_rank_leaves_out_unseen_prototypes():
    assert effective_rank(np.eye(3), np.array([True, True, False])) == pytest.approx(2)


def test_effective_rank_is_the_same_after_a_rotation():
    random = np.random.default_rng(0)
    vectors, turn = random.normal(size=(3, 6)), np.linalg.qr(random.normal(size=(6, 6)))[0]
    assert effective_rank(vectors, ALL) == pytest.approx(effective_rank(vectors @ turn, ALL))


def test_the_angle_is_exact_for_small_turns():
    turned = np.array([[np.cos(a), np.sin(a)] for a in np.radians([0, 1e-6, 90, 180])])
    start = np.tile([2.0, 0.0], (4, 1))
    np.testing.assert_allclose(angle(turned, start), [0, 1e-6, 90, 180], rtol=1e-9, atol=1e-12)


def test_the_rival_is_the_largest_entry_off_the_diagonal():
    table = np.array([[0.9, 0.1, 0.3], [0.2, 0.1, 0.0], [np.nan, 0.0, 1.0]])
    assert rivals(table) == [(2, 0.3), (0, 0.2), None]
