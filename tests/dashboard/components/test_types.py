"""What Python sends to a component has the names that its typedef in types.js declares."""

import importlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import dashboard.components
from dashboard.components.image_area.image_area import area_values
from dashboard.data import runs_folder
from dashboard.data.opened_run import open_run
from dashboard.data.selection import Selection
from spcl.store.reader import Run
from tests.dashboard.components.test_feature_map import write_layout
from tests.support.synthetic_run import write_synthetic_run

COMPONENTS = Path(dashboard.components.__file__).parent


def declared(component: str, typedef: str) -> set[str]:
    """Return the names of the properties of a typedef."""
    text = (COMPONENTS / component / "types.js").read_text(encoding="utf-8")
    block = re.search(rf"@typedef {{object}} {typedef}\b(.*?)\*/", text, re.DOTALL)
    assert block, f"{component}/types.js declares no {typedef}"
    return set(re.findall(r"@property {.*} \[?(\w+)", block[1]))


def sent(
    path: Path, view: str, component: str, monkeypatch: pytest.MonkeyPatch
) -> Mapping[str, Any]:
    """Return what a page sends to a component of a finished run."""
    calls: list[Mapping[str, Any]] = []
    module = importlib.import_module(f"dashboard.components.{component}.{component}")
    monkeypatch.setattr(module, "_mount", lambda *, data, **_: calls.append(data))
    runs_folder.use(path.parent)
    script = f"""
from dashboard.data import selection
from dashboard.data.opened_run import open_run
from dashboard.views import {view} as view
selection.arrive()
view.render(open_run(selection.selection()))
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception, app.exception
    return calls[-1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_synthetic_run(tmp_path / "runs")


def test_the_live_lines_get_what_they_declare(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sent(path, "live", "live_lines", monkeypatch)
    assert set(data) == declared("live_lines", "LinesData")
    assert set(data["miou"]) == declared("live_lines", "Scores")


def test_the_feature_map_gets_what_it_declares(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_layout(path, "pca", (0, 20, 40))
    data = sent(path, "map", "feature_map", monkeypatch)
    assert set(data) == declared("feature_map", "MapData")
    assert set(data["points"].columns) == declared("feature_map", "Rows")
    assert set(data["prototypes"][0]) == declared("feature_map", "Prototype")


def test_the_class_list_gets_what_it_declares(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_layout(path, "pca", (0, 20, 40))
    data = sent(path, "map", "class_legend", monkeypatch)
    assert set(data) == declared("class_legend", "LegendData")
    assert set(data["classes"][0]) == declared("class_legend", "Entry")


def test_the_image_gets_what_it_declares(path: Path) -> None:
    runs_folder.use(path.parent)
    opened = open_run(Selection(path.name, None, "dataset", (), None, live=True))
    assert opened is not None
    image = Run(path).probe().images[0]
    data = area_values(opened, 40, image, np.array([0]))
    assert set(data) == declared("image_area", "AreaData")
    assert set(data["pixels"][0]) == declared("image_area", "Pixel")


def test_the_mask_viewer_gets_what_it_declares(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sent(path, "masks", "mask_viewer", monkeypatch)
    detail = data["detail"]
    assert set(data) == declared("mask_viewer", "MaskData")
    assert set(data["classes"][0]) == declared("label_maps", "ClassInfo")
    assert set(data["images"][0]) == declared("mask_viewer", "ImageInfo")
    assert set(detail) == declared("mask_viewer", "Detail")
    assert set(detail["change"]) == declared("mask_viewer", "Change")
    assert set().union(*detail["rows"]) <= declared("mask_viewer", "Row")


@pytest.mark.slow
def test_the_mask_viewer_gets_what_it_declares_of_two_runs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_synthetic_run(path.parent, run_id="other", target_worsens=True)
    data = sent(path, "compare", "mask_viewer", monkeypatch)
    assert set(data) == declared("mask_viewer", "MaskData")
    assert set(data["others"]) == declared("mask_viewer", "Others")
    assert set(data["detail"]) == declared("mask_viewer", "Detail")


def test_the_story_gets_what_it_declares(
    analyzed_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copytree(analyzed_run, tmp_path / "runs" / analyzed_run.name))
    data = sent(path, "story", "story", monkeypatch)
    assert set(data) == declared("story", "StoryData")
    assert set(data["classes"][0]) == declared("label_maps", "ClassInfo")
    pair, maps, squares, weak, ruler = (panel["picture"] for panel in data["panels"])
    assert all(set(panel) == declared("story", "Panel") for panel in data["panels"])
    assert set(pair["sides"][0]) == declared("story", "Side")
    assert set(maps) == declared("story", "Maps")
    assert set(maps["now"]) == declared("story", "Cloud")
    assert set(squares) == declared("story", "Squares")
    assert set(weak["bars"][0]) == declared("story", "Bar")
    assert set(weak["wipe"]) == declared("story", "Wipe")
    assert set(weak["wipe"]["images"][0]) == declared("story", "WipeImage")
    assert set(ruler["marks"][0]) == declared("story", "Mark")
