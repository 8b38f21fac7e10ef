"""The Compare page in a real browser: wipe, cells, both runs on one map, paper, links."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Watched, start_dashboard

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    served = start_dashboard(folder)
    yield served.url
    served.stop()


@pytest.mark.long
def test_one_image_of_both_runs_under_one_wipe(
    url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{url}/compare?run=good-0&with=worse-0&live=0")
    page = watched.page
    viewer = page.locator("[data-chart=mask-viewer][data-drawn]")
    viewer.wait_for()
    assert viewer.get_by_role("tab", name="A better").count() == 1
    panel = viewer.locator(".panel")
    panel.get_by_text("only A right").wait_for()
    right_only_first = panel.locator(".key span", has_text="only A right").inner_text()
    assert float(right_only_first.split()[-2]) > 10
    asked = [one for one in watched.requests if "/masks/" in one]
    assert any("/runs/good-0/snapshots/40/" in one for one in asked)
    assert any("/runs/worse-0/snapshots/40/" in one for one in asked)
    colors: Any = viewer.locator("canvas").first.evaluate(
        """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let i = 0; i < data.length; i += 4) seen.add(data.slice(i, i + 3).join());
          return seen.size;
        }"""
    )
    assert colors > 5
    viewer.locator(".rail .layer[data-layer=change]").click()
    page.locator("[data-chart=mask-viewer][data-drawn$=' change']").wait_for()
    assert watched.console == []
    assert watched.outside == []


@pytest.mark.slow
def test_a_cell_leads_to_its_images_and_they_to_the_wipe(
    url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{url}/compare?run=good-0&with=worse-0&live=0")
    page = watched.page
    viewer = page.locator("[data-chart=mask-viewer][data-drawn]")
    viewer.wait_for()
    cell = page.locator(".st-key-compare-transfer .scatterlayer .point").last
    cell.scroll_into_view_if_needed()
    cell.click(force=True)
    page.wait_for_url(re.compile("pair="))
    images = page.locator("a[data-page=compare]")
    images.first.wait_for()
    asked = [str(one.get_attribute("href")).split("image=")[1] for one in images.all()]
    other = next(i for i, key in enumerate(asked) if "image" not in page.url or key not in page.url)
    images.nth(other).click()
    page.wait_for_url(re.compile(f"image={re.escape(asked[other].split('&')[0])}"))
    page.wait_for_function(
        """() => { const box = document.querySelector(".st-key-compare-viewer")
          .getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight / 2; }"""
    )
    page.get_by_text("The image shown below", exact=True).click()
    page.get_by_text("Counted: every pixel of the image").wait_for()
    page.get_by_text("Only B right", exact=True).click()
    page.get_by_text("Counted: the labelled pixels that only B has right of the image").wait_for()
    assert watched.console == []
    assert watched.outside == []


@pytest.mark.slow
def test_a_map_of_both_runs_is_made_on_request_and_its_halves_are_linked(
    url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{url}/compare?run=good-0&with=worse-0&live=0")
    page = watched.page
    page.get_by_role("button", name="Lay both runs out on one map").click(timeout=30_000)
    page.get_by_role("progressbar").wait_for()
    one = page.locator("[data-chart=feature-map-before][data-zoom]")
    other = page.locator("[data-chart=feature-map][data-zoom]")
    one.wait_for(timeout=120_000)
    other.wait_for()
    assert one.get_attribute("data-points") == other.get_attribute("data-points")
    page.get_by_text("Whose neighbours differ most", exact=True).wait_for()
    fitted = one.get_attribute("data-zoom")
    one.get_by_role("button", name="+", exact=True).click()
    first = "[data-chart=feature-map-before][data-zoom]"
    page.locator(f"{first}:not([data-zoom='{fitted}'])").wait_for()
    zoomed = one.get_attribute("data-zoom")
    page.locator(f"[data-chart=feature-map][data-zoom='{zoomed}']").wait_for()
    one.get_by_role("button", name="Box b").click()
    stage = one.locator("canvas").last
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 40, box["y"] + box["height"] - 40, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile("pixels="))
    assert watched.console == []
    assert watched.outside == []


@pytest.mark.slow
def test_the_page_prints_whole_with_its_thumbnails(
    url: str, open_browser: Callable[..., Watched]
) -> None:
    page = open_browser(f"{url}/compare?run=good-0&with=worse-0&live=0").page
    page.locator("[data-chart=mask-viewer][data-drawn]").wait_for()
    page.set_viewport_size({"width": 718, "height": 1046})
    thumbnails = page.locator("[data-chart=mask-viewer] .frame canvas")
    assert thumbnails.count() > 4
    page.wait_for_function(
        """() => [...document.querySelectorAll("*")].flatMap((one) => one.shadowRoot
            ? [...one.shadowRoot.querySelectorAll(".frame canvas")]
            : one.matches(".frame canvas") ? [one] : [])
          .slice(0, 4).every((canvas) => canvas.getContext("2d")
            .getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0))"""
    )
    page.emulate_media(media="print")
    assert page.get_by_test_id("stSidebar").is_hidden()
    whole, seen = page.evaluate(
        "[document.querySelector('.stMainBlockContainer').scrollHeight,"
        " document.documentElement.scrollHeight]"
    )
    assert seen >= whole > 1046, "nothing is cut off"


@pytest.mark.long
@pytest.mark.slow
def test_a_copied_link_shows_the_same_comparison(
    url: str, open_browser: Callable[..., Watched]
) -> None:
    address = f"{url}/compare?run=good-0&with=worse-0&with_step=30&axis=updates&live=0"
    watched = open_browser(address)
    viewer = watched.page.locator("[data-chart=mask-viewer][data-drawn]")
    viewer.wait_for()
    viewer.locator(".rail .layer[data-layer=change]").click()
    watched.page.locator("[data-chart=mask-viewer][data-drawn$=' change']").wait_for()
    drawn = viewer.get_attribute("data-drawn")
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    link = str(page.evaluate("navigator.clipboard.readText()"))

    other = open_browser(link)
    other.page.locator(f"[data-chart=mask-viewer][data-drawn={json.dumps(drawn)}]").wait_for()
    assert "step 30" in other.page.locator(".stMainBlockContainer").inner_text()
    chosen = other.page.get_by_role("radio", name="Updates since before")
    assert chosen.get_attribute("aria-checked") == "true"
    assert other.console == []
