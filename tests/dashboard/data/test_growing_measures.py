"""Measures kept as columns must be what the lines say, whatever a line looks like."""

import json
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest

from dashboard.data.growing import jsonl_follower
from dashboard.data.growing.jsonl_follower import follow
from dashboard.data.growing.measures import picked
from spcl.store.growing.follower import GrowingRows
from spcl.store.growing.measures import GrowingMeasures
from spcl.store.reader import MetricsTail

ODD = (
    '{"step": 1, "class": "car", "measure": "m", "value": 0.5, "unit": "share"}',
    '{"class":"car","step":1,"measure":"m","value":0.5,"unit":"share"}',
    '{"step":1,"class":"car","measure":"m","value":null,"unit":"share"}',
    '{"step":1,"class":"car","measure":"m","value":1e999,"unit":"share"}',
    '{"step":1,"class":"car","measure":"m","value":"0.5","unit":"share"}',
    '{"step":1,"class":"car","measure":"m","value":1_0,"unit":"share"}',
    '{"step":1,"class":"car","measure":"m","value":[1,2],"unit":"share"}',
    '{"step":1,"class":["car"],"measure":"m","value":0.5,"unit":"share"}',
    '{"step":-1,"class":"car","measure":"m","value":0.5,"unit":"share"}',
    '{"step":1,"class":"a,\\"value\\":7,b","measure":"m","value":0.25,"unit":"share"}',
    '{"step":1,"class":"car","measure":"m","value":-3e-07,"unit":"share"}',
    '{"step":1,"class":"car","measure":"m","value":',
    "[]",
)


def line(step: int, value: float, name: str = "car", measure: str = "m") -> str:
    row = {"step": step, "class": name, "measure": measure, "value": value, "unit": "share"}
    return json.dumps(row, separators=(",", ":"))


def measures(path: Path, *lines: str) -> GrowingMeasures:
    path.write_text("".join(f"{one}\n" for one in lines))
    return GrowingMeasures(path, within=path.parent)


@pytest.mark.parametrize("odd", ODD)
def test_a_line_says_the_same_whether_or_not_it_is_like_others(odd: str, tmp_path: Path) -> None:
    lines = (line(2, 0.5), line(1, 0.75, "sky"), *ODD[:2], odd, line(2, 0.25), odd)
    known = measures(tmp_path / "known", *lines)
    parsed = measures(tmp_path / "parsed", *(f" {one}" for one in lines))  # none is as usual
    frames = [picked(one, at=[1, 2], over=()) for one in (known, parsed)]
    pd.testing.assert_frame_equal(*frames)
    assert known.steps() == parsed.steps()


def test_steps_and_measures_are_picked_and_the_last_row_counts(tmp_path: Path) -> None:
    lines = [line(step, step / 10, measure=name) for step in (1, 2, 3) for name in "ab"]
    rows = measures(tmp_path / "rows", *lines, line(2, 9.0, measure="b"))
    frame = picked(rows, at=[3], over=["b"])
    found = list(zip(frame["step"], frame["measure"], frame["value"], strict=True))
    assert found == [(1, "b", 0.1), (3, "a", 0.3), (3, "b", 0.3), (2, "b", 9.0)]


def test_what_is_missing_is_none(tmp_path: Path) -> None:
    frame = picked(measures(tmp_path / "rows", line(1, 0.5)), at=[1], over=())
    assert frame[["domain", "labels", "rival"]].to_numpy().tolist() == [[None, None, None]]


@pytest.mark.slow
def test_a_row_takes_few_bytes(tmp_path: Path) -> None:
    lines = (line(step, 0.1, f"class {k}") for step in range(500) for k in range(40))
    kept = measures(tmp_path / "rows", *lines)
    tracemalloc.start()
    assert len(kept.steps()) == 500
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert taken < 40 * 20_000
    assert 20 * 20_000 <= kept.kept_bytes <= 1.5 * taken


def test_followed_files_share_a_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl_follower, "MOST_BYTES", 30_000)
    monkeypatch.setattr(jsonl_follower, "_registry", {})
    for number in range(20):
        path = tmp_path / f"{number}.jsonl"
        path.write_text("".join(f"{line(step, 0.5)}\n" for step in range(20)))
        assert len(follow(MetricsTail(path, within=tmp_path), GrowingRows).read()) == 20
    kept = list(jsonl_follower._registry)
    assert kept[-1] == (GrowingRows, path)
    assert len(kept) == 3
