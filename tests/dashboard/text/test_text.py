import math
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dashboard.text import common as words
from dashboard.text.alarms import KINDS, active_alarms, alarm_phrase, alarm_title, label, value_text
from dashboard.text.common import Change, duration, listing, points, signed
from dashboard.text.live.progress import stages_now, time_left
from dashboard.text.live.summary import TargetSummary, headline, three_sentences
from spcl.store.growing.update_table import updates_of
from spcl.store.names import EventKind
from tests.support.synthetic_run import run_info

SUMMARY = TargetSummary(
    source="day",
    target="dusk",
    mean=Change("mean", 0.439, 0.523),
    classes=(Change("road", 0.806, 0.879), Change("fence", 0.070, 0.053)),
    gains=(10.0, 8.0, -2.0, 4.0),
    num_snapshots=9,
    step=480,
    warmup_ends=240,
    warming_up=False,
)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (59, "59 s"),
        (61, "1 min"),
        (1080, "18 min"),
        (6960, "1 h 56 min"),
        (7200, "2 h"),
    ],
)
def test_times_are_said_in_words(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_points_are_the_difference_of_the_numbers_shown() -> None:
    assert points(0.4394, 0.5226) == 8.4


def test_changes_have_a_true_minus_and_zero_has_no_sign() -> None:
    assert [signed(change) for change in (9.84, -1.7, 0.0, -0.04)] == ["+9.8", "−1.7", "0.0", "0.0"]
    assert signed(-0.499, 2) == "−0.50"


def test_lists_are_said_in_words() -> None:
    assert [listing(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_the_headline_tells_the_change() -> None:
    assert headline(SUMMARY) == "Dusk is up 8.4 points since the warm-up"
    worse = replace(SUMMARY, mean=Change("mean", 0.5, 0.45))
    assert headline(worse, "fence lost ground") == "Dusk is down 5.0 points; fence lost ground"


def test_a_run_that_broke_off_says_so_in_the_headline_before_any_alarm() -> None:
    warming_up = replace(SUMMARY, warming_up=True)
    assert headline(warming_up) == (
        "Warming up on labelled day images; adaptation to dusk starts at step 240"
    )
    assert headline(replace(warming_up, warmup_ends=None)).endswith("adaptation to dusk follows")
    assert headline(warming_up, status="finished") == (
        "Step 480 belongs to the warm-up, before adaptation to dusk"
    )
    assert headline(warming_up, status="failed") == (
        "The run failed; step 480 belongs to the warm-up"
    )
    assert headline(SUMMARY, "fence lost ground", status="crashed") == (
        "Dusk is up 8.4 points; the run crashed"
    )
    before = replace(SUMMARY, mean=Change("mean", math.nan, 0.439))
    assert headline(before, status="stopped").endswith("before adaptation; the run was stopped")


def test_a_small_change_is_no_headline() -> None:
    still = replace(SUMMARY, mean=Change("mean", 0.5, 0.504))
    assert headline(still) == "Nothing stands out yet: 9 snapshots recorded"
    assert headline(still, status="finished") == "Nothing stands out: 9 snapshots recorded"
    assert headline(still, "fence lost ground") == "Fence lost ground"


def test_before_adaptation_the_level_is_told() -> None:
    before = replace(SUMMARY, mean=Change("mean", math.nan, 0.439))
    assert headline(before) == "Dusk is at 43.9 % before adaptation"


def test_the_three_sentences_say_better_worst_and_how_sure() -> None:
    change, weakest, certainty = three_sentences(SUMMARY)
    assert change == "Mean IoU on dusk rose from 43.9 to 52.3 %."
    assert weakest == "The weakest class is fence at 5.3 % IoU; worse than before: fence (−1.7)."
    assert certainty == (
        "3 of 4 dusk images improved; the mean change is +5.0 points (95 % interval −0.3 to "
        "+10.3). Another seed may differ by more."
    )


def test_certainty_says_what_is_missing() -> None:
    before = replace(SUMMARY, mean=Change("mean", math.nan, 0.439), gains=())
    assert "from the first snapshot of adaptation on" in three_sentences(before)[2]
    assert "too few images" in three_sentences(replace(SUMMARY, gains=(1.0,)))[2]


def test_without_labels_nothing_is_claimed() -> None:
    change, weakest, certainty = three_sentences(replace(SUMMARY, mean=None, classes=(), gains=()))
    assert "no labels" in change
    assert "margin" in weakest
    assert certainty == "Without labels no image can be scored."


def test_many_harmed_classes_are_counted() -> None:
    classes = tuple(Change(f"c{i}", 0.5, 0.5 - 0.01 * i) for i in range(6))
    worst = three_sentences(replace(SUMMARY, classes=classes))[1]
    assert worst == (
        "The weakest class is c5 at 45.0 % IoU; worse than before: c5 (−5.0), c4 (−4.0), "
        "c3 (−3.0) and 2 more."
    )


def test_an_absent_class_is_never_the_worst() -> None:
    classes = (Change("road", 0.5, 0.6), Change("train", math.nan, math.nan))
    assert three_sentences(replace(SUMMARY, classes=classes))[1].startswith(
        "The weakest class is road"
    )


def _rows(first: int, last: int, stage: str) -> list[dict[str, object]]:
    return [
        {"step": s, "stage": stage, "time": f"2026-01-01T00:{s // 30:02}:{s % 30 * 2:02}.000Z"}
        for s in range(first, last + 1)
    ]


def test_time_left_goes_by_the_clock_of_the_last_steps() -> None:
    info = replace(run_info("a"), step=30, stage="adapt")
    left = time_left(info, updates_of(_rows(1, 20, "warmup") + _rows(21, 30, "adapt")))
    assert left is not None
    assert left[0] == "20 s left"
    assert left[1].endswith("2.00 s per step")


def test_an_earlier_stage_gives_a_least_time() -> None:
    info = replace(run_info("a"), step=10, stage="warmup")
    left = time_left(info, updates_of(_rows(1, 10, "warmup")))
    assert left is not None
    assert left[0] == "at least 1 min left"


def test_no_time_is_told_from_one_row() -> None:
    assert time_left(replace(run_info("a"), step=1), updates_of(_rows(1, 1, "warmup"))) is None


def test_stages_say_how_far_they_are() -> None:
    info = replace(run_info("a"), step=30, stage="adapt")
    warmup, adapt = stages_now(info, updates_of(_rows(1, 30, "warmup")))
    assert (warmup.name, warmup.share, warmup.text) == ("Warm-up", 1.0, "20 steps · 38 s")
    assert (adapt.share, adapt.text) == (0.5, "step 30 of 40 · 50 %")


def test_alarms_that_hold_now_come_worst_first_with_the_step_they_began() -> None:
    events = [
        {"step": 40, "class": "sky", "kind": "class_lost"},
        {"step": 40, "class": "car", "kind": "class_starves"},
        {"step": 30, "class": "car", "kind": "class_starves"},
        {"step": 10, "class": "car", "kind": "class_starves"},
        {"step": 30, "class": "road", "kind": "class_starves"},
        {"step": 40, "class": None, "kind": "map_rebuilt"},
        {"step": 90, "class": None, "kind": "not_finite"},
    ]
    found = [(e["kind"], e["class"], e["since"]) for e in active_alarms(events, [10, 20, 30, 40])]
    assert found == [("class_starves", "car", 30), ("class_lost", "sky", 40)]
    assert active_alarms(events, []) == []


def test_an_alarm_that_always_held_began_with_the_first_snapshot() -> None:
    events = [{"step": s, "class": "car", "kind": "class_lost"} for s in (20, 10)]
    assert [event["since"] for event in active_alarms(events, [10, 20])] == [10]


def test_counts_are_said_with_their_noun() -> None:
    assert (words.counted(1, "image"), words.counted(1200, "step")) == ("1 image", "1,200 steps")


def test_every_alarm_of_the_analysis_has_words_and_every_word_an_alarm() -> None:
    assert set(KINDS) == {kind for kind in EventKind if kind.is_alarm}
    for kind in KINDS:
        event = {"kind": kind, "class": "car"}
        assert "{" not in f"{alarm_phrase(event, 'Car')}{alarm_title(event, 'Car')}{label(kind)}"
        assert "{" not in value_text(kind, 1.0)


@pytest.mark.parametrize("jump", [-3600.0, -1e6, 7200.0, 1e9])
def test_a_clock_that_is_set_changes_neither_pace_nor_durations(jump: float) -> None:
    info = replace(run_info("a"), step=30, stage="adapt")
    rows = _rows(1, 20, "warmup") + _rows(21, 30, "adapt")
    jumped = [
        {**row, "time": _later(row["time"], jump)} if 10 < row["step"] <= 25 else row
        for row in rows
    ]
    told = [updates_of(one) for one in (rows, jumped)]
    left, jumped_left = (time_left(info, one) for one in told)
    assert left is not None
    assert jumped_left is not None
    assert jumped_left[0] == left[0]
    assert stages_now(info, told[1]) == stages_now(info, told[0])


@pytest.mark.parametrize("time", [None, "", "NaT", 5, "yesterday"])
def test_a_time_that_is_none_gives_no_pace(time: object) -> None:
    updates = updates_of({**row, "time": time} for row in _rows(1, 30, "warmup"))
    info = replace(run_info("a"), step=30, stage="warmup")
    assert time_left(info, updates) is None
    assert "nan" not in stages_now(info, updates)[0].text


def _later(time: str, seconds: float) -> str:
    return (datetime.fromisoformat(time) + timedelta(seconds=seconds)).isoformat()


def test_two_rows_across_a_jump_go_by_what_the_update_took() -> None:
    info = replace(run_info("a"), step=2, stage="warmup")
    rows = [{**row, "seconds_per_step": 2.0} for row in _rows(1, 2, "warmup")]
    rows[1]["time"] = _later(str(rows[1]["time"]), 86_400)
    left = time_left(info, updates_of(rows))
    assert left is not None
    assert left[1].endswith("2.00 s per step")
    assert time_left(info, updates_of({**row, "seconds_per_step": None} for row in rows)) is None
