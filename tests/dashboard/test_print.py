"""Every page prints: no sidebar, nothing cut off, and the first picture on the first sheet."""

import re
from collections.abc import Callable

import pytest

from tests.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHEET = {"width": 718, "height": 1046}
"""Pixels of an A4 page within its margins of 10 mm, at 96 to the inch."""
FIRST = {
    "live": "[data-chart=live-lines]",
    "map": "[data-chart=feature-map]",
    "separability": ".js-plotly-plot",
    "prototypes": ".js-plotly-plot",
    "class": ".js-plotly-plot",
    "masks": "[data-chart=mask-viewer]",
}


@pytest.mark.long
@pytest.mark.parametrize("name", FIRST)
def test_a_page_prints_whole(
    name: str, analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/{name}")
    page = watched.page
    first = page.locator(FIRST[name]).first
    first.wait_for()
    page.wait_for_timeout(1000)
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print")
    assert page.get_by_test_id("stSidebar").is_hidden()
    box = first.bounding_box()
    assert box is not None
    assert box["y"] < SHEET["height"], "it stands on the first sheet"
    whole, seen = page.evaluate(
        "[document.querySelector('.stMainBlockContainer').scrollHeight,"
        " document.documentElement.scrollHeight]"
    )
    assert seen >= whole > 0, "nothing scrolls inside"
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert sheets <= whole / SHEET["height"] + 2
