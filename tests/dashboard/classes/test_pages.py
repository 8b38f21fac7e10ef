"""The pages of a class and of a pair, in every state that a run can be in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import runs_folder
from spcl.store.reader import Run
from tests import ROOT
from tests.support.synthetic_run import write_synthetic_run

Open = Callable[..., AppTest]
PAGE = """
import importlib
from dashboard.data.opened_run import open_run
from dashboard.data.selection import selection
importlib.import_module("dashboard.views.VIEW").render(open_run(selection()))
"""


@pytest.fixture
def opened() -> Open:
    def draw(runs: Path, view: str, **query: str) -> AppTest:
        runs_folder.use(runs)
        app = AppTest.from_string(PAGE.replace("VIEW", view), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception
        return app

    return draw


def text_of(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.subheader]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u00a0", " ")


def html_of(app: AppTest) -> str:
    return "".join(str(html.proto.body) for html in app.get("html"))


def test_a_class_has_all_its_cards(analyzed_run: Path, opened: Open) -> None:
    app = opened(analyzed_run.parent, "classes.page", name="car")
    assert app.title[0].value.startswith("Car gained")
    said = text_of(app)
    for title in ("IoU", "Pseudo labels", "Margin", "Prototype", "What car pixels are called"):
        assert title in [
            one.value.replace("\\", "").replace("\u00a0", " ") for one in app.subheader
        ]
    assert "No class is chosen" not in said
    assert len(app.get("plotly_chart")) == 4
    html = html_of(app)
    assert 'class="spcl-flow"' in html
    assert 'data-page="pixels"' in html and "pair=car%2C" in html
    assert 'data-page="masks"' in html and "image=target-frame_" in html


@pytest.mark.slow
def test_without_a_choice_the_class_that_changed_most_is_shown_and_said(
    analyzed_run: Path, opened: Open
) -> None:
    said = text_of(opened(analyzed_run.parent, "classes.page"))
    assert "No class is chosen; " in said and "changed most and is shown" in said
    said = text_of(opened(analyzed_run.parent, "classes.page", name="tram"))
    assert 'This run has no class "tram"; ' in said


def test_at_the_reference_step_nothing_is_compared(analyzed_run: Path, opened: Open) -> None:
    app = opened(analyzed_run.parent, "classes.page", name="car", step="20")
    assert app.title[0].value.startswith("Car is at")
    assert "Changes appear with the first snapshot of adaptation." in text_of(app)
    assert "Images are compared from the first snapshot after the warm-up on." in text_of(app)
    assert "before</span>" not in html_of(app)


def test_without_target_labels_and_analysis_each_card_says_what_it_lacks(
    tmp_path: Path, opened: Open
) -> None:
    write_synthetic_run(tmp_path, target_labels=False)
    app = opened(tmp_path, "classes.page", name="car")
    assert "without labels nobody knows what became of it" in app.title[0].value
    said = text_of(app)
    assert "Dusk has no labels, so which pixels are car is not known." in said
    assert "the class has no prototype so far, or the analysis is still at work" in said
    assert "No labelled dusk image holds enough car pixels" in said


def test_a_class_that_never_occurs_is_said(tmp_path: Path, opened: Open) -> None:
    path = write_synthetic_run(tmp_path)
    for step in Run(path).steps():
        snapshot = path / "snapshots" / f"step_{step:07d}" / "scores.json"
        _forget_class(snapshot, 4)
    app = opened(tmp_path, "classes.page", name="car")
    assert app.title[0].value == "Car never occurs in the labelled dusk images"
    assert "hold no car pixel that could be called anything" in text_of(app)


def _forget_class(scores: Path, class_id: int) -> None:
    """Take the true pixels of a class out of the target's confusion."""
    import json

    content: dict[str, Any] = json.loads(scores.read_text())
    content["target"]["confusion"][class_id] = [0] * 5
    scores.write_text(json.dumps(content))


def test_one_snapshot_is_enough_for_a_page(tmp_path: Path, opened: Open) -> None:
    from tests.support.synthetic_run import SyntheticRun

    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.write_snapshot(0)
    run.finish()
    assert opened(tmp_path, "classes.page", name="car").title[0].value.startswith("Car is at")
    assert "dusk" in opened(tmp_path, "classes.pixels").title[0].value


def test_pixels_of_a_pair_come_as_crops_and_by_image(analyzed_run: Path, opened: Open) -> None:
    app = opened(analyzed_run.parent, "classes.pixels", pair="person,road", step="0")
    assert "dusk are called road" in app.title[0].value.replace("\\", "").replace("\u00a0", " ")
    html = html_of(app)
    assert 'class="spcl-pixels"' in html and 'class="spcl-images"' in html
    assert "pair=person%2Croad" in html


def test_pixels_without_a_pair_begin_with_the_largest_and_a_choice_stands_in_the_address(
    analyzed_run: Path, opened: Open
) -> None:
    app = opened(analyzed_run.parent, "classes.pixels", name="person", step="0")
    own = next(one for one in app.selectbox if one.label == "Pixels of")
    assert own.value == "person"
    other = next(one for one in app.selectbox if one.label == "that go to")
    chosen = "sky" if other.value != "sky" else "car"
    other.set_value(chosen).run()
    assert app.query_params["pair"] in (f"person,{chosen}", [f"person,{chosen}"])
    way = app.segmented_control(key="pixels-by")
    way.set_value("prototype").run()
    assert app.query_params["by"] in ("prototype", ["prototype"])
    assert f"nearest to {chosen}" in app.title[0].value.replace("\\", "").replace("\u00a0", " ")
    app.segmented_control(key="pixels-by").set_value("prediction").run()
    assert "by" not in app.query_params


@pytest.mark.slow
def test_a_class_chosen_in_the_sidebar_holds_for_every_page(analyzed_run: Path) -> None:
    runs_folder.use(analyzed_run.parent)
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60).run()
    app.selectbox(key="sidebar.class").set_value("person").run()
    assert app.query_params["name"] in ("person", ["person"])
    assert "<strong>Person</strong>" in html_of(app)
    app.selectbox(key="sidebar.class").set_value(None).run()
    assert "name" not in app.query_params
    assert "<strong>Person</strong>" not in html_of(app)


def test_masks_show_the_images_of_the_class_chosen_and_lead_back_to_all(
    tmp_path: Path, opened: Open
) -> None:
    write_synthetic_run(tmp_path)
    app = opened(tmp_path, "masks", name="car")
    assert "Only images with car: 3 of 3 on dusk, 3 of 3 on day." in text_of(app)
    next(one for one in app.button if one.label == "All images").click().run()
    assert "name" not in app.query_params
    assert "Only images" not in text_of(app)
