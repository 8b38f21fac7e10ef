"""A copied link shows somebody else exactly what was seen, and a hostile one does no harm."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.conftest import Watched
from tests.support.pointing import drag_over_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def copied(watched: Watched) -> str:
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    return str(page.evaluate("navigator.clipboard.readText()"))


def circle(watched: Watched) -> None:
    """Draw a lasso around the middle of the map."""
    page = watched.page
    drag_over_map(page, (0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
    page.get_by_text("selected", exact=False).first.wait_for()


def test_camera_and_selection_of_the_map_travel(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/map?step=30&live=0&color=correct")
    picture = watched.page.locator("[data-chart=feature-map][data-zoom]")
    picture.wait_for()
    watched.page.get_by_title("Zoom in (+)").click()
    circle(watched)
    said = watched.page.locator("h3", has_text="selected").inner_text()
    zoom = picture.get_attribute("data-zoom")
    link = copied(watched)
    query = parse_qs(urlsplit(link).query)
    assert query["color"] == ["correct"]
    assert json.loads(query["view.map"][0])["shape"]

    other = open_browser(link)
    picture = other.page.locator("[data-chart=feature-map][data-zoom]")
    picture.wait_for()
    other.page.locator("h3", has_text=said).wait_for()
    assert float(picture.get_attribute("data-zoom")) == pytest.approx(float(zoom), rel=0.01)
    assert other.console == []


def test_layers_wipe_and_zoom_of_the_masks_travel(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/masks?step=30&live=0")
    viewer = watched.page.locator("[data-chart=mask-viewer][data-drawn]")
    viewer.wait_for()
    handle = viewer.locator("input[type=range][aria-label^=Wipe]").first
    handle.fill("20")
    watched.page.get_by_role("button", name="Zoom in (+)").click()
    viewer.locator(".rail .layer").first.click()
    watched.page.locator("[data-chart=mask-viewer][data-drawn$=' input']").wait_for()
    drawn = watched.page.locator("[data-chart=mask-viewer]").get_attribute("data-drawn")
    shown = viewer.locator(".zoom output").inner_text()
    other = open_browser(copied(watched))
    again = other.page.locator(f"[data-chart=mask-viewer][data-drawn={json.dumps(drawn)}]")
    again.wait_for()
    other.page.locator(".zoom output", has_text=shown).wait_for()
    assert again.locator("input[type=range][aria-label^=Wipe]").first.input_value() == "20"
    assert other.console == []


HOSTILE = [
    *("{", "[]", "null", '"x"', "9" * 5000),
    '{"layout": "umap", "center": [1e99, null], "width": -3, "shape": [[1], "x", {}]}',
    '{"mode": "<img src=x onerror=alert(1)>", "left": "step:..", "wipe": "x", "view": [{}]}',
]


@pytest.mark.parametrize(("name", "chart"), [("map", "feature-map"), ("masks", "mask-viewer")])
def test_a_hostile_link_is_as_if_nothing_was_asked(
    analyzed_url: str, open_browser: Callable[..., Watched], name: str, chart: str
) -> None:
    watched = open_browser(f"{analyzed_url}/{name}?live=0")
    for asked in HOSTILE:
        watched.page.goto(f"{analyzed_url}/{name}?live=0&view.{name}={quote(asked)}")
        watched.page.locator(f"[data-chart={chart}][data-step='40'] canvas").first.wait_for()
    assert watched.console == []
