"""What a page has beside each other where it is as narrow as a phone."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright import sync_api as playwright

from tests.conftest import Watched

pytestmark = pytest.mark.browser


def test_names_and_changes_of_masks_do_not_run_into_each_other_on_a_phone(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    page = open_browser(f"{analyzed_url}/live?live=0").page
    page.set_viewport_size({"width": 390, "height": 844})
    tiles = page.locator(".spcl-tiles figure")
    playwright.expect(tiles).to_have_count(3)
    # A run of many images has seven tiles; here the three stand in for them, copied.
    page.locator(".spcl-tiles").evaluate(
        "(e) => { while (e.children.length < 7) e.append(e.children[0].cloneNode(true)); }"
    )
    playwright.expect(tiles).to_have_count(7)
    boxes = tiles.locator("figcaption > *").evaluate_all(
        "(all) => all.map((e) => { const b = e.getBoundingClientRect();"
        " return [b.top, b.left, b.right]; })"
    )
    assert len(boxes) == 14
    for (top, _, right), (next_top, left, _) in pairwise(boxes):
        assert next_top > top + 1 or left >= right, "two texts cover each other"
