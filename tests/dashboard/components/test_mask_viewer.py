"""The mask viewer in a real browser: exact colours, wipe, layers, images, other steps."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spcl.store.reader import Run
from tests.conftest import Served, Watched, start_dashboard
from tests.support.synthetic_run import COLORS, write_synthetic_run

pytestmark = pytest.mark.browser

VIEWER = "[data-chart=mask-viewer]"
KEY = "target-frame_1"
Shown = Callable[[str], Any]

# The colour at the middle of every pixel of the image, as drawn on the right-hand canvas.
_COLORS = """(canvas, [height, width]) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = [];
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) {
    const y = Math.floor((row + 0.5) * canvas.height / height);
    const x = Math.floor((column + 0.5) * canvas.width / width);
    found.push(...data.subarray(4 * (y * canvas.width + x), 4 * (y * canvas.width + x) + 3));
  }
  return found;
}"""
_DISTINCT = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let i = 0; i < data.length; i += 4) found.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
  return [...found];
}"""


@pytest.fixture(scope="module")
def run_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a finished run with snapshots at 0, 10, 20 (before), 30, 40."""
    return write_synthetic_run(tmp_path_factory.mktemp("masks") / "runs")


@pytest.fixture(scope="module")
def url(run_path: Path) -> Iterator[str]:
    """Return the address of one dashboard for all tests here."""
    served = start_dashboard(run_path.parent)
    yield served.url
    served.stop()


@pytest.fixture
def show(url: str, open_browser: Callable[..., Watched]) -> Iterator[Shown]:
    """Return `show(query)`: the masks page once something is drawn; nothing may go wrong in it."""
    opened: list[Watched] = []

    def open_masks(query: str = "") -> Any:
        watched = open_browser(f"{url}/masks?live=0&image={KEY}&{query}")
        opened.append(watched)
        watched.page.locator(f"{VIEWER}[data-drawn]").wait_for()
        return watched.page

    yield open_masks
    assert [message for watched in opened for message in watched.console] == []
    assert [request for watched in opened for request in watched.outside] == []


def _bare(page: Any) -> None:
    """Show the right-hand layer alone: no photo, no borders."""
    page.get_by_role("button", name="Single").click()
    page.get_by_label("Mask opacity").fill("1")
    page.get_by_label("Class borders").uncheck()


def _canvas(page: Any) -> Any:
    return page.locator(".pane.right canvas")


def _colors(page: Any) -> NDArray[np.uint8]:
    found = _canvas(page).evaluate(_COLORS, [32, 64])
    return np.array(found, np.uint8).reshape(32, 64, 3)


def _drawn(page: Any, words: str) -> None:
    page.locator(f'{VIEWER}[data-drawn*="{words}"]').wait_for()


@pytest.mark.long
def test_every_pixel_has_the_colour_of_its_recorded_class(show: Shown, run_path: Path) -> None:
    page = show("")
    _bare(page)
    mask = Run(run_path).snapshot(40).mask(KEY)
    assert (_colors(page) == np.array(COLORS, np.uint8)[mask]).all()
    distinct = {tuple(map(int, text.split(","))) for text in _canvas(page).evaluate(_DISTINCT)}
    assert distinct <= set(COLORS), "smoothing made colours of no class"


def test_another_step_shows_its_own_mask(show: Shown, run_path: Path) -> None:
    page = show("step=30")
    _bare(page)
    now, other = (Run(run_path).snapshot(step).mask(KEY) for step in (30, 40))
    found = _colors(page)
    assert (found == np.array(COLORS, np.uint8)[now]).all()
    assert (found != np.array(COLORS, np.uint8)[other]).any()


def test_the_layers_are_the_recorded_planes(show: Shown, run_path: Path) -> None:
    page = show("")
    _bare(page)
    truth = Run(run_path).probe().label(KEY)
    page.locator(".layer[data-layer=truth]").click()
    _drawn(page, "before truth")
    assert (_colors(page) == np.array(COLORS, np.uint8)[truth]).all()
    page.keyboard.press("3")
    before = Run(run_path).snapshot(20).mask(KEY)
    _drawn(page, "before before")
    assert (_colors(page) == np.array(COLORS, np.uint8)[before]).all()
    page.keyboard.press("1")
    _drawn(page, "before input")
    assert (_colors(page) == Run(run_path).probe().picture(KEY)).mean() > 0.9


def test_the_safe_palette_recolors_without_another_mask(show: Shown, run_path: Path) -> None:
    page = show("palette=safe")
    _bare(page)
    safe = ("#493435", "#777676", "#A6EAFF", "#DB5326", "#3B6EC6")
    colors = np.array([[int(text[i : i + 2], 16) for i in (1, 3, 5)] for text in safe], np.uint8)
    assert (_colors(page) == colors[Run(run_path).snapshot(40).mask(KEY)]).all()


def test_the_wipe_moves_by_keys_and_by_its_handle(show: Shown) -> None:
    page = show("")
    clip = page.locator(".pane.left")
    wipe = page.get_by_label("Wipe between left and right, percent")
    assert wipe.input_value() == "50"
    page.locator(VIEWER).focus()
    page.keyboard.press("]")
    assert wipe.input_value() == "55"
    assert clip.evaluate("(pane) => pane.style.clipPath") == "inset(0px 45% 0px 0px)"
    box = page.locator(".stage").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.55 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], middle, steps=4)
    page.mouse.up()
    assert abs(float(wipe.input_value()) - 25) < 2


def test_side_by_side_stands_before_at_the_left_at_equal_scale(show: Shown) -> None:
    page = show("")
    page.get_by_role("button", name="Side by side").click()
    left = page.locator(".pane.left canvas").bounding_box()
    right = page.locator(".pane.right canvas").bounding_box()
    assert left["x"] < right["x"]
    assert (left["width"], left["height"]) == (right["width"], right["height"])
    assert "Before" in page.locator(".pane.left .chip").inner_text()
    assert "mIoU" in page.locator(".pane.right .chip").inner_text()


def test_zoom_is_one_for_both_panes_and_fits_again(show: Shown) -> None:
    page = show("")
    page.locator(VIEWER).focus()
    page.keyboard.press("+")
    page.locator(".zoom output", has_text="150 %").wait_for()
    page.keyboard.press("0")
    page.locator(".zoom output", has_text="100 %").wait_for()


def test_the_pixel_under_the_pointer_is_named(show: Shown, run_path: Path) -> None:
    page = show("")
    box = _canvas(page).bounding_box()
    row, column = 20, 50
    page.mouse.move(
        box["x"] + (column + 0.5) * box["width"] / 64, box["y"] + (row + 0.5) * box["height"] / 32
    )
    told = page.locator(".tip").inner_text()
    name = ("Road", "Building", "Sky", "Person", "Car")[
        Run(run_path).snapshot(40).mask(KEY)[row, column]
    ]
    assert f"row {row}, column {column}" in told
    assert f"{name}, sure 100 %" in told


def test_the_next_image_comes_by_key_and_stands_in_the_address(show: Shown) -> None:
    page = show("")
    page.get_by_role("tab", name="All 3").click()
    page.locator(VIEWER).focus()
    page.keyboard.press("ArrowRight")
    _drawn(page, "target-frame_2")
    page.wait_for_url("**image=target-frame_2*")
    page.locator(".panel[aria-busy=false]", has_text="frame_2").wait_for()


def test_a_hidden_class_lets_the_photo_through(show: Shown, run_path: Path) -> None:
    page = show("")
    _bare(page)
    page.get_by_role("button", name="Road").click()
    page.wait_for_url("**classes=building*")
    mask = Run(run_path).snapshot(40).mask(KEY)
    shown = (_colors(page) == np.array(COLORS, np.uint8)[mask]).all(axis=-1)
    assert shown[mask != 0].all()
    assert not shown[mask == 0].any()


@pytest.mark.long
def test_without_labels_no_layer_pretends_to_know_the_truth(
    serve: Callable[..., Served], open_browser: Callable[..., Watched], tmp_path: Path
) -> None:
    path = write_synthetic_run(tmp_path / "runs", target_labels=False)
    watched = open_browser(f"{serve(path.parent).url}/masks?live=0&image={KEY}")
    page = watched.page
    page.locator(f"{VIEWER}[data-drawn]").wait_for()
    layers = page.locator(".layer").evaluate_all("(all) => all.map((one) => one.dataset.layer)")
    assert layers == ["input", "before", "after", "confidence"]
    assert "no label" in page.locator(".panel").inner_text()
    assert watched.console == []
