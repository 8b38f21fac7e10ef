from pathlib import Path

import pytest

from dashboard.charts.ruler import ruler, spread
from dashboard.text.scores.baselines import Mark, best_rival, clause, marks, missing, reading
from spcl.store.baselines.reader import Baseline


def of(name: str, iou: float, seed: int = 0, step: int = 10) -> Baseline:
    return Baseline(name, "it", "r", seed, step, 10, 60, iou, iou, 0.9, {})


def found(*baselines: Baseline, now: float = 0.432, step: int | None = None) -> tuple[Mark, ...]:
    return marks(baselines, before=0.322, now=now, seed=0, step=step)


DEMO = (of("source_only", 0.362), of("adabn", 0.407))


def test_the_ruler_goes_from_before_over_the_baselines_to_the_run() -> None:
    names = [mark.name for mark in found(*reversed(DEMO))]
    assert names == ["before", "source-only", "AdaBN", "this run"]


def test_the_clause_is_what_the_method_adds_to_the_best_of_them() -> None:
    assert clause(found(*DEMO)) == "2.5 more than AdaBN alone"
    assert clause(found(*DEMO, now=0.39)) == "1.7 less than AdaBN alone"
    assert clause(found(*DEMO, now=0.409)) == "no more than AdaBN alone"
    assert clause(found()) == ""


def test_a_run_that_goes_on_claims_nothing_against_finished_ones() -> None:
    going_on = found(*DEMO, step=5)
    assert clause(going_on) == ""
    assert "The method itself" not in reading(going_on)
    assert "Not at its last step: this run (step 5)" in reading(going_on)


def test_a_baseline_that_trains_still_is_no_rival() -> None:
    so_far = found(of("adabn", 0.5, step=4), of("source_only", 0.362))
    rival = best_rival(so_far)
    assert rival is not None
    assert rival.name == "source-only"
    assert "AdaBN (step 4)" in reading(so_far)
    assert "so far" in ruler(so_far, dark=False)


@pytest.mark.parametrize("name", ["oracle", "oracle_joint", "before", "spcl"])
def test_who_saw_labels_or_is_the_method_itself_is_no_rival(name: str) -> None:
    assert best_rival(found(of(name, 0.9, seed=1))) is None


def test_the_own_seed_counts_and_others_are_small_dots() -> None:
    several = found(of("adabn", 0.39, seed=1), of("adabn", 0.407), of("spcl", 0.426, seed=1))
    adabn, run = several[1], several[2]
    assert (adabn.value, adabn.others) == (0.407, (0.39,))
    assert (run.value, run.others) == (0.432, (0.426,))
    assert "a small one that of another seed" in reading(several)


def test_without_the_own_seed_the_mean_counts() -> None:
    assert found(of("adabn", 0.40, seed=1), of("adabn", 0.42, seed=2))[1].value == pytest.approx(
        0.41
    )


def test_every_name_is_on_the_ruler_and_shown_as_text() -> None:
    drawn = ruler(found(*DEMO, of("<img src=x>", 0.38)), dark=True)
    assert "<img" not in drawn
    assert "&lt;img src=x&gt; <b>38.0</b>" in drawn
    assert "this run <b>43.2</b>" in drawn


def test_names_stand_apart_and_stay_on_the_line() -> None:
    places = spread([50, 51, 92, 93], apart=15)
    assert all(b - a >= 15 - 1e-9 for a, b in zip(places, places[1:], strict=False))
    assert max(places) <= 93
    assert spread([10, 60], apart=15) == [10, 60]


def test_what_to_type_is_said() -> None:
    text = missing(Path("/runs/a run"), is_finished=False)
    assert text.startswith("Not compared with a baseline yet; once it has finished, type python")
    assert text.endswith("python -m spcl ablate '/runs/a run'")
