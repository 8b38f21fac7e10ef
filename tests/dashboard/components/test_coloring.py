"""Colours of points: each stands out from the page, and the key counts what is shown."""

from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from dashboard import colors
from dashboard.colors import LEAST_CONTRAST, PAGE, Palette, contrast, ramp, relit
from dashboard.components.feature_map import coloring
from dashboard.components.feature_map.coloring import COLOR_BY, ColorBy, Coloring
from dashboard.data import runs_folder
from dashboard.data.opened_run import OpenedRun, open_run
from dashboard.data.selection import Selection
from spcl.store.classes import ClassInfo
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

NAMES = ("road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign",
    "vegetation", "terrain", "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle",
    "bicycle")  # fmt: skip
LOOKS = [pytest.param(p, d, id=f"{p} {'dark' if d else 'light'}") for p, d in product(get_args(Palette), (False, True))]  # noqa: E501 # fmt: skip


def opened(path: Path, palette: Palette = "dataset", step: int | None = None) -> OpenedRun:
    runs_folder.use(path.parent)
    run = open_run(Selection(Run(path).info().id, step, palette, (), None, live=True))
    assert run is not None
    return run


@pytest.mark.slow
@pytest.mark.parametrize(("palette", "dark"), LOOKS)
@pytest.mark.parametrize("color_by", COLOR_BY)
def test_every_mark_stands_out_from_the_page_by_its_fill_or_its_edge(
    tmp_path: Path, color_by: ColorBy, palette: Palette, dark: bool
) -> None:
    path = write_synthetic_run(tmp_path / "runs", names=NAMES)
    made = coloring.coloring(opened(path, palette), color_by, 40, dark)
    edges = made.casings or made.colors
    seen = [
        max(contrast(fill, PAGE[dark]), contrast(edge, PAGE[dark]))
        for fill, edge in zip(made.colors, edges, strict=True)
    ]
    assert min(seen) >= LEAST_CONTRAST
    assert made.color_of.max() < len(made.colors)
    assert made.color_of.min() >= 0


@pytest.mark.parametrize("dark", [False, True])
def test_whatever_colour_a_data_set_has_is_relit_to_stand_out(dark: bool) -> None:
    random = np.random.default_rng(0).integers(0, 256, (300, 3))
    corners = list(product((0, 255), repeat=3))
    for rgb in [*map(tuple, random.tolist()), *corners]:
        assert contrast(relit(colors.hex_of(rgb), dark), PAGE[dark]) >= LEAST_CONTRAST


@pytest.mark.parametrize("dark", [False, True])
def test_a_safe_mark_has_an_edge_that_stands_out(dark: bool) -> None:
    for at, name in enumerate(NAMES):
        info = ClassInfo(at, name, (1, 2, 3), name)
        edge = colors.casing_color(info, "safe", dark)
        assert contrast(edge, PAGE[dark]) >= LEAST_CONTRAST


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_a_ramp_goes_through_its_anchors() -> None:
    assert ramp(("#000000", "#FF0000", "#FFFFFF"), 5) == [
        "#000000", "#800000", "#FF0000", "#FF8080", "#FFFFFF"
    ]  # fmt: skip


def test_the_key_counts_the_points_that_are_shown() -> None:
    made = Coloring(["#111111", "#222222"], [], np.array([0, 1, 1, 1]), ["right", "wrong"])
    key = made.key(np.array([True, True, True, False]))
    assert [(one["name"], one["count"]) for one in key["swatches"]] == [("right", 1), ("wrong", 2)]
    assert key["scale"] is None


def test_a_scale_has_its_ends_in_words(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path / "runs")
    key = coloring.coloring(opened(path), "margin", 40, False).key(np.ones(200, bool))
    assert key["scale"]["middle"] == "0"
    assert key["scale"]["low"].startswith("≤ −")
    assert len(key["scale"]["colors"]) == coloring.LEVELS


def test_predictions_and_truth_are_coloured_apart(tmp_path: Path) -> None:
    run = opened(write_synthetic_run(tmp_path / "runs"))
    by_class = coloring.coloring(run, "class", 0, False).color_of
    predicted = coloring.coloring(run, "predicted", 0, False).color_of
    wrong = coloring.coloring(run, "correct", 0, False).color_of == 1
    assert np.array_equal(by_class != predicted, wrong)
    assert wrong.any()


def test_what_a_run_cannot_say_is_not_offered(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path / "runs")
    assert coloring.offered(opened(path), lacks_confidence=False) == list(COLOR_BY)
    assert "confidence" not in coloring.offered(opened(path), lacks_confidence=True)
    assert "change" not in coloring.offered(opened(path, step=20), lacks_confidence=False)
