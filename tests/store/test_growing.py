"""Columns beside a text must say what its lines say, and be passed over where they do not."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spcl.analysis.worker import analyse
from spcl.store.derived.reader import MEASURES_COLUMNS_FILE, UPDATES_COLUMNS_FILE
from spcl.store.growing.columns import text_array
from spcl.store.growing.follower import InColumns
from spcl.store.growing.measures import GrowingMeasures
from spcl.store.growing.update_table import Updates, updates_of
from spcl.store.growing.updates import GrowingUpdates
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

ROWS = [
    {"step": 1, "time": "2026-01-01T00:00:00.000Z", "stage": "warmup", "loss/total": 2.5},
    {"step": 2, "time": "no time", "stage": 7, "loss/total": None, "kept": [0.5, None, 1]},
    {"step": 2, "stage": "adapt", "loss/total": 1, "odd": [0.5, "x"], "kept": [], "is": True},
    {"step": 3, "stage": "warmup", "loss/new": -1.5, "kept": [0.25], "text": "x"},
]
Damage = Callable[[Path, Path], object]


def text(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def measure(step: int, value: float | None, name: str = "car") -> dict[str, Any]:
    return {"step": step, "class": name, "measure": "m", "value": value, "unit": "share"}


def run_folder(tmp_path: Path) -> Path:
    run = tmp_path / "run"
    (run / "derived").mkdir(parents=True)
    text(run / "metrics.jsonl", ROWS)
    text(run / "derived" / "measures.jsonl", [measure(s, s / 8) for s in range(9)])
    return run


def measures_of(run: Path) -> GrowingMeasures:
    return GrowingMeasures(run / "derived" / "measures.jsonl", within=run)


def updates_in(run: Path) -> GrowingUpdates:
    return GrowingUpdates(run / "metrics.jsonl", within=run)


def keep(run: Path) -> None:
    both = (MEASURES_COLUMNS_FILE, measures_of(run)), (UPDATES_COLUMNS_FILE, updates_in(run))
    for name, one in both:
        content = one.new_columns(at_least=1)
        assert content is not None
        (run / "derived" / name).write_bytes(content)


def said(run: Path) -> tuple[Any, ...]:
    rows, series = measures_of(run).read()
    listed = [
        (s, series[code], v) for s, code, v in zip(*map(np.ndarray.tolist, rows), strict=True)
    ]
    return str(listed), said_of(updates_in(run).read())


def said_of(updates: Updates) -> str:
    lists = {
        name: [updates.list_at(name, row).tolist() for row in range(len(updates.step))]
        for name in updates.lists
    }
    numbers = {name: updates.number(name).tolist() for name in updates.numbers}
    stages = [np.flatnonzero(updates.is_in(stage)).tolist() for stage in ("warmup", "adapt", "?")]
    return str((updates.step.tolist(), updates.time.tolist(), stages, numbers, lists))


def test_updates_are_the_rows_in_order_and_what_is_missing_is_nan() -> None:
    updates = updates_of(ROWS)
    assert updates.step.tolist() == [1, 2, 2, 3]
    assert str(updates.number("loss/total").tolist()) == "[2.5, nan, 1.0, nan]"
    assert str(updates.list_at("kept", 1).tolist()) == "[0.5, nan, 1.0]"
    assert [len(updates.list_at("kept", row)) for row in (0, 2, 3)] == [0, 0, 1]
    assert updates.is_in("warmup").tolist() == [True, False, False, True]
    assert str((updates.time - updates.time[0]).tolist()) == "[0.0, nan, nan, nan]"
    assert set(updates.numbers) == {"loss/total", "loss/new", "stage"}
    assert "odd" not in updates.lists


def test_columns_say_what_the_lines_say_and_what_came_since(tmp_path: Path) -> None:
    run = run_folder(tmp_path)
    plain = said(run)
    keep(run)
    assert said(run) == plain
    for one in (measures_of(run), updates_in(run)):
        assert one.new_columns(at_least=1) is None
        assert one.in_columns == one._path.stat().st_size
    with (run / "metrics.jsonl").open("a") as stream:
        stream.write('{"step": 4, "loss/total": 0.5, "late": 1}\n{"step": 5')
    with (run / "derived" / "measures.jsonl").open("a") as stream:
        stream.write(f"{json.dumps(measure(9, None, 'sky'))}\n")
    more = said(run)
    assert updates_in(run).read().step.tolist() == [1, 2, 2, 3, 4]
    for name in (MEASURES_COLUMNS_FILE, UPDATES_COLUMNS_FILE):
        (run / "derived" / name).unlink()
    assert said(run) == more


def test_columns_are_made_anew_when_enough_has_come(tmp_path: Path) -> None:
    run = run_folder(tmp_path)
    keep(run)
    one = measures_of(run)
    with (run / "derived" / "measures.jsonl").open("a") as stream:
        added = stream.write(f"{json.dumps(measure(9, 0.5))}\n")
    assert one.new_columns(at_least=added + 1) is None
    assert one.new_columns(at_least=added) is not None
    assert one.new_columns(at_least=1) is None


def _repacked(change: Callable[[dict[str, Any]], object]) -> Damage:
    def damage(run: Path, file: Path) -> None:
        arrays = dict(np.load(file))
        change(arrays)
        stream = io.BytesIO()
        np.savez(stream, **arrays)
        file.write_bytes(stream.getvalue())

    return damage


def _head(**other: Any) -> Damage:
    def change(arrays: dict[str, Any]) -> None:
        arrays["head"] = text_array({**json.loads(arrays["head"].tobytes()), **other})

    return _repacked(change)


def _put(name: str, place: int, value: float) -> Damage:
    def change(arrays: dict[str, Any]) -> None:
        if name in arrays:
            arrays[name][place] = value
        else:
            arrays["step"] = arrays["step"][:-1]

    return _repacked(change)


def _compressed(run: Path, file: Path) -> None:
    np.savez_compressed(file, **{**np.load(file), "value": np.zeros(10_000_000)})


DAMAGES: dict[str, Damage] = {
    "cut": lambda run, file: file.write_bytes(file.read_bytes()[:-40]),
    "noise": lambda run, file: file.write_bytes(b"noise"),
    "empty": lambda run, file: file.write_bytes(b""),
    "a folder": lambda run, file: (file.unlink(), file.mkdir()),
    "a link": lambda run, file: file.symlink_to(file.rename(run.parent / file.name)),
    "newer": _head(version=99),
    "of nothing": _head(bytes=0),
    "of less than nothing": _head(bytes=-1),
    "of more": _head(bytes=10**6),
    "of a word": _head(bytes="x"),
    "of another text": _head(digest="0" * 32),
    "without a head": _repacked(lambda arrays: arrays.pop("head")),
    "shorter": _repacked(lambda arrays: arrays.update(step=arrays["step"][:-1])),
    "other kind": _repacked(lambda arrays: arrays.update(step=arrays["step"].astype(np.int16))),
    "two columns in one": _repacked(lambda arrays: arrays.update(step=arrays["step"][:, None])),
    "a step below 0": _put("step", 1, -1),
    "a step beyond all": _put("step", 1, 2 * 10**12),
    "no such series or row": _put("series", 1, 99),
    "rows that fall": _put("number_rows", 0, 3),
    "no such row": _put("list_rows", -1, 99),
    "an end beyond": _put("list_ends", -1, 99),
    "fewer than none": _put("number_counts", 0, -5),
    "words of another kind": _repacked(lambda a: a.update(words=text_array([[1], "x", None]))),
    "no words": _repacked(lambda a: a.update(words=text_array(5))),
    "a word twice": _repacked(lambda a: a.update(words=text_array([["a", "a"], ["b"], ["c"]]))),
    "a bomb": _compressed,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGES)
def test_columns_that_are_not_those_of_the_text_are_passed_over(name: str, tmp_path: Path) -> None:
    run = run_folder(tmp_path)
    plain = said(run)
    keep(run)
    for file in (MEASURES_COLUMNS_FILE, UPDATES_COLUMNS_FILE):
        DAMAGES[name](run, run / "derived" / file)
    assert said(run) == plain
    assert measures_of(run).steps() == set(range(9))


@pytest.mark.parametrize("column", ["value", "number_values", "list_values", "time"])
def test_no_number_of_a_stranger_is_infinite(column: str, tmp_path: Path) -> None:
    run = run_folder(tmp_path)
    keep(run)
    for file in (MEASURES_COLUMNS_FILE, UPDATES_COLUMNS_FILE):
        path = run / "derived" / file
        if column in np.load(path):
            _put(column, 0, np.inf)(run, path)
    assert "inf" not in str(said(run))


@pytest.mark.slow
@pytest.mark.parametrize("rows", [3, 20_000])
def test_another_text_of_the_same_length_is_read_itself(rows: int, tmp_path: Path) -> None:
    run = tmp_path
    (run / "derived").mkdir()
    path = run / "derived" / "measures.jsonl"
    for value in (0.25, 0.75):
        text(path, [measure(s, value) for s in range(rows)])
        one = measures_of(run)
        assert set(one.read()[0].value.tolist()) == {value}
        (path.parent / MEASURES_COLUMNS_FILE).write_bytes(one.new_columns(at_least=1) or b"")


@pytest.mark.slow
def test_an_analysis_leaves_columns_of_all_there_is(tmp_path: Path) -> None:
    run = Run(write_synthetic_run(tmp_path))
    analyse(run)
    followed: list[InColumns] = [measures_of(run.path), updates_in(run.path)]
    assert [one.new_columns(at_least=1) for one in followed] == [None, None]
    assert all(one.in_columns for one in followed)
    (run.derived_path / MEASURES_COLUMNS_FILE).write_bytes(b"torn")
    analyse(run)
    assert measures_of(run.path).new_columns(at_least=1) is None
