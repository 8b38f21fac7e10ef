import numpy as np
import pytest

from spcl.analysis.maps import projection
from spcl.analysis.maps.layout_quality import quality


@pytest.fixture(scope="module")
def clusters():
    random = np.random.default_rng(0)
    centers = np.eye(4, 12)
    class_id = np.repeat(np.arange(4), 60)
    features = centers[class_id] + 0.15 * random.normal(size=(240, 12))
    return features / np.linalg.norm(features, axis=1, keepdims=True), class_id, centers


def test_registration_undoes_turning_mirroring_scaling_and_shifting():
    positions = np.random.default_rng(0).normal(size=(50, 2))
    angle = 1.1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    other = 3 * positions @ turn * [1, -1] + [5, -2]
    np.testing.assert_allclose(projection.registered(other, positions), positions, atol=1e-9)


def test_a_layout_without_relation_to_its_reference_keeps_its_width():
    random = np.random.default_rng(0)
    reference, other = random.normal(size=(2, 400, 2))
    for _ in range(20):
        other = projection.registered(random.normal(size=(400, 2)), other)
    spread = (((table - table.mean(axis=0)) ** 2).sum() for table in (other, reference))
    ratio = next(spread) / next(spread)
    assert ratio == pytest.approx(1, rel=0.2)


def test_pca_of_flat_data_keeps_distances():
    flat = np.random.default_rng(0).normal(size=(30, 2)) @ np.eye(2, 6)
    positions = projection.pca_layout(flat)
    ours = np.linalg.norm(positions[0] - positions[1])
    assert ours == pytest.approx(np.linalg.norm(flat[0] - flat[1]), rel=1e-4)


@pytest.mark.slow
def test_umap_keeps_classes_together_and_repeats_itself(clusters):
    features, class_id, _ = clusters
    first = projection.umap_layout(features, seed=1)
    assert np.array_equal(first, projection.umap_layout(features, seed=1))
    centers = np.stack([first[class_id == k].mean(axis=0) for k in range(4)])
    nearest = np.linalg.norm(first[:, None] - centers, axis=2).argmin(axis=1)
    assert (nearest == class_id).mean() > 0.95
    assert quality(features, first).trustworthiness > 0.85


@pytest.mark.slow
def test_a_continued_map_is_repeated_bit_by_bit(clusters):
    features, _, _ = clusters
    start = projection.Start(projection.umap_layout(features, seed=1), features)
    moved = features[:, ::-1] + 0.1 * features
    one, two = (projection.umap_layout(moved, seed=1, start=start) for _ in range(2))
    assert one.tobytes() == two.tobytes()
    assert not np.array_equal(one, projection.umap_layout(moved, seed=2, start=start))


def test_a_map_of_unchanged_features_is_unchanged(clusters):
    features, _, _ = clusters
    first = projection.umap_layout(features, seed=1)
    start = projection.Start(first, features)
    assert np.array_equal(projection.umap_layout(features, seed=1, start=start), first)


def test_the_noise_of_half_precision_moves_a_map_by_less_than_half_a_percent(clusters):
    features, _, _ = clusters
    start = projection.Start(projection.umap_layout(features, seed=1), features)
    again = projection.umap_layout(features.astype(np.float16), seed=1, start=start)
    assert not np.array_equal(again, start.positions)
    assert quality(features, again, reference=start).stability > 0.995


@pytest.mark.slow
def test_a_map_follows_pixels_that_change_sides(clusters):
    features, class_id, _ = clusters
    start = projection.Start(projection.umap_layout(features, seed=1), features)
    changed = features.copy()
    changed[:30] = features[60:90]
    after = projection.umap_layout(changed, seed=1, start=start)
    kept = quality(changed, after).trustworthiness
    assert kept > quality(changed, start.positions).trustworthiness + 0.05


@pytest.mark.slow
def test_a_continued_map_keeps_its_size_over_many_steps(clusters):
    features, _, _ = clusters
    random = np.random.default_rng(0)
    start = projection.Start(projection.umap_layout(features, seed=1), features)
    width = start.positions.std()
    for _ in range(10):
        moved = features + 0.05 * random.normal(size=features.shape)
        after = projection.umap_layout(moved, seed=1, start=start)
        after = projection.registered(after, start.positions, keep_units=True)
        start = projection.Start(after, moved)
    assert start.positions.std() == pytest.approx(width, rel=0.3)


def test_compiled_code_is_kept_for_the_next_process(clusters):
    projection.umap_layout(clusters[0], seed=1)
    from umap import layouts

    assert layouts._nb_optimize_layout_euclidean_single_epoch.stats.cache_path is not None


def test_prototypes_stand_among_their_class(clusters):
    features, class_id, centers = clusters
    positions = projection.pca_layout(features)
    seen = np.array([True, True, True, False])
    placed = projection.place_prototypes(positions, features, centers, seen)
    for k in range(3):
        spread = positions[class_id == k].std()
        assert np.linalg.norm(placed[k] - positions[class_id == k].mean(axis=0)) < 3 * spread
    assert np.isnan(placed[3]).all()
