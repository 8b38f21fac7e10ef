import pytest

from spcl.method.schedule import linear_decay, poly_decay


def test_poly_decay_falls_from_one_to_zero() -> None:
    assert [poly_decay(done) for done in (0, 0.5, 1)] == pytest.approx([1, 0.5**0.9, 0])


def test_linear_decay_ends_at_its_final_share() -> None:
    factors = [linear_decay(done, final=0.1) for done in (0, 0.5, 1)]
    assert factors == pytest.approx([1, 0.55, 0.1])


@pytest.mark.parametrize("decay", [poly_decay, linear_decay])
def test_steps_outside_the_stage_change_nothing(decay: object) -> None:
    assert callable(decay)
    assert decay(-0.5) == decay(0.0)
    assert decay(1.5) == decay(1.0)
