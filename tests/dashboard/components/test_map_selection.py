"""What a person does with the map in a browser: gestures, what is drawn, what the address says."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Served, Watched
from tests.support.pointing import drag_over_map

pytestmark = pytest.mark.browser
MAP = "[data-chart=feature-map]"
IMAGE = "[data-chart=image-area]"
LEFT = ((0.01, 0.01), (0.5, 0.01), (0.5, 0.99), (0.01, 0.99))
ALL = ((0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99))
NOWHERE = ((0.001, 0.001), (0.004, 0.001), (0.004, 0.012), (0.001, 0.012))
COLORS_ON = """(selector) => {
  const canvas = document.querySelector(selector);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let drawn = 0;
  for (let i = 3; i < data.length; i += 4) drawn += data[i] > 0;
  return drawn;
}"""


@pytest.fixture
def open_map(analyzed_url: str, open_browser: Callable[..., Watched]) -> Callable[..., Watched]:
    """Return a function that opens the map page of a finished run at step 40."""

    def open_at(query: str = "", **options: Any) -> Watched:
        watched = open_browser(f"{analyzed_url}/map?step=40&live=0{query}", **options)
        watched.page.locator(f"{MAP}[data-step='40']").wait_for()
        return watched

    return open_at


def asked(page: Any) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def selected(page: Any, count: int | str) -> None:
    page.get_by_text(f"{count} pixels selected", exact=True).wait_for()


def counted(page: Any) -> int:
    heading = page.locator("h3", has_text="selected")
    heading.wait_for()
    return int(heading.inner_text().split()[0].replace(",", ""))


def is_quiet(watched: Watched) -> None:
    assert watched.console == []
    assert watched.outside == []


@pytest.mark.long
def test_shift_adds_control_takes_away_and_undo_goes_back(open_map: Callable[..., Watched]) -> None:
    watched = open_map()
    page = watched.page
    page.locator(MAP).focus()
    drag_over_map(page, *LEFT)
    left = counted(page)
    assert 0 < left < 200
    word = asked(page)["pixels"]
    page.keyboard.down("Shift")
    drag_over_map(page, *ALL)
    page.keyboard.up("Shift")
    selected(page, 200)
    page.keyboard.down("Control")
    drag_over_map(page, *LEFT)
    page.keyboard.up("Control")
    selected(page, 200 - left)
    page.keyboard.press("Control+z")
    selected(page, 200)
    page.keyboard.press("Control+z")
    selected(page, left)
    page.wait_for_url(f"**pixels={word}*")
    page.keyboard.press("Escape")
    page.get_by_text("Circle some points").wait_for()
    page.wait_for_function("!location.search.includes('pixels=')")
    page.get_by_role("button", name="Undo").click()
    selected(page, left)
    is_quiet(watched)


@pytest.mark.long
def test_an_empty_outline_and_a_click_beside_change_nothing(
    open_map: Callable[..., Watched],
) -> None:
    watched = open_map()
    page = watched.page
    drag_over_map(page, *LEFT)
    left = counted(page)
    word = asked(page)["pixels"]
    drag_over_map(page, *NOWHERE)
    page.get_by_text("Nothing inside that outline, so nothing changed").wait_for()
    selected(page, left)
    drag_over_map(page, NOWHERE[0], NOWHERE[0])
    assert asked(page)["pixels"] == word
    selected(page, left)
    is_quiet(watched)


@pytest.mark.long
def test_a_link_selects_the_same_pixels(open_map: Callable[..., Watched]) -> None:
    watched = open_map()
    drag_over_map(watched.page, *LEFT)
    left = counted(watched.page)
    other = open_map(f"&pixels={asked(watched.page)['pixels']}")
    selected(other.page, left)
    is_quiet(other)


def test_the_right_button_moves_the_map_and_selects_nothing(
    open_map: Callable[..., Watched],
) -> None:
    watched = open_map()
    page = watched.page
    before = page.locator(f"{MAP} .over").screenshot()
    box = page.locator(f"{MAP} .over").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down(button="right")
    page.mouse.move(box["x"] + 300, box["y"] + 260, steps=4)
    page.mouse.up(button="right")
    assert page.locator(f"{MAP} .over").screenshot() != before
    page.get_by_text("Circle some points").wait_for()
    assert "pixels" not in asked(page)
    is_quiet(watched)


@pytest.mark.long
def test_a_click_hides_a_class_and_a_double_click_leaves_it_alone(
    open_map: Callable[..., Watched],
) -> None:
    watched = open_map()
    page = watched.page
    legend = page.locator("[data-testid=stMain] .class-legend")
    counts = page.locator(f"{MAP} .count")
    sky = legend.get_by_title("Sky:", exact=False)
    sky.click()
    counts.get_by_text("160 of 200").wait_for()
    page.wait_for_function("!location.search.includes('sky') && location.search.includes('car')")
    assert sky.get_attribute("aria-pressed") == "false"
    sidebar = page.locator("[data-testid=stSidebar]")
    sidebar.get_by_text("4 of 5 shown").last.wait_for()
    sky.dblclick()
    counts.get_by_text("40 of 200").wait_for()
    page.wait_for_url("**classes=sky*")
    sidebar.get_by_role("button", name="Show all").last.click()
    counts.get_by_text("200 of 200").wait_for()
    page.wait_for_function("!location.search.includes('classes=')")
    is_quiet(watched)


@pytest.mark.long
def test_the_list_works_by_keys_and_selects_the_pixels_of_a_class(
    open_map: Callable[..., Watched],
) -> None:
    watched = open_map()
    page = watched.page
    legend = page.locator("[data-testid=stMain] .class-legend")
    legend.get_by_title("Sky:", exact=False).focus()
    page.keyboard.press("Enter")
    page.locator(f"{MAP} .count").get_by_text("160 of 200").wait_for()
    legend.get_by_role("button", name="Show all").click()
    page.locator(f"{MAP} .count").get_by_text("200 of 200").wait_for()
    legend.get_by_role("button", name="select Sky").focus()
    page.keyboard.press("Enter")
    selected(page, 40)
    is_quiet(watched)


def test_a_class_pointed_at_in_the_list_is_lit_on_the_map(open_map: Callable[..., Watched]) -> None:
    watched = open_map(reduced_motion="reduce")
    page = watched.page
    points = page.locator(f"{MAP} canvas").nth(1)
    before = points.evaluate("(canvas) => canvas.toDataURL()")
    page.locator("[data-testid=stMain] .class-legend li").first.hover()
    lit = points.evaluate("(canvas) => canvas.toDataURL()")
    assert lit != before
    page.mouse.move(5, 5)
    assert points.evaluate("(canvas) => canvas.toDataURL()") == before
    is_quiet(watched)


@pytest.mark.long
def test_a_point_shows_its_crop_and_a_click_opens_its_image(
    open_map: Callable[..., Watched],
) -> None:
    watched = open_map()
    page = watched.page
    box = page.locator(f"{MAP} .over").bounding_box()
    tip = page.locator(f"{MAP} .tip")
    for x in range(20, int(box["width"]), 6):
        page.mouse.move(box["x"] + x, box["y"] + box["height"] / 2 + 40 * ((x // 6) % 5 - 2))
        if tip.is_visible():
            break
    image = tip.locator(".crop img")
    assert image.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 0
    assert tip.get_by_text("predicted").count() == 1
    page.mouse.down()
    page.mouse.up()
    page.get_by_text("1 pixel selected", exact=True).wait_for()
    page.locator(f"{IMAGE}[data-selected='1'][data-drawn='Photo']").wait_for()
    page.wait_for_url("**image=*")
    page.get_by_role("link", name="Show in masks").click()
    page.locator("[data-chart=mask-viewer][data-drawn]").wait_for()
    assert "pixels" in asked(page)
    is_quiet(watched)


def test_an_area_brushed_in_an_image_lights_up_on_the_map(open_map: Callable[..., Watched]) -> None:
    watched = open_map("&image=target-frame_1")
    page = watched.page
    area = page.locator(IMAGE)
    page.locator(f"{IMAGE}[data-drawn='Photo']").wait_for()
    area.locator("canvas").scroll_into_view_if_needed()
    box = area.locator("canvas").bounding_box()

    def brush(x1: float, y1: float, x2: float, y2: float) -> None:
        page.mouse.move(box["x"] + x1 * box["width"], box["y"] + y1 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + x2 * box["width"], box["y"] + y2 * box["height"], steps=4)
        page.mouse.up()

    brush(0.02, 0.02, 0.98, 0.98)
    whole = counted(page)
    page.locator(f"{IMAGE}[data-selected='{whole}']").wait_for()
    word = asked(page)["pixels"]
    page.keyboard.down("Control")
    brush(0.02, 0.02, 0.98, 0.5)
    page.keyboard.up("Control")
    page.locator(f"{IMAGE}:not([data-selected='{whole}'])").wait_for()
    assert 0 < int(area.get_attribute("data-selected")) < whole
    assert asked(page)["pixels"] != word
    area.get_by_role("button", name="Now").click()
    page.locator(f"{IMAGE}[data-drawn='Now']").wait_for()
    is_quiet(watched)


def test_the_search_lights_up_the_points_of_an_image(open_map: Callable[..., Watched]) -> None:
    watched = open_map()
    page = watched.page
    search = page.get_by_role("combobox", name="Find image")
    search.click()
    page.keyboard.type("frame_1")
    page.get_by_role("option").first.click()
    page.locator(IMAGE).wait_for()
    assert counted(page) == int(page.locator(IMAGE).get_attribute("data-selected"))
    is_quiet(watched)


def test_layers_are_drawn_where_they_are_shown(open_map: Callable[..., Watched]) -> None:
    watched = open_map("&show=source,target", reduced_motion="reduce")
    page = watched.page
    under, over = f"{MAP} canvas:not(.over)", f"{MAP} canvas.over"
    assert page.evaluate(COLORS_ON, under) == 0
    assert page.evaluate(COLORS_ON, over) == 0
    show = page.locator("[data-testid=stButtonGroup]")
    show.get_by_text("Regions").click()
    page.wait_for_function(f"({COLORS_ON})('{under}') > 1000")
    page.locator(f"{MAP} .note", has_text="nearest to, measured with all feature").wait_for()
    assert page.evaluate(COLORS_ON, over) == 0
    show.get_by_text("Density").click()
    page.wait_for_function(f"({COLORS_ON})('{over}') > 500")
    page.wait_for_url("**show=source%2Ctarget%2Cdensity%2Cregions*")
    is_quiet(watched)


@pytest.mark.parametrize(
    ("color", "said"),
    [
        ("margin", "margin, cosine in the full feature space"),
        ("confidence", "confidence of the prediction"),
        ("change", "right both times"),
        ("domain", "dusk, 100"),
        ("correct", "right, "),
    ],
)
def test_colours_have_their_key_below_the_map(
    open_map: Callable[..., Watched], color: str, said: str
) -> None:
    watched = open_map(f"&color={color}")
    watched.page.locator(f"{MAP} .legend", has_text=said).wait_for()
    is_quiet(watched)


def test_who_hears_the_page_gets_a_table(open_map: Callable[..., Watched]) -> None:
    page = open_map("&classes=sky").page
    table = page.get_by_role("table", name="What the map shows: 40 of 200 probe pixels")
    table.wait_for()
    assert table.get_by_role("row").count() == 2
    assert table.get_by_role("rowheader").all_inner_texts() == ["Sky"]
    assert table.get_by_role("cell").all_inner_texts()[:3] == ["20", "20", "0"]


@pytest.mark.long
def test_a_selection_is_kept_and_compared(
    analyzed_run: Path,
    tmp_path: Path,
    serve: Callable[..., Served],
    open_browser: Callable[..., Watched],
) -> None:
    shutil.copytree(analyzed_run, tmp_path / "runs" / analyzed_run.name)
    watched = open_browser(f"{serve(tmp_path / 'runs').url}/map?step=40&live=0")
    page = watched.page
    page.locator(f"{MAP}[data-step='40']").wait_for()
    drag_over_map(page, *LEFT)
    left = counted(page)
    page.get_by_role("button", name="Keep under a name").click()
    page.get_by_role("textbox", name="Name").fill("The left half")
    page.get_by_role("textbox", name="Name").press("Tab")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Compare with").wait_for()
    drag_over_map(page, *ALL)
    selected(page, 200)
    page.get_by_role("combobox", name="Compare with").click()
    page.get_by_role("option", name="The left half").click()
    page.get_by_text(f"{left} pixels are in both").wait_for()
    table = page.locator(".spcl-compared")
    assert table.locator("tbody tr").first.locator("td").all_inner_texts() == ["200", str(left)]
    assert table.locator("img").count() == 6
    is_quiet(watched)


@pytest.mark.long
def test_two_maps_share_camera_pointer_and_selection(open_map: Callable[..., Watched]) -> None:
    watched = open_map(reduced_motion="reduce")
    page = watched.page
    now, before = page.locator(MAP), page.locator("[data-chart=feature-map-before]")
    page.get_by_text("Before | now").click()
    page.locator("[data-chart=feature-map-before][data-step='20']").wait_for()
    page.wait_for_url("**show=source%2Ctarget%2Cprototypes%2Ctrails%2Cbefore*")
    page.get_by_text("Whose neighbours changed most").wait_for()
    page.wait_for_function(
        "new Set([...document.querySelectorAll('.feature-map')].map((one) => one.dataset.zoom))"
        ".size === 1"
    )
    fitted = now.get_attribute("data-zoom")
    now.get_by_title("Zoom in (+)").click()
    assert before.get_attribute("data-zoom") == now.get_attribute("data-zoom") != fitted
    before.get_by_title("Show everything (0)").click()
    assert before.get_attribute("data-zoom") == now.get_attribute("data-zoom") == fitted
    drag_over_map(page, *LEFT)
    counted(page)
    unmarked = before.locator(".over").screenshot()
    box = now.locator(".over").bounding_box()
    for x in range(20, int(box["width"]), 6):
        page.mouse.move(box["x"] + x, box["y"] + box["height"] / 2 + 40 * ((x // 6) % 5 - 2))
        if now.locator(".tip").is_visible():
            break
    assert before.locator(".over").screenshot() != unmarked
    assert before.locator(".tip").is_hidden()
    before.focus()
    page.keyboard.press("Escape")
    page.get_by_text("Circle some points").wait_for()
    page.get_by_text("Before | now").click()
    before.wait_for(state="detached")
    is_quiet(watched)
