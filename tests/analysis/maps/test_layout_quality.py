import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from spcl.analysis.maps.layout_quality import preservation, quality, stability
from spcl.analysis.maps.projection import Start, pca_layout, umap_layout


@pytest.fixture(scope="module")
def flat():
    """A plane that lies in eight dimensions: PCA shows it as it is."""
    random = np.random.default_rng(0)
    return random.normal(size=(300, 2)) @ np.linalg.qr(random.normal(size=(8, 2)))[0].T


def test_a_plane_shown_as_it_is_loses_nothing(flat):
    measured = quality(flat, pca_layout(flat))
    assert measured.trustworthiness == measured.continuity == 1
    assert measured.preservation > 0.999
    assert measured.stability is None


def test_trustworthiness_is_that_of_scikit_learn_and_continuity_its_mirror(flat):
    folded = np.abs(pca_layout(flat))
    measured = quality(flat, folded)
    exact = flat.astype(np.float32)
    assert measured.trustworthiness == pytest.approx(
        trustworthiness(exact, folded, n_neighbors=15), abs=1e-3
    )
    assert measured.continuity == pytest.approx(
        trustworthiness(folded, exact, n_neighbors=15), abs=1e-3
    )
    assert measured.trustworthiness < measured.continuity


def test_preservation_equals_a_slow_double_loop(flat):
    folded = np.abs(pca_layout(flat))
    of = np.arange(0, 300, 30)

    def nearest(points, row):
        order = np.argsort(np.linalg.norm(points - points[row], axis=1))
        return set(order[order != row][:15].tolist())

    slow = np.mean([len(nearest(flat, row) & nearest(folded, row)) / 15 for row in of])
    assert preservation(flat, folded, of) == pytest.approx(slow, abs=1e-9)


def test_a_map_of_chance_preserves_what_chance_would(flat):
    chance = np.random.default_rng(1).normal(size=(300, 2))
    assert quality(flat, chance).preservation == pytest.approx(15 / 299, abs=0.02)


def test_a_map_frozen_while_features_change_is_still_and_loses_preservation():
    random = np.random.default_rng(0)
    before = np.repeat(np.eye(4, 12), 60, axis=0) + 0.15 * random.normal(size=(240, 12))
    after = before[random.permutation(240)]
    frozen = Start(umap_layout(before, seed=1), before)
    moved = umap_layout(after, seed=1, start=frozen)
    kept, followed = quality(after, frozen.positions, reference=frozen), quality(after, moved)
    assert kept.stability == 1
    assert followed.preservation > kept.preservation + 0.1
    assert quality(before, frozen.positions).preservation > kept.preservation + 0.2


def test_stability_asks_only_pixels_whose_features_did_not_move(flat):
    positions = pca_layout(flat)
    changed, moved = flat.copy(), positions.copy()
    changed[:200] += 1
    moved[:200] += 1
    assert stability(changed, moved, Start(positions, flat)) == 1
    assert stability(changed, positions[::-1], Start(positions, flat)) < 0.9


def test_stability_is_relative_to_the_width_of_the_map(flat):
    positions = pca_layout(flat)
    low, high = np.percentile(positions, [1, 99], axis=0)
    shifted = positions + [0.01 * (high - low).max(), 0]
    assert stability(flat, shifted, Start(positions, flat)) == pytest.approx(0.99)
