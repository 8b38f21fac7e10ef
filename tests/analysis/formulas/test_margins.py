import numpy as np
import pytest

from spcl.analysis.formulas.margins import (
    discrimination,
    margins,
    nearest_prototype_shares,
    similarities,
)


@pytest.fixture
def case():
    random = np.random.default_rng(0)
    features = random.normal(size=(60, 8))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    vectors = random.normal(size=(4, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return features, vectors, random.integers(0, 4, 60)


def all_seen(k):
    return np.ones(k, bool)


def test_margin_equals_a_slow_double_loop(case):
    features, vectors, class_id = case
    got = margins(similarities(features, vectors, all_seen(4)), class_id)
    for i, own in enumerate(class_id):
        rivals = [features[i] @ vectors[k] for k in range(4) if k != own]
        assert got[i] == pytest.approx(features[i] @ vectors[own] - max(rivals), abs=1e-6)


def test_margin_at_named_angles():
    features = np.array([[1.0, 0.0], [np.sqrt(0.5), np.sqrt(0.5)], [0.0, 1.0]])
    similarity = similarities(features, np.eye(2), all_seen(2))
    np.testing.assert_allclose(margins(similarity, np.array([0, 0, 0])), [1, 0, -1], atol=1e-6)


def test_ignored_pixels_and_unseen_prototypes_have_no_margin(case):
    features, vectors, class_id = case
    class_id = class_id.copy()
    class_id[:5] = 255
    seen = np.array([True, True, True, False])
    got = margins(similarities(features, vectors, seen), class_id)
    assert np.isnan(got[:5]).all()
    assert np.isnan(got[class_id == 3]).all()
    assert np.isfinite(got[(class_id < 3)]).all()


def test_rotating_the_features_changes_nothing(case):
    features, vectors, class_id = case
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]
    plain = margins(similarities(features, vectors, all_seen(4)), class_id)
    turned = margins(similarities(features @ turn, vectors @ turn, all_seen(4)), class_id)
    np.testing.assert_allclose(plain, turned, atol=1e-5)


def test_permuting_the_classes_permutes_the_shares(case):
    features, vectors, class_id = case
    order = np.array([2, 0, 3, 1])
    plain = nearest_prototype_shares(similarities(features, vectors, all_seen(4)), class_id, 4)
    permuted = nearest_prototype_shares(
        similarities(features, vectors[order], all_seen(4)), np.argsort(order)[class_id], 4
    )
    np.testing.assert_allclose(permuted, plain[np.ix_(order, order)])


def test_share_rows_sum_to_one_and_the_diagonal_is_the_share_of_positive_margins(case):
    features, vectors, class_id = case
    similarity = similarities(features, vectors, all_seen(4))
    shares = nearest_prototype_shares(similarity, class_id, 4)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    positive = margins(similarity, class_id) > 0
    for k in range(4):
        assert shares[k, k] == pytest.approx(positive[class_id == k].mean())


def test_half_precision_changes_little(case):
    features, vectors, class_id = case
    exact = margins(similarities(features, vectors, all_seen(4)), class_id)
    half = margins(similarities(features.astype(np.float16), vectors, all_seen(4)), class_id)
    np.testing.assert_allclose(half, exact, atol=5e-3)


def test_discrimination_equals_a_slow_loop(case):
    features, vectors, class_id = case
    got = discrimination(similarities(features, vectors, all_seen(4)), class_id, 5)
    for k in range(4):
        ratios = []
        for z in features[class_id == k]:
            others = sum(1 + z @ vectors[j] for j in range(4) if j != k)
            ratios.append((1 + z @ vectors[k]) / others)
        assert got[k] == pytest.approx(np.mean(ratios), rel=1e-5)
    assert np.isnan(got[4])


def test_discrimination_needs_a_second_prototype(case):
    features, vectors, class_id = case
    seen = np.array([True, False, False, False])
    assert np.isnan(discrimination(similarities(features, vectors, seen), class_id, 4)).all()
