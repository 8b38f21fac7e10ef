from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashboard.text.prototypes import (
    History,
    age_text,
    closest_pairs,
    cosine_grid,
    drift_text,
    headline,
    histories,
    lengths_left,
    no_movement,
    state_text,
)
from spcl.store.limits import Limits

NAMES = ["road", "person", "rider"]
SHOWN = ["Road", "Person", "Rider"]


def measures(*rows: tuple[int, str, str | None, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["step", "class", "rival", "measure", "value"])


def grid(person_rider: float = 0.9) -> np.ndarray:
    return cosine_grid(
        measures(
            (40, "road", "person", "prototype_cosine", 0.1),
            (40, "road", "rider", "prototype_cosine", 0.2),
            (40, "person", "rider", "prototype_cosine", person_rider),
            (20, "person", "rider", "prototype_cosine", 0.3),
        ),
        NAMES,
        40,
    )


def said(**changes: object) -> str:
    given = {"seen": [True] * 3, "ages": [0, 0, 0], "left": [None] * 3}
    given |= {"grid": grid(), "num_snapshots": 5}
    return headline(SHOWN, **{"limits": Limits(), **given, **changes})  # type: ignore[arg-type]


def test_the_grid_is_symmetric_and_of_its_step() -> None:
    assert grid()[1, 2] == grid()[2, 1] == 0.9
    assert np.isnan(np.diag(grid())).all()


def test_pairs_come_closest_first() -> None:
    pairs = [(pair.first, pair.second) for pair in closest_pairs(grid())]
    assert pairs == [(1, 2), (0, 2), (0, 1)]


def test_headline_names_which_two_are_alike() -> None:
    assert said() == "All 3 prototypes are in use; person and rider are alike (0.90)"
    assert said(grid=grid(0.5)) == "All 3 prototypes are in use; no two are alike"


def test_the_limits_of_the_run_decide_what_is_alike_and_what_is_in_use() -> None:
    lax = Limits(prototype_cosine=0.95, prototype_age=100)
    assert said(limits=lax, ages=[0, 0, 51]) == ("All 3 prototypes are in use; no two are alike")


def test_headline_names_which_class_gets_no_pixels() -> None:
    assert said(ages=[0, 0, 51]).startswith("2 of 3 prototypes are in use: rider gets no pixels")
    assert said(seen=[False] * 3).startswith("No prototype has any pixels yet: 5 snapshots")


def test_headline_names_whose_prototype_has_faded_unless_it_gets_no_pixels() -> None:
    worn = said(left=[None, 0.01, 0.001], ages=[0, 0, 51], grid=grid(0.5))
    assert worn == "1 of 3 prototypes is in use: rider gets no pixels, person has faded"
    assert said(left=[None, 0.01, 0.001]) == (
        "1 of 3 prototypes is in use: person and rider have faded; "
        "person and rider are alike (0.90)"
    )


def test_what_is_left_of_a_prototype_is_read_off_the_events_of_the_step() -> None:
    faded = {"kind": "prototype_fades", "class": "rider", "step": 40, "number": 0.02}
    other = {"kind": "prototype_unseen", "class": "road", "step": 40, "number": 60}
    assert lengths_left([faded, other], NAMES, 40) == [None, None, 0.02]
    assert lengths_left([faded, other], NAMES, 30) == [None] * 3


def test_a_faded_prototype_says_so_instead_of_its_last_update() -> None:
    history = History(0, (20, 30), (0.1, 0.2), pixels=8, age=1)
    assert state_text(history) == "8 px · 1 update ago"
    assert state_text(replace(history, left=0.001)) == "faded to 0.1 %"


def test_histories_run_from_before_to_now_most_moved_first() -> None:
    table = measures(
        *[(step, "road", None, "prototype_drift", step / 1000) for step in (10, 20, 30, 40)],
        *[(step, "person", None, "prototype_drift", step / 100) for step in (10, 20, 30, 40)],
    )
    found = histories(
        table, NAMES, before=20, step=30, pixels=[9, 8, 7], ages=[0, 1, 2], left=[0.1, None, None]
    )
    assert [history.class_id for history in found] == [1, 0]
    assert found[0].steps == (20, 30)
    assert found[0].drift == (0.2, 0.3)
    assert (found[0].pixels, found[0].age, found[0].left) == (8, 1, None)
    assert found[1].left == 0.1


def test_nothing_has_moved_at_the_reference_itself() -> None:
    assert histories(measures(), NAMES, before=20, step=20, pixels=[], ages=[], left=[]) == []
    assert "step 20" in no_movement(20, 20)


@pytest.mark.parametrize(("drift", "text"), [(0.3, "0.30"), (0.0041, "0.004")])
def test_small_drifts_keep_their_digits(drift: float, text: str) -> None:
    assert drift_text(drift) == text


def test_age_is_said_in_updates() -> None:
    assert [age_text(age) for age in (0, 1, 6)] == ["just updated", "1 update ago", "6 updates ago"]
