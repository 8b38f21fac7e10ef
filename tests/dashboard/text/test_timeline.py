from dashboard.text.timeline import Span, latest_of_each_kind, span_text, spans, timeline_reading
from tests.support.synthetic_run import run_info

STEPS = [0, 10, 20, 30]


def event(step: int, kind: str = "class_starves", of: str = "car", **more: object) -> dict:
    return {"step": step, "kind": kind, "class": of, "number": 0.02, **more}


def test_following_snapshots_join_and_a_gap_parts_them() -> None:
    joined = spans([event(30), event(0), event(10)], STEPS)
    assert [(span.first, span.last) for span in joined] == [(0, 10), (30, 30)]


def test_each_pair_of_classes_has_its_own_span() -> None:
    close = [
        event(0, "prototypes_close", "car", rival="sky"),
        event(10, "prototypes_close", "car", rival="road"),
    ]
    assert [span.classes for span in spans(close, STEPS)] == [("car", "sky"), ("car", "road")]


def test_events_of_no_recorded_step_are_left_out() -> None:
    assert spans([event(15), {"step": None}], STEPS) == []


def test_the_latest_and_longest_of_a_kind_are_kept() -> None:
    found = [Span("class_lost", (str(i),), 0, 10 * i, -6.0) for i in range(7)]
    kept, left_out = latest_of_each_kind(found)
    assert [span.classes for span in kept] == [("6",), ("5",), ("4",), ("3",)]
    assert left_out == 3


def test_a_bar_says_who_and_how_much() -> None:
    shown = {"car": "Car", "sky": "Sky"}
    assert span_text(Span("class_starves", ("car",), 0, 10, 2), shown) == "car, 2 pseudo labels"
    close = Span("prototypes_close", ("car", "sky"), 0, 10, 0.824)
    assert span_text(close, shown) == "car + sky, cosine 0.82"
    assert span_text(Span("map_rebuilt", (), 0, 0, None), shown) == ""


def test_the_reading_holds_the_longest_bar() -> None:
    info = run_info("a")
    shown = [found.display for found in info.label_space]
    text = timeline_reading([Span("class_starves", ("car",), 10, 30, 2)], 0, shown, info)
    assert "too few pseudo labels (car, 2 pseudo labels) from step 10 to 30" in text
