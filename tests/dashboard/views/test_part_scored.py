"""Pages of a snapshot scored on the observed images alone: what is said, and what is not."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import recorded, runs_folder
from dashboard.data.classes.confusion import fate
from dashboard.data.growing.iou_history import IouHistory
from dashboard.data.opened_run import open_run
from dashboard.data.selection import parse
from spcl.store.reader import Run
from spcl.store.schema import SCORED_FILE, SCORES_FILE
from spcl.store.scores.whole import of_images, whole_splits
from tests.support.synthetic_run import write_synthetic_run

PAGE = """
from dashboard.data.opened_run import open_run
from dashboard.data.selection import selection
from dashboard.views import {page}
{page}.render(open_run(selection()))
"""
PAGES = ("live", "masks", "separability", "prototypes")


@pytest.fixture
def run(tmp_path):
    """A run whose whole splits were scored at 20 and 30; 40 observes 3 of 50 images alone."""
    runs_folder.use(tmp_path)
    path = write_synthetic_run(tmp_path)
    reader = Run(path)
    rows = []
    for step in reader.steps():
        file = path / "snapshots" / f"step_{step:07d}" / SCORES_FILE
        raw = json.loads(file.read_text())
        for domain in ("source", "target"):
            if step in (20, 30):
                raw[domain]["num_images"] = 50
            else:
                raw[domain]["part_of"] = 50
        file.write_text(json.dumps(raw))
        if whole := whole_splits(raw):
            rows.append({"step": step, **whole})
    (path / SCORED_FILE).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return reader


def texts(page, step):
    app = AppTest.from_string(PAGE.format(page=page), default_timeout=30)
    app.query_params["step"] = str(step)
    app.run()
    assert not app.exception, app.exception
    shown = [*app.caption, *app.markdown, *app.title, *app.metric]
    return " ".join(str(one.value) for one in shown).replace("\\", "").replace("\u00a0", " ")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_was_scored_and_when_all_was(run, page):
    said = texts(page, 40)
    mean = run.snapshot(30).scores["target"]["mean_iou"]
    assert "At step 40, 3 of the 50 dusk images were looked at" in said
    assert f"All 50 were scored last at step 30: mean IoU {100 * mean:.1f} %" in said
    assert "were looked at" not in texts(page, 30)


def test_a_class_is_held_against_the_same_images_before(run):
    file = run.path / "snapshots" / "step_0000020" / SCORES_FILE
    raw = json.loads(file.read_text())
    whole = (np.array(raw["target"]["confusion"]) + 7).tolist()  # of 47 images more
    file.write_text(json.dumps({**raw, "target": {**raw["target"], "confusion": whole}}))
    runs_folder.use(run.path.parent)
    opened = open_run(parse({"step": "40"}, [run.path.name]))
    assert opened is not None
    now = run.snapshot(40).scores["target"]
    before = of_images(run.snapshot(20).scores["target"], now)
    for class_id in range(len(opened.classes)):
        then = fate(opened, class_id, 20)
        assert then is not None
        assert then.called.tolist() == before["confusion"][class_id]


def test_the_live_page_shows_the_last_score_of_the_whole(run):
    said = texts("live", 40)
    assert "no labels" not in said
    now, before = (run.snapshot(step).scores["target"]["mean_iou"] for step in (30, 20))
    assert f"from {100 * before:.1f} to {100 * now:.1f} %" in said
    assert "Scores were measured at step 40" not in said


def test_before_the_first_whole_score_it_says_so(run):
    assert "All of them have not been scored yet" in texts("masks", 10)


def test_curves_are_of_whole_splits_and_outlive_their_snapshots(run):
    names = run.info().label_space.names
    history = IouHistory(str(run.path), len(names))
    frame = history.frame((10, 40), names)
    assert sorted(set(frame["step"])) == [20, 30]
    mean = frame[frame["class"].isna() & (frame["domain"] == "target")].set_index("step")["iou"]
    assert mean[30] == pytest.approx(run.snapshot(30).scores["target"]["mean_iou"])
    row = {"step": 35, "target": {"mean_iou": 0.5, "per_class_iou": [0.5] * 5, "num_images": 50}}
    with (run.path / SCORED_FILE).open("a") as stream:
        stream.write(f"{json.dumps(row)}\n")
    assert sorted(set(history.frame((10, 40), names)["step"])) == [20, 30, 35]


def test_a_part_is_held_against_the_same_images_of_a_whole(run):
    part = recorded.scores(str(run.path), 40)["target"]
    whole = recorded.scores(str(run.path), 20)["target"]
    like = of_images(whole, part)
    tables = [whole["images"][key]["confusion"] for key in part["images"]]
    assert np.asarray(like["confusion"]).tolist() == np.sum(tables, axis=0).tolist()
    assert (like["num_images"], like["part_of"]) == (3, 50)
    assert of_images(part, whole) == part
    assert of_images(whole, whole) == whole
