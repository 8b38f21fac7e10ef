import json
from dataclasses import replace

import numpy as np
import pytest

from spcl.store.derived.reader import DerivedReader, Layout, derived_place
from spcl.store.derived.writer import DerivedWriter, scale_for
from spcl.store.names import EventKind, EventRow, MeasureRow
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run


def layout_of(positions):
    return Layout("pca", "abc", {"a": 1}, 0, len(positions) - 1, 1, scale_for(positions))


def test_positions_and_layout_read_back(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    positions = np.random.default_rng(0).normal(size=(11, 2)) * 7
    positions[-1] = np.nan
    layout = layout_of(positions)
    writer = DerivedWriter(run)
    writer.write_positions(layout, 10, positions)
    writer.write_layout(layout)
    reader = DerivedReader(run)
    found = reader.layout("pca")
    assert found == layout
    stored = reader.positions(found, 10)
    np.testing.assert_allclose(stored[:-1], positions[:-1], atol=layout.scale)
    assert np.isnan(stored[-1]).all()
    assert reader.positions(found, 11) is None


def test_there_is_room_to_move(tmp_path):
    positions = np.array([[3.0, -4.0], [1.0, 2.0]])
    assert 4.0 / scale_for(positions) < 16500


def test_a_damaged_layout_is_left_out(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    folder = DerivedWriter(run).path / "projections" / "pca-x"
    folder.mkdir(parents=True)
    (folder / "layout.json").write_text("{")
    assert DerivedReader(run).layouts() == []


@pytest.mark.parametrize("key", ["steps", "scale", "num_pixels", "refits", "within_reach"])
def test_a_layout_with_another_kind_of_value_is_left_out(tmp_path, key):
    run = Run(write_synthetic_run(tmp_path))
    layout = replace(layout_of(np.ones((3, 2))), steps={10: {"trustworthiness": 0.9}})
    writer = DerivedWriter(run)
    writer.write_layout(layout)
    assert DerivedReader(run).layouts() == [layout]
    file = writer.path / "projections" / layout.name / "layout.json"
    wrong = {"10": {"trustworthiness": "x"}} if key == "steps" else ["x"]
    file.write_text(json.dumps({**layout.to_json(), key: wrong}))
    assert DerivedReader(run).layouts() == []


def test_measures_of_another_recipe_are_begun_anew(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    writer = DerivedWriter(run)
    for recipe, expected in (("one", 1), ("one", 2), ("two", 1)):
        writer.begin_measures(recipe)
        writer.append_measures(
            [MeasureRow(1, None, None, None, "effective_rank", 4.0, "directions")]
        )
        assert len(DerivedReader(run).measures().read()) == expected


def test_a_run_that_cannot_be_written_derives_into_the_cache(tmp_path, monkeypatch):
    run = Run(write_synthetic_run(tmp_path / "runs"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("spcl.store.derived.reader.os.access", lambda *_: False)
    writer = DerivedWriter(run)
    assert tmp_path / "cache" in writer.path.parents
    assert derived_place(run).path == writer.path


def test_rows_stand_on_disk_under_their_documented_keys(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    writer = DerivedWriter(run)
    writer.append_measures([MeasureRow(1, "car", "target", "truth", "domain_gap", 0.5, "spreads")])
    event = EventRow(1, "car", EventKind.CLASS_LOST, -11.0, -10.0, "Car has lost.")
    pair = EventRow(1, "car", EventKind.PROTOTYPES_CLOSE, 0.9, 0.8, "Close.", rival="bus")
    writer.append_events([event, pair])
    assert (writer.path / "measures.jsonl").read_text() == (
        '{"step":1,"class":"car","domain":"target","labels":"truth","measure":"domain_gap",'
        '"value":0.5,"unit":"spreads"}\n'
    )
    first, second = (writer.path / "events.jsonl").read_text().splitlines()
    assert first == (
        '{"step":1,"class":"car","kind":"class_lost","number":-11.0,"limit":-10.0,'
        '"sentence":"Car has lost."}'
    )
    assert second.endswith(',"rival":"bus"}')
    with (writer.path / "events.jsonl").open("a") as stream:
        stream.write('{"step": 2}\n')
    assert DerivedReader(run).recorded_events() == [event, pair]
