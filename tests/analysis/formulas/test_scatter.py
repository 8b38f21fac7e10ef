import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from spcl.analysis.formulas.scatter import (
    class_means,
    compactness,
    domain_gap,
    fisher_ratio,
    interclass_distance,
    silhouette,
)


@pytest.fixture
def case():
    random = np.random.default_rng(0)
    features = random.normal(size=(90, 8)) + np.repeat(np.eye(3, 8) * 2, 30, axis=0)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    return features, np.repeat(np.arange(3), 30)


def all_measures(features, class_id, num_classes):
    means = class_means(features, class_id, num_classes)
    within = compactness(features, class_id, num_classes)
    return np.stack(
        [
            within,
            interclass_distance(means),
            fisher_ratio(means, within)[0],
            silhouette(features, class_id, num_classes),
        ]
    )


def test_class_means_match_numpy_and_absent_is_nan(case):
    features, class_id = case
    means = class_means(features, class_id, 5)
    np.testing.assert_allclose(means[1], features[class_id == 1].mean(axis=0))
    assert np.isnan(means[4]).all()


def test_compactness_is_the_trace_of_the_covariance(case):
    features, class_id = case
    expected = [np.trace(np.cov(features[class_id == k].T, bias=True)) for k in range(3)]
    np.testing.assert_allclose(compactness(features, class_id, 3), expected)


def test_fisher_ratio_is_the_ratio_of_traces(case):
    features, class_id = case
    means, within = class_means(features, class_id, 3), compactness(features, class_id, 3)
    between = np.cov(means.T, bias=True)
    assert fisher_ratio(means, within)[1] == pytest.approx(np.trace(between) / within.mean())


def test_interclass_distance_is_to_the_nearest_other_mean():
    means = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0], [np.nan, np.nan]])
    expected = [1, np.sqrt(18), 1, np.nan]
    np.testing.assert_allclose(interclass_distance(means), expected)


def test_silhouette_is_scikit_learns_mean_of_each_class(case):
    features, class_id = case
    values = silhouette_samples(features.astype(np.float32), class_id)
    expected = [values[class_id == k].mean() for k in range(3)]
    np.testing.assert_allclose(silhouette(features, class_id, 3), expected, atol=1e-6)


def test_domain_gap_by_hand():
    features = np.array([[0.0, 1.0], [0.0, -1.0], [3.0, 1.0], [3.0, -1.0]])
    source, target = np.array([0, 0, 255, 255]), np.array([255, 255, 0, 0])
    gap = domain_gap(features, source, target, 2)
    assert gap[0] == pytest.approx(3.0)
    assert np.isnan(gap[1])


def test_domain_gap_of_a_domain_with_itself_is_zero(case):
    features, class_id = case
    np.testing.assert_allclose(domain_gap(features, class_id, class_id, 3), 0)


def test_permuting_the_classes_permutes_every_measure(case):
    features, class_id = case
    order = np.array([2, 0, 1])
    permuted = all_measures(features, np.argsort(order)[class_id], 3)
    np.testing.assert_allclose(permuted, all_measures(features, class_id, 3)[:, order])


def test_rotating_the_features_changes_nothing(case):
    features, class_id = case
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]
    turned = all_measures(features @ turn, class_id, 3)
    np.testing.assert_allclose(turned, all_measures(features, class_id, 3), atol=1e-5)


def test_every_pixel_twice_changes_all_but_the_silhouette_not_at_all(case):
    features, class_id = case
    twice = all_measures(np.repeat(features, 2, axis=0), np.repeat(class_id, 2), 3)
    np.testing.assert_allclose(twice[:3], all_measures(features, class_id, 3)[:3])


def test_half_precision_changes_little(case):
    features, class_id = case
    half = all_measures(features.astype(np.float16), class_id, 3)
    np.testing.assert_allclose(half, all_measures(features, class_id, 3), rtol=5e-3)


def test_one_class_alone_has_nothing_to_be_told_from(case):
    features, _ = case
    measures = all_measures(features, np.zeros(len(features), int), 2)
    assert np.isfinite(measures[0, 0])
    assert np.isnan(measures[1:]).all()
