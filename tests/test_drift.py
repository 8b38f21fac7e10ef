import numpy as np

from spcl.analysis.drift import cosine_matrix, drift
from spcl.analysis.pseudo_labels import kept_shares


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


def test_kept_shares_by_hand():
    predicted = np.array([0, 0, 0, 0, 1, 1])
    kept = np.array([True, True, False, False, True, False])
    truth = np.array([0, 1, 0, 0, 255, 1])
    shares = kept_shares(predicted, kept, truth, 3)
    np.testing.assert_allclose(shares.kept, [0.5, 0.5, np.nan])
    np.testing.assert_allclose(shares.accuracy, [0.5, np.nan, np.nan])
