"""The buttons of a card: its picture as it is shown, and the numbers that it draws."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.conftest import Watched
from tests.support.component_page import open_component_page

pytestmark = pytest.mark.browser


def saved(page: Any, name: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_card_is_saved_as_it_is_shown_with_its_numbers(
    analyzed_url: str, open_browser: Callable[..., Watched], scheme: str
) -> None:
    watched = open_browser(f"{analyzed_url}/separability", color_scheme=scheme)
    page = watched.page
    page.locator(".js-plotly-plot").nth(2).wait_for()
    name, content = saved(page, "Domain gap: numbers as CSV")
    assert name == "20260101-000000-synthetic-step-40-separability-gap.csv"
    table = pd.read_csv(io.BytesIO(content))
    assert table.columns.tolist() == ["class", "step", "domain_gap"]
    assert set(table["step"]) == {0, 10, 20, 30, 40}
    name, content = saved(page, "Domain gap: picture as PNG")
    assert name == "20260101-000000-synthetic-step-40-separability-gap.png"
    with Image.open(io.BytesIO(content)) as image:
        picture = np.asarray(image.convert("RGB")).astype(int)
    paper = {"light": (255, 255, 255), "dark": (15, 18, 23)}[scheme]
    is_paper = (abs(picture - paper) <= 2).all(axis=2)
    assert 0.7 < is_paper.mean() < 0.99
    card = page.get_by_role("button", name="Domain gap: picture").locator(
        "xpath=ancestor::*[.//*[contains(@class, 'js-plotly-plot')]][1]"
    )
    box = card.bounding_box()
    assert picture.shape[:2] == pytest.approx((2 * box["height"], 2 * box["width"]), abs=2)
    assert watched.console == []
    assert watched.outside == []


@pytest.mark.slow
def test_the_buttons_stand_in_the_line_of_the_unit_and_can_be_hit(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    page = open_browser(f"{analyzed_url}/separability").page
    button = page.get_by_role("button", name="Domain gap: picture")
    button.wait_for()
    box = button.bounding_box()
    unit = page.get_by_text("in class spreads, lower is better").bounding_box()
    assert middle(box) == pytest.approx(middle(unit), abs=1.5)
    assert min(box["width"], box["height"]) >= 24


def middle(box: dict[str, float]) -> float:
    return box["y"] + box["height"] / 2


def test_a_drawing_holds_boxes_texts_and_pictures_where_they_stand(chromium: Any) -> None:
    body = """<main style="width: 200px; margin: 20px; font: 12px/16px Arial">
      <p style="margin: 0">two words</p>
      <i style="display: block; width: 30px; height: 10px; background: #ff0000"></i>
      <b style="display: none">hidden</b><s data-left-out>left out</s>
      <u style="display: block; transform: rotate(-90deg)">turned</u>
      <svg style="display: block" width="20" height="20"><circle r="5"/></svg></main>"""
    page = open_component_page(chromium, body)
    code = page.evaluate(
        """async () => {
          const m = await import("/shared/files/drawn.js");
          const drawing = m.svgOf(document.querySelector("main"));
          return [...drawing.querySelectorAll("rect, text, circle, svg")].map((one) => [
            one.tagName, one.textContent.trim(), one.getAttribute("x"), one.getAttribute("fill"),
            /rotate\\(-90/.test(one.getAttribute("transform") ?? "")]);
        }"""
    )
    page.close()
    assert [tuple(one[:2]) for one in code] == [
        ("text", "two words"),
        ("rect", ""),
        ("text", "turned"),
        ("svg", ""),
        ("circle", ""),
    ]
    assert code[0][2:] == ["0", "rgb(0, 0, 0)", False]
    assert code[1][3] == "rgb(255, 0, 0)"
    assert code[2][4] is True
