"""The feature map: which projection is shown, what a shape holds, and what only a browser shows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.components.feature_map.payload import map_values
from dashboard.data import recorded
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels.shape import Shape, in_shape, shape_of
from dashboard.data.selection import Selection
from spcl.analysis.lock import only_one
from spcl.store.derived.reader import Layout
from spcl.store.derived.writer import DerivedWriter
from spcl.store.reader import Run, status_of
from tests.conftest import Served, Watched
from tests.support.pointing import drag_over_map
from tests.support.synthetic_run import SyntheticRun, write_synthetic_run

MAP = "[data-chart=feature-map]"
EVERYTHING = [[-9e4, -9e4], [9e4, -9e4], [9e4, 9e4], [-9e4, 9e4]]


def page_of(
    path: Path, *, step: int | None = None, classes: tuple[str, ...] = (), now: int = 40
) -> OpenedRun:
    run = Run(path)
    chosen = Selection(
        run.info().id, step, "dataset", classes, None, live=True, panel=1, present=False
    )
    status = status_of(run.info())
    return OpenedRun(run, run.info(), chosen, status, run.steps(), step or now, 20)


def write_layout(
    path: Path, method: str, steps: tuple[int, ...], radius: Callable[[int], float] = lambda _: 1.0
) -> Layout:
    """Write positions of every pixel and prototype on a circle, as large as the step says."""
    run = Run(path)
    count, classes = len(run.probe().pixels["image"]), len(run.info().label_space)
    angle = np.linspace(0, 6, count + classes)
    quality = {step: {"trustworthiness": 0.9} for step in steps}
    layout = Layout(method, "test", {}, 0, count, classes, scale=0.01, steps=quality)
    writer = DerivedWriter(run)
    for step in steps:
        circle = np.column_stack([np.cos(angle), np.sin(angle)])
        writer.write_positions(layout, step, radius(step) * circle)
    writer.write_layout(layout)
    return layout


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_synthetic_run(tmp_path / "runs")


def test_nothing_projected_is_no_layout(path: Path) -> None:
    assert map_data.best_layout(page_of(path)) is None


def test_the_map_keeps_umap_while_its_newest_step_is_awaited(path: Path) -> None:
    write_layout(path, "pca", (0, 20, 40))
    assert map_data.best_layout(page_of(path)).method == "pca"
    write_layout(path, "umap", (0, 20))
    layout = map_data.best_layout(page_of(path))
    assert (layout.method, map_data.step_on(layout, page_of(path))) == ("umap", 20)
    assert map_data.best_layout(page_of(path, step=40)).method == "pca"
    assert map_data.best_layout(page_of(path, step=20)).method == "umap"


def test_the_badge_says_that_umap_follows_and_which_step_is_awaited(path: Path) -> None:
    def note(layout: Layout) -> str:
        values = map_values(
            page_of(path), layout, color_by="class", show=(), selected=None, shape=None, dark=False
        )
        return values["note"]

    assert "UMAP takes its place when it is ready" in note(write_layout(path, "pca", (40,)))
    assert "The map of step 40 is being made" in note(write_layout(path, "umap", (20,)))


@pytest.mark.parametrize(
    ("show", "classes", "expected"),
    [
        (("source", "target"), (), 200),
        (("target",), (), 100),
        (("source", "target"), ("sky", "car"), 80),
        ((), (), 0),
    ],
)
def test_a_shape_holds_only_what_is_shown(
    path: Path, show: tuple[str, ...], classes: tuple[str, ...], expected: int
) -> None:
    page, layout = page_of(path, classes=classes), write_layout(path, "pca", (40,))
    found = in_shape(page, layout, Shape(EVERYTHING, 40), show)
    assert len(found) == expected
    assert set(recorded.pixels(page.path)["domain"][found]) == {
        ("source", "target").index(d) for d in show
    }


def test_half_a_map_holds_the_pixels_of_that_half(path: Path) -> None:
    page, layout = page_of(path), write_layout(path, "pca", (40,))
    right = Shape([[0, -9e4], [9e4, -9e4], [9e4, 9e4], [0, 9e4]], 40)
    found = in_shape(page, layout, right, ("source", "target"))
    places = np.cos(np.linspace(0, 6, 205))[:200]
    assert found.tolist() == np.flatnonzero(np.rint(places / 0.01) > 0).tolist()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"polygon": [], "step": 3},
        {"polygon": [[0, 0], [1, 1]], "step": 3},
        {"polygon": [[0, 0], [1], [2, 2]], "step": 3},
        {"polygon": [[0, "a"], [1, 1], [2, 2]], "step": 3},
        {"polygon": [[0, 0], [1, 0], [1, 1]], "step": None},
    ],
)
def test_a_malformed_shape_is_no_selection(sent: dict[str, Any]) -> None:
    assert shape_of(sent) is None


def test_a_shape_keeps_corners_and_step() -> None:
    sent = {"polygon": [[0, 0], [1, 0], [1, 1]], "step": 30, "point": 7}
    assert shape_of(sent) == Shape([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], 30)


@pytest.fixture
def open_map(analyzed_url: str, open_browser: Callable[..., Watched]) -> Watched:
    """Return the map page of a finished run, its analysis done, at step 40."""
    watched = open_browser(f"{analyzed_url}/map?step=40&live=0")
    watched.page.locator(f"{MAP}[data-step='40']").wait_for()
    return watched


@pytest.mark.browser
def test_box_and_lasso_answer_with_their_pixels(open_map: Watched) -> None:
    page = open_map.page
    page.locator(MAP).focus()
    page.keyboard.press("b")
    drag_over_map(page, (0.01, 0.01), (0.99, 0.99))
    page.get_by_text("200 pixels selected").wait_for()
    page.get_by_text("100 source, 100 target").wait_for()
    page.locator(".spcl-pixels img").nth(4 * 4 - 1).wait_for()
    assert page.locator(".spcl-pixels img").count() == 4 * 4

    page.locator("[data-testid=stButtonGroup]").get_by_text("Source").click()
    page.get_by_text("100 pixels selected").wait_for()
    page.locator(MAP).focus()
    page.keyboard.press("Escape")
    page.get_by_text("Circle some points").wait_for()

    page.keyboard.press("s")
    drag_over_map(page, (0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99))
    page.get_by_text("100 pixels selected").wait_for()
    assert open_map.console == []


@pytest.mark.browser
def test_keys_step_through_the_snapshots_and_the_address_follows(open_map: Watched) -> None:
    page = open_map.page
    page.locator(MAP).focus()
    page.keyboard.press("ArrowLeft")
    page.locator(f"{MAP}[data-step='30']").wait_for()
    page.wait_for_url("**step=30*")
    page.keyboard.press("Home")
    page.locator(f"{MAP}[data-step='0']").wait_for()
    page.wait_for_url("**step=0*")
    page.keyboard.press("?")
    page.locator(f"{MAP} .help").wait_for()
    page.keyboard.press("Escape")
    page.locator(f"{MAP} .help").wait_for(state="detached")
    assert open_map.console == []


@pytest.mark.long
@pytest.mark.browser
def test_zoom_survives_a_new_snapshot(
    serve: Callable[..., Served], open_browser: Callable[..., Watched], tmp_path: Path
) -> None:
    run = SyntheticRun(tmp_path / "runs")
    run.write_probe()
    run.write_snapshot(0)
    page = open_browser(f"{serve(tmp_path / 'runs').url}/map").page
    page.locator(f"{MAP} .note", has_text="this UMAP").wait_for(timeout=90_000)
    chart = page.locator(MAP)
    fitted = chart.get_attribute("data-zoom")
    chart.focus()
    page.keyboard.press("+")
    zoomed = chart.get_attribute("data-zoom")
    assert float(zoomed) == pytest.approx(1.4 * float(fitted), rel=0.01)

    run.write_snapshot(10)
    page.locator(f"{MAP}[data-step='10']").wait_for(timeout=90_000)
    assert chart.get_attribute("data-zoom") == zoomed
    run.finish()


@pytest.fixture
def unanalysed(path: Path) -> Iterator[Path]:
    """Return a run that no analysis works on, so that the map is the one a test writes."""
    with only_one(DerivedWriter(Run(path)).path) as allowed:
        assert allowed
        yield path


@pytest.mark.long
@pytest.mark.browser
def test_a_map_that_leaves_the_picture_is_followed_and_one_that_grows_a_little_is_not(
    unanalysed: Path, serve: Callable[..., Served], open_browser: Callable[..., Watched]
) -> None:
    radii = {0: 1.0, 10: 1.05, 20: 3.0, 30: 1.0, 40: 9.0}
    write_layout(unanalysed, "umap", tuple(radii), radii.__getitem__)
    page = open_browser(f"{serve(unanalysed.parent).url}/map?step=0&live=0").page
    chart = page.locator(MAP)

    def zoom_at(step: int, key: str) -> float:
        chart.focus()
        page.keyboard.press(key)
        page.locator(f"{MAP}[data-step='{step}']").wait_for()
        seen = None
        while seen != (seen := chart.get_attribute("data-zoom")):
            page.wait_for_timeout(800)  # the morph takes 600 ms
        return float(seen)

    first = zoom_at(0, "Home")
    assert zoom_at(10, "ArrowRight") == first
    assert zoom_at(20, "ArrowRight") == pytest.approx(first / 3, rel=0.02)
    assert zoom_at(30, "ArrowRight") == pytest.approx(first, rel=0.02)
    page.keyboard.press("+")
    assert zoom_at(40, "ArrowRight") == pytest.approx(1.4 * first, rel=0.02)
    assert zoom_at(40, "0") == pytest.approx(first / 9, rel=0.02)
