"""The map page over its states: what it says, offers and sends to the browser."""

import importlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.feature_map.coloring import COLOR_BY
from dashboard.data import runs_folder
from dashboard.text import pixels as words
from dashboard.text.common import FEW_CASES
from spcl.store.edits import pixel_set
from spcl.store.edits.selections import NamedSelection
from spcl.store.edits.writer import write_selections
from spcl.store.reader import Run
from tests.dashboard.components.test_feature_map import write_layout
from tests.support.synthetic_run import set_recorded, write_synthetic_run

PAGE = """
from dashboard.data import selection
from dashboard.data.opened_run import open_run
from dashboard.views import map as view
selection.arrive()
view.render(open_run(selection.selection()))
"""
SOME = [0, 1, 2, 150, 199]
Opened = Callable[..., tuple[AppTest, Mapping[str, Any]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = write_synthetic_run(tmp_path)
    write_layout(path, "pca", (0, 20, 40))
    return path


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Return a function that opens the page at an address: the page, what each component got."""
    runs_folder.use(tmp_path)
    sent: dict[str, Any] = {"maps": []}

    def hear(name: str) -> None:
        def mount(*, data: Mapping[str, Any], **_: object) -> None:
            sent[name] = data
            if name == "feature_map":
                sent["maps"].append(data)

        module = importlib.import_module(f"dashboard.components.{name}.{name}")
        monkeypatch.setattr(module, "_mount", mount)

    for name in ("feature_map", "class_legend", "image_area"):
        hear(name)

    def run(**asked: str) -> tuple[AppTest, Mapping[str, Any]]:
        sent.clear()
        sent["maps"] = []
        app = AppTest.from_string(PAGE, default_timeout=30)
        for key, value in asked.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception
        return app, sent

    return run


def text_of(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.subheader, *app.warning]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u00a0", " ")


def word(indices: list[int] = SOME, count: int = 200) -> str:
    return pixel_set.written(np.array(indices), count)


@pytest.mark.slow
@pytest.mark.parametrize("palette", ["dataset", "safe"])
@pytest.mark.parametrize("color", COLOR_BY)
def test_every_colouring_has_its_key(path: Path, opened: Opened, color: str, palette: str) -> None:
    app, sent = opened(color=color, palette=palette)
    data = sent["feature_map"]
    select = next(one for one in app.selectbox if one.label == "Colour by")
    assert select.value == color
    assert data["points"]["color"].max() < len(data["colors"])
    key = data["key"]
    of_classes = color in ("class", "predicted")
    assert bool(data["casings"]) == (of_classes and palette == "safe")
    assert bool(key["swatches"]) == (color in ("domain", "correct", "change"))
    assert bool(key["scale"]) == (color in ("confidence", "margin"))
    assert sum(one["count"] for one in key["swatches"]) in (0, 200)


def test_an_unknown_colouring_and_unknown_layers_fall_back(path: Path, opened: Opened) -> None:
    app, sent = opened(color="shoe size", show="source,nonsense")
    assert next(one for one in app.selectbox if one.label == "Colour by").value == "class"
    assert sent["feature_map"]["show"]["density"] is False
    assert sent["feature_map"]["points"]["shown"].sum() == 100


def test_layers_say_what_they_are(path: Path, opened: Opened) -> None:
    _, sent = opened(show="source,target,density,regions")
    data = sent["feature_map"]
    assert "the inner line holds the densest half" in data["note"]
    assert "nearest to, measured with all feature values" in data["note"]
    assert data["points"]["nearest"].min() >= 0
    _, sent = opened()
    assert "Density" not in sent["feature_map"]["note"]
    assert set(sent["feature_map"]["points"]["nearest"]) == {-1}


def test_selected_pixels_of_an_address_are_described(path: Path, opened: Opened) -> None:
    app, sent = opened(pixels=word())
    assert app.subheader[0].value == "5 pixels selected"
    assert sent["feature_map"]["points"]["strong"].sum() == 5
    assert sent["feature_map"]["selects"] is True
    assert sent["class_legend"]["dense"] is True


def test_hidden_classes_are_counted_and_not_selected(path: Path, opened: Opened) -> None:
    app, sent = opened(pixels=word(list(range(200))), classes="sky,car")
    assert app.subheader[0].value == "80 pixels selected"
    assert "120 more are hidden" in text_of(app)
    assert sent["class_legend"]["line"] == "2 of 5 shown"


@pytest.mark.parametrize("pixels", ["nonsense", word(count=9000), "é" * 99])
def test_an_address_of_other_pixels_selects_none(path: Path, opened: Opened, pixels: str) -> None:
    app, sent = opened(pixels=pixels)
    assert "Circle some points" in text_of(app)
    assert sent["feature_map"]["selects"] is False


def test_the_legend_says_how_near_a_class_is_to_its_own_prototype(
    analyzed_run: Path, opened: Opened
) -> None:
    runs_folder.use(analyzed_run.parent)
    _, sent = opened(step="40")
    sky = next(one for one in sent["class_legend"]["classes"] if one["name"] == "sky")
    assert sky["count"] == "40"
    assert 0 <= sky["own"] <= 1
    assert sent["class_legend"]["selects"] is True


def test_an_image_opens_with_its_pixels(path: Path, opened: Opened) -> None:
    image = Run(path).probe().images[0]
    app, sent = opened(image=image.key, pixels=word([0]))
    data = sent["image_area"]
    assert (data["width"], data["height"]) == (image.width, image.height)
    assert [one["label"] for one in data["pictures"]] == ["Photo", "Before", "Now", "Truth"]
    assert data["crosshair"] == (sum(one["selected"] for one in data["pixels"]) > 0)
    assert "image_area" not in opened(image="gone")[1]
    safe = opened(image=image.key, palette="safe")[1]["image_area"]["pictures"]
    assert [one["label"] for one in safe] == ["Photo", "Before", "Now"]
    assert "palette=safe" in safe[-1]["address"]


@pytest.mark.slow
def test_a_named_selection_is_compared_with_what_is_selected(path: Path, opened: Opened) -> None:
    write_selections(
        Run(path),
        [NamedSelection("Riders", word([0, 5, 9]), 40), NamedSelection("Old", word([1], 9000), 40)],
    )
    app, _ = opened(pixels=word())
    compared = next(one for one in app.selectbox if one.label == "Compare with")
    compared.select("Riders").run()
    assert not app.exception
    html = "".join(str(one.proto) for one in app.get("html"))
    assert "spcl-compared" in html
    assert "1 pixel is in both" in text_of(app)
    next(one for one in app.selectbox if one.label == "Compare with").select("Old").run()
    assert "another set of probe pixels" in text_of(app)


@pytest.mark.slow
def test_a_named_selection_is_kept_chosen_and_removed(path: Path, opened: Opened) -> None:
    app, _ = opened(pixels=word())
    next(one for one in app.text_input if one.label == "Name").set_value("Riders")
    next(one for one in app.button if one.label == "Keep").click().run()
    assert not app.exception
    assert '"name":"Riders"' in (path / "derived" / "selections.json").read_text()
    app, _ = opened()
    next(one for one in app.selectbox if one.label == "Named selections").select("Riders").run()
    assert "5 pixels selected" in text_of(app)
    next(one for one in app.button if one.label == "Undo").click().run()
    assert "Circle some points" in text_of(app)
    app, _ = opened(pixels=word())
    next(one for one in app.button if one.label == "Remove Riders").click().run()
    assert not app.exception
    assert "Riders" not in (path / "derived" / "selections.json").read_text()


def test_a_damaged_file_of_names_is_a_sentence(path: Path, opened: Opened) -> None:
    (path / "derived" / "selections.json").write_text("{")
    app, _ = opened()
    assert "selections.json is ignored" in text_of(app)


def test_the_search_selects_the_points_of_an_image(path: Path, opened: Opened) -> None:
    app, _ = opened()
    key = Run(path).probe().images[1].key
    next(one for one in app.selectbox if one.label == "Find image").select(key).run()
    assert not app.exception
    count = int((Run(path).probe().pixels["image"] == 1).sum())
    assert f"{count} pixels selected" in text_of(app)
    assert app.query_params["image"] == key


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "absent", "missing"),
    [({}, ["confidence"], "confidence"), ({"target_labels": False}, [], None)],
)
def test_what_a_run_lacks_is_not_offered(
    tmp_path: Path, opened: Opened, options: dict[str, Any], absent: list[str], missing: str | None
) -> None:
    path = write_synthetic_run(tmp_path, **options)
    write_layout(path, "pca", (0, 20, 40))
    set_recorded(path, absent=absent)
    for color in COLOR_BY:
        app, _ = opened(color=color)
        select = next(one for one in app.selectbox if one.label == "Colour by")
        assert missing is None or words.COLOR_NAMES[missing] not in select.options


def test_two_maps_are_one_projection_at_two_steps(analyzed_run: Path, opened: Opened) -> None:
    runs_folder.use(analyzed_run.parent)
    app, sent = opened(step="40", show="source,target,before", pixels=word())
    assert [data["twin"] for data in sent["maps"]] == ["before", "now"]
    before, now = sent["maps"]
    assert (before["step"], before["steps"], before["fitted"]) == (20, [20], [40])
    assert (now["step"], now["fitted"], before["layout"]) == (40, [20], now["layout"])
    assert before["points"]["strong"].sum() == now["points"]["strong"].sum() == 5
    assert "were among its ten nearest before" in text_of(app)
    _, sent = opened(step="20", show="source,target,before")
    assert [data["twin"] for data in sent["maps"]] == [""]


def test_without_the_map_before_there_is_one(path: Path, opened: Opened) -> None:
    shutil.rmtree(path / "derived" / "projections")
    write_layout(path, "pca", (40,))
    _, sent = opened(show="source,target,before")
    assert [data["twin"] for data in sent["maps"]] == [""]


def test_before_adaptation_no_change_is_offered(path: Path, opened: Opened) -> None:
    app, _ = opened(step="20", color="change")
    select = next(one for one in app.selectbox if one.label == "Colour by")
    assert select.value == "class"
    assert words.COLOR_NAMES["change"] not in select.options


def test_few_pixels_are_counted_and_many_are_shares() -> None:
    assert words._share(0.5, FEW_CASES - 2) == f"{(FEW_CASES - 2) // 2} of {FEW_CASES - 2}"
    assert words._share(0.5, 200) == "50 %"
    assert words._share(None, 0) == "–"
    assert words.overlap_sentence(0, 3, 4) == "They share no pixel."
    assert words.overlap_sentence(4, 4, 4) == "They are the same pixels."
    assert words.overlap_sentence(2, 3, 4) == "2 pixels are in both."
