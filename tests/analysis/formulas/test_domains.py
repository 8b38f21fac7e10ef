import numpy as np
import pytest

from spcl.analysis.formulas.domains import linear_cka, proxy_a_distance, squared_mmd


def cloud(seed, shift=0.0, count=150):
    return np.random.default_rng(seed).normal(size=(count, 6)) + shift


def test_squared_mmd_equals_a_slow_double_loop():
    x, y = cloud(0, count=25), cloud(1, 0.5, count=30)
    joint = [*x, *y]
    apart = [((a - b) ** 2).sum() for i, a in enumerate(joint) for b in joint[:i]]
    width = np.median(apart)
    kernel = lambda a, b: np.exp(-((a - b) ** 2).sum() / width)  # noqa: E731
    inner = [
        np.mean([kernel(a, b) for i, a in enumerate(part) for j, b in enumerate(part) if i != j])
        for part in (x, y)
    ]
    across = np.mean([kernel(a, b) for a in x for b in y])
    assert squared_mmd(x, y) == pytest.approx(sum(inner) - 2 * across)


def test_squared_mmd_grows_with_the_shift_and_is_near_zero_without():
    assert abs(squared_mmd(cloud(0), cloud(1))) < 0.01
    assert squared_mmd(cloud(0), cloud(1, 0.5)) < squared_mmd(cloud(0), cloud(1, 1.5))


def test_proxy_a_distance_tells_far_domains_and_not_equal_ones():
    near, far = proxy_a_distance(cloud(0), cloud(1)), proxy_a_distance(cloud(0), cloud(1, 3.0))
    assert near.distance < 0.5
    assert near.error > 0.35
    assert far == (pytest.approx(2, abs=0.05), pytest.approx(0, abs=0.02))


def test_proxy_a_distance_weighs_a_small_domain_as_much():
    told = proxy_a_distance(cloud(0, count=900), cloud(1, count=40))
    assert told.error > 0.3


def test_too_few_pixels_say_nothing():
    assert np.isnan(squared_mmd(cloud(0), cloud(1, count=5)))
    assert np.isnan(proxy_a_distance(cloud(0), cloud(1, count=5)).error)


def test_linear_cka_equals_the_form_with_gram_matrices():
    x, y = cloud(0), cloud(0) @ np.random.default_rng(2).normal(size=(6, 4)) + 0.3 * cloud(3)[:, :4]
    center = np.eye(150) - 1 / 150
    k, m = center @ x @ x.T @ center, center @ y @ y.T @ center
    expected = (k * m).sum() / np.sqrt((k * k).sum() * (m * m).sum())
    assert linear_cka(x, y) == pytest.approx(expected)


def test_linear_cka_is_one_after_a_rotation_and_small_for_noise():
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    assert linear_cka(cloud(0) @ turn * 3 + 1, cloud(0)) == pytest.approx(1)
    assert linear_cka(cloud(0), cloud(9)) < 0.2
    assert np.isnan(linear_cka(np.ones((5, 2)), np.ones((5, 2))))


@pytest.mark.slow
def test_same_seed_same_sample():
    x, y = cloud(0, count=3000), cloud(1, 0.2, count=3000)
    assert squared_mmd(x, y, seed=4) == squared_mmd(x, y, seed=4)
    assert squared_mmd(x, y, seed=4) != squared_mmd(x, y, seed=5)
