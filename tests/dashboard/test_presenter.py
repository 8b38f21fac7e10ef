"""Presenter scale and full screen in a real browser, over a served run."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALLEST = """() => Math.min(...[...document.querySelectorAll(
    ".stMainBlockContainer :is(p, h1, h2, h3, span, label, figcaption)")]
  .filter((one) => one.checkVisibility() && !one.children.length && one.textContent.trim())
  .map((one) => parseFloat(getComputedStyle(one).fontSize) * one.currentCSSZoom))"""
FULL = "document.fullscreenElement?.dataset.chart"


@pytest.fixture
def at(analyzed_url: str, open_browser: Callable[..., Watched]) -> Callable[[str], Any]:
    def open_page(path: str) -> Any:
        page = open_browser(f"{analyzed_url}/{path}").page
        page.locator("h1").wait_for()
        page.locator("[data-chart=page-keys]").wait_for()
        return page

    return open_page


@pytest.mark.long
def test_p_makes_a_page_readable_from_afar_and_the_address_remembers_it(
    at: Callable[[str], Any],
) -> None:
    page = at("separability")
    sidebar = page.get_by_test_id("stSidebar")
    before = page.locator("h1").bounding_box()["height"]
    assert sidebar.is_visible()
    page.keyboard.press("p")
    page.wait_for_url("**presenter=1**")
    sidebar.wait_for(state="hidden")
    assert page.locator("h1").bounding_box()["height"] >= 1.4 * before
    assert page.evaluate(SMALLEST) >= 17.5
    page.locator(".js-plotly-plot .xtick text, .js-plotly-plot .ytick text").first.wait_for()
    wide = """() => [...document.querySelectorAll(".stPlotlyChart")].map((one) =>
      one.getBoundingClientRect().width / innerWidth)"""
    assert max(page.evaluate(wide)) > 0.8, "one card over the full width"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    page.locator("h1").wait_for()
    sidebar.wait_for(state="hidden")
    page.get_by_role("button", name="Leave").wait_for()
    page.keyboard.press("Escape")
    sidebar.wait_for(state="visible")
    assert "presenter" not in page.url


@pytest.mark.long
def test_the_pointer_meets_what_it_points_at_on_the_larger_map(at: Callable[[str], Any]) -> None:
    page = at("map?presenter=1")
    chart = page.locator("[data-chart=feature-map][data-points]")
    chart.wait_for()
    page.wait_for_timeout(1500)
    stage = chart.locator(".stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    tip = chart.locator(".tip")
    for x, y in itertools.product(range(5, 96, 2), range(10, 60, 4)):
        place = box["x"] + x / 100 * box["width"], box["y"] + y / 100 * box["height"]
        page.mouse.move(*place)
        if tip.is_visible():
            shown = tip.bounding_box()
            ends = shown["x"], shown["x"] + shown["width"]
            assert min(abs(end - place[0]) for end in ends) < 60
            return
    pytest.fail("no point answers the pointer")


@pytest.mark.parametrize(("path", "name"), [("map", "feature-map"), ("masks", "mask-viewer")])
def test_f_shows_the_map_or_the_masks_alone(at: Callable[[str], Any], path: str, name: str) -> None:
    page = at(path)
    chart = page.locator(f"[data-chart={name}][data-points]")
    chart.wait_for()
    page.wait_for_timeout(1000)
    chart.focus()
    page.keyboard.press("f")
    page.wait_for_function(f"{FULL} === '{name}'")
    picture = chart.locator(".stage").bounding_box()
    assert picture["height"] > 0.5 * 900
    assert picture["y"] + picture["height"] <= 900 + 1
    page.keyboard.press("?")
    assert "full screen" in chart.get_by_role("dialog", name="Keys").inner_text()
    page.keyboard.press("f")
    page.wait_for_function("!document.fullscreenElement")
    chart.focus()
    page.keyboard.press("?")
    chart.get_by_role("button", name="Full screen").click()
    page.wait_for_function(f"{FULL} === '{name}'")


@pytest.mark.long
def test_on_the_story_p_presents_it(at: Callable[[str], Any], analyzed_url: str) -> None:
    page = at("live")
    page.goto(f"{analyzed_url}/story")
    page.locator("[data-chart=story][data-drawn]").wait_for()
    assert page.get_by_role("button", name="Present", exact=True).count() == 1
    page.keyboard.press("p")
    page.locator("[data-chart=story].present").wait_for()
    page.wait_for_url("**present=1**")
    page.keyboard.press("p")
    page.locator("[data-chart=story]:not(.present)").wait_for()
