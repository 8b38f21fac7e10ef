"""A copied link shows somebody else exactly what was seen, and a hostile one does no harm."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.conftest import Watched
from tests.support.component_page import ADDRESS, open_component_page
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
def test_picture_wipe_and_truth_of_the_story_travel(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/story?live=0&panel=3", reduced_motion="reduce")
    story = watched.page.locator("[data-chart=story][data-drawn^='3 ']")
    story.wait_for()
    story.locator(".picture .wipe").fill("20")
    story.get_by_role("button", name="typical").click()
    story.get_by_role("button", name="truth").click()
    shown = story.locator(".picture .wiped .caption").inner_text()
    link = copied(watched)
    asked = json.loads(parse_qs(urlsplit(link).query)["view.story"][0])
    assert any(panel["share"] == 20 and panel["truth"] for panel in asked.values())

    other = open_browser(link, reduced_motion="reduce")
    again = other.page.locator("[data-chart=story][data-drawn^='3 ']")
    again.wait_for()
    again.locator(".picture .wiped .caption", has_text=shown).wait_for()
    assert again.locator(".picture .wipe").input_value() == "20"
    pressed = again.get_by_role("button", name="truth").get_attribute("aria-pressed")
    assert pressed == "true"
    assert other.console == []


NO_STATE = ["{", "[]", "null", '"x"', "7", "9" * 5000, '{"x": "' + 4000 * "x" + '"}']
HOSTILE = [
    *("[]", "9" * 5000),
    '{"layout": "umap", "center": [1e99, null], "width": -3, "shape": [[1], "x", {}]}',
    '{"mode": "<img src=x onerror=alert(1)>", "left": "step:..", "wipe": "x", "view": [{}]}',
    '{"problem": {"share": "x", "image": {}}, "better": 7, "worse": null, "__proto__": {"a": 1}}',
]


def test_a_link_that_holds_no_state_asks_for_nothing(chromium: Any) -> None:
    page = open_component_page(chromium)
    ask = 'async () => (await import("/shared/link.js")).askedFor("map")'
    for asked, expected in [*((text, {}) for text in NO_STATE), ('{"zoom": 2}', {"zoom": 2})]:
        page.goto(f"{ADDRESS}?view.map={quote(asked)}")
        assert page.evaluate(ask) == expected, asked
    page.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("map", "[data-chart=feature-map][data-step='40'] canvas"),
        ("masks", "[data-chart=mask-viewer][data-step='40'] canvas"),
        ("story", "[data-chart=story][data-drawn^='1 '] canvas"),
    ],
)
def test_a_hostile_link_is_as_if_nothing_was_asked(
    analyzed_url: str, open_browser: Callable[..., Watched], name: str, drawn: str
) -> None:
    watched = open_browser(f"{analyzed_url}/{name}?live=0")
    for asked in HOSTILE:
        watched.page.goto(f"{analyzed_url}/{name}?live=0&view.{name}={quote(asked)}")
        watched.page.locator(drawn).first.wait_for()
    assert watched.console == []
