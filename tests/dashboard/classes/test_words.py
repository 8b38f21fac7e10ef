"""What is said of a class, from counts that a hand can check."""

import math

import numpy as np
import pytest

from dashboard.charts.classes.flow import parts_of
from dashboard.charts.classes.lines import Line, lines_figure
from dashboard.data.classes.confusion import Fate
from dashboard.data.classes.errors import COLUMNS, ROWS, ErrorMap
from dashboard.data.classes.history import ClassHistory, Rival
from dashboard.text.classes import errors, pairs, readings, told

NAMES = ["Road", "Car", "Rider"]


def fate_of(called: list[int], others: list[int]) -> Fate:
    """Return the fate of class 2; `others` are the pixels of classes 0 and 1 that are called so."""
    return Fate(np.array(called), np.array([*others, called[2]]), 2)


def story(now: Fate | None, before: Fate | None = None) -> told.Story:
    return told.Story("Rider", NAMES, "dusk", now, before)


def test_a_gain_and_the_class_that_takes_most_of_the_rest_make_the_headline() -> None:
    before, now = fate_of([100, 300, 600], [0, 200]), fate_of([50, 250, 700], [0, 100])
    assert told.headline(story(now, before)) == (
        "Rider gained 13.6 points on dusk, to 63.6 % IoU; 25 % of its pixels are called car"
    )
    said = told.caption(story(now, before))
    assert said.startswith("70 % of the true rider pixels on dusk are found (60 % before), ")
    assert "25 % are called car (30 % before). " in said
    assert said.endswith("Of the pixels called rider, 88 % are right (75 % before).")


def test_a_loss_is_a_loss_and_a_change_too_small_to_say_is_none() -> None:
    before, now = fate_of([0, 0, 500], [0, 500]), fate_of([0, 0, 400], [0, 600])
    assert told.headline(story(now, before)) == "Rider lost 10.0 points on dusk, to 40.0 % IoU"
    assert told.headline(story(now, now)) == "Rider is where it was on dusk, at 40.0 % IoU"


def test_of_few_pixels_counts_are_said() -> None:
    now = fate_of([0, 8, 4], [0, 1])
    assert told.headline(story(now)).endswith("8 of its 12 pixels are called car")
    assert told.caption(story(now)).startswith("4 of 12 of the true rider pixels")
    assert "appear with the first snapshot of adaptation" in told.caption(story(now))


def test_a_class_that_never_occurs_and_a_target_without_labels_have_their_sentence() -> None:
    never = fate_of([0, 0, 0], [7, 0])
    assert told.headline(story(never)) == "Rider never occurs in the labelled dusk images"
    assert told.caption(story(never)) == "7 pixels of dusk are called rider, all wrongly."
    assert told.caption(story(fate_of([0, 0, 0], [0, 0]))) == "No pixel is called so either."
    assert "without labels" in told.headline(story(None))
    assert told.caption(story(None)).startswith("Dusk has no labels.")


def test_flows_begin_with_the_class_itself_and_lose_no_pixel() -> None:
    counts = np.array([5, 300, 400, 100, 80, 60, 40, 15])
    parts = parts_of(counts, 2)
    assert [part.class_id for part in parts] == [2, 1, 3, 4, 5, None]
    assert sum(part.count for part in parts) == counts.sum()
    assert parts_of(np.zeros(3, int), 2) == []


def history_of(**changes: object) -> ClassHistory:
    known = {
        **{"iou": {}, "kept": {40: 0.5}, "right": {40: 0.25}, "margin": {"target": {40: -0.1}}},
        **{"labels": "truth", "drift": {}, "rivals": (), "distances": {}, "pixels": 12},
    }
    return ClassHistory(**{**known, **changes})  # type: ignore[arg-type]


def test_readings_count_few_pixels_and_say_whose_labels_they_go_by() -> None:
    assert "−0.10 on dusk, of 12 pixels only;" in readings.margin_reading(
        history_of(), "rider", "dusk"
    )
    pseudo = history_of(labels="pseudo", pixels=300)
    assert "−0.10 on dusk by pseudo label;" in readings.margin_reading(pseudo, "rider", "dusk")
    rival = Rival("car", 0.25, 0.5)
    assert readings.rival_text(rival, "Car", 12) == "Car: 6 of 12 → 3 of 12 of its pixels"
    assert readings.rival_text(rival, "Car", 300) == "Car: 50 % → 25 % of its pixels"
    assert (
        readings.rival_text(Rival("car", 0.25, math.nan), "Car", 300) == "Car: 25 % of its pixels"
    )


def test_pseudo_labels_that_are_not_kept_or_not_known_are_said() -> None:
    assert "50.0 % of the pixels called rider are kept, 25.0 %" in readings.labels_reading(
        history_of(), "rider"
    )
    assert "nobody knows" in readings.labels_reading(history_of(right={}), "rider")
    none = history_of(kept={40: 0.0}, right={})
    assert readings.labels_reading(none, "rider") == (
        "none of the pixels called rider is kept at this step."
    )


@pytest.mark.parametrize(
    ("count", "whole", "by", "expected"),
    [
        (25, 100, None, "25 % of the fence pixels on dusk are called building"),
        (25, 100, "prototype", "25 % of the fence pixels on dusk lie nearest to building"),
        (3, 12, None, "3 of 12 fence pixels on dusk are called building"),
        (0, 100, None, "None of the 100 fence pixels on dusk is called building"),
        (0, 0, None, "No probe pixel on dusk is fence"),
    ],
)
def test_the_headline_of_a_pair(count: int, whole: int, by: str | None, expected: str) -> None:
    said = pairs.headline(
        ("Fence", "Building"), count=count, whole=whole, target="dusk", by=by, has_truth=True
    )
    assert said == expected


def test_the_third_with_most_errors_is_named_and_the_images_are_counted() -> None:
    wrong = np.zeros((ROWS, COLUMNS), int)
    wrong[-1, 0], wrong[0, 0] = 30, 10
    found = ErrorMap(wrong, np.full((ROWS, COLUMNS), 50), 12, 60)
    assert "The lower third holds 75 % of the 40 wrong pixels" in errors.reading(found, "dusk")
    assert errors.unit(found, None).endswith("over 12 images of 60")
    assert "the rider pixels" in errors.unit(found, "Rider")
    whole = ErrorMap(wrong, found.labeled, 60, 60)
    assert errors.unit(whole, None).endswith("over 60 images")


def test_names_at_the_ends_of_lines_do_not_meet() -> None:
    lines = [Line(f"line {i}", {0: 0.1, 10: 0.5 + i / 1000}, "#336699") for i in range(4)]
    figure = lines_figure(lines, digits=2, before=None, dark=False)
    low, high = figure.layout.yaxis.range
    places = sorted(note.y for note in figure.layout.annotations)
    assert np.diff(places).min() >= 0.1 * (high - low)
    assert low <= places[0] and places[-1] <= high


def test_a_share_that_never_rises_from_zero_keeps_an_axis_in_percent() -> None:
    lines = [Line("dusk", {0: 0.0, 10: 0.0}, "#336699")]
    figure = lines_figure(lines, digits=1, before=None, dark=False, limits=(0.0, 100.0))
    low, high = figure.layout.yaxis.range
    assert -1 <= low < 0 < high <= 1
    assert high - low > 0.5


def test_a_class_shown_without_labels_is_not_said_to_have_changed() -> None:
    said = told.without_choice("Road", is_asked=None, is_compared=True, is_scored=False)
    assert said.startswith("No class is chosen; road is the first and is shown.")
