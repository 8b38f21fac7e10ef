"""From charts to the pixels behind them, in a real browser: two clicks, and the way back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Served, Watched
from tests.support.synthetic_run import SyntheticRun

pytestmark = [pytest.mark.browser, pytest.mark.slow]
POINT = ".scatterlayer .point"


def asked(page: Any) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def click_mark(page: Any, mark: Any) -> None:
    """Click the middle of a mark; Plotly looks at the pointer, not at elements."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".hoverlayer .hovertext").first.wait_for()
    page.mouse.down()
    page.mouse.up()


@pytest.mark.long
def test_from_the_strip_to_a_class_to_its_pixels_to_the_map_and_back(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/live?live=0&step=10")
    page = watched.page
    page.locator(".spcl-strip a", has_text="Person").click()
    page.wait_for_url("**/class?*name=person*")
    page.locator("h1", has_text="Person").wait_for()
    page.locator(".spcl-flow a:not(:has-text('Person'))").first.click()
    page.wait_for_url("**/pixels?*pair=person*")
    said = page.locator("h1", has_text="person pixels").inner_text()
    page.get_by_role("link", name="Show on the map").click()
    page.wait_for_url("**/map?*pair=person*")
    page.locator("h3", has_text="selected").wait_for()
    page.go_back()
    page.wait_for_url("**/pixels?*")
    page.locator("h1", has_text=said).wait_for()
    assert asked(page)["step"] == "10"
    page.go_back()
    page.wait_for_url("**/class?*")
    page.locator(".spcl-flow").wait_for()

    other = open_browser(page.url)
    other.page.locator("h1", has_text="Person").wait_for()
    other.page.locator(".spcl-flow").wait_for()
    assert watched.console == other.console == []
    assert watched.outside == other.outside == []


@pytest.mark.long
def test_a_cell_of_the_matrix_leads_to_its_pixels(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/separability?live=0&step=0")
    page = watched.page
    matrix = page.locator(".st-key-separability-matrix")
    matrix.locator(POINT).first.wait_for(state="attached")
    click_mark(page, matrix.locator(POINT).nth(1))
    page.wait_for_url("**/pixels?*by=prototype*")
    page.locator("h1", has_text="nearest to").wait_for()
    pair = asked(page)["pair"]
    page.go_back()
    page.wait_for_url("**/separability?*")
    page.locator(".st-key-separability-matrix .js-plotly-plot").wait_for()
    assert asked(page)["pair"] == pair
    assert watched.console == []


@pytest.mark.long
def test_a_class_of_the_dumbbell_leads_to_its_page(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/separability?live=0")
    page = watched.page
    marks = page.locator(".st-key-separability-dumbbell").locator(POINT)
    marks.first.wait_for(state="attached")
    click_mark(page, marks.nth(2))
    page.wait_for_url("**/class?*name=*")
    page.locator(".spcl-flow").wait_for()
    assert watched.console == []


@pytest.mark.long
def test_two_alike_prototypes_lead_to_the_pixels_between_them(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/prototypes?live=0")
    page = watched.page
    cells = page.locator(".st-key-prototypes-likeness").locator(POINT)
    cells.first.wait_for(state="attached")
    click_mark(page, cells.first)
    page.wait_for_url("**/pixels?*by=prototype*")
    page.locator("h1").wait_for()
    assert watched.console == []


@pytest.mark.long
def test_an_event_and_an_alarm_lead_to_their_class(
    serve: Callable[..., Served], open_browser: Callable[..., Watched], tmp_path: Path
) -> None:
    run = SyntheticRun(tmp_path / "runs", target_worsens=True, steps=80)
    run.write_probe()
    run.write_metrics(80)
    for step in range(0, 81, 10):
        run.write_snapshot(step)
    run.finish()
    _alarm(run.path)
    watched = open_browser(f"{serve(tmp_path / 'runs').url}/prototypes?live=0")
    page = watched.page
    bar = page.locator(".st-key-prototypes-timeline").locator(POINT).first
    bar.wait_for(state="attached")
    click_mark(page, bar)
    page.wait_for_url("**/class?*name=car*")
    page.locator("h1", has_text="Car").wait_for()
    assert asked(page)["step"] == "60"
    page.goto(page.url.replace("/class", "/live").replace("step=60", "step=80"))
    page.get_by_role("link", name="Car lost ground").click()
    page.wait_for_url("**/class?*name=car*")
    page.locator("h1", has_text="Car").wait_for()
    assert watched.console == []


def _alarm(path: Path) -> None:
    """Have the analysis of a run say that a class lost ground from step 60 on."""
    from spcl.analysis.worker import analyse
    from spcl.store.derived.reader import DerivedReader
    from spcl.store.reader import Run

    analyse(Run(path))
    events = DerivedReader(Run(path)).events().path
    lost = {"class": "car", "kind": "class_lost", "number": -12.0, "limit": -5.0}
    rows = [{"step": step, **lost, "sentence": "Car fell."} for step in (60, 70, 80)]
    events.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.long
def test_where_errors_stand_is_drawn_once_it_is_opened(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/masks?live=0&step=10")
    page = watched.page
    page.locator("[data-chart=mask-viewer][data-drawn]").wait_for()
    heat = page.locator("[data-testid=stExpander] .heatmaplayer image")
    assert heat.count() == 0
    page.get_by_text("Where in the image the errors stand").click()
    heat.first.wait_for(state="attached")
    page.get_by_text("images laid on each other").wait_for()
    assert watched.console == []


@pytest.mark.parametrize("path", ["class?name=car", "pixels?pair=person,road&step=0"])
def test_nothing_is_cut_off_or_wider_than_the_page(
    analyzed_url: str, open_browser: Callable[..., Watched], path: str
) -> None:
    watched = open_browser(f"{analyzed_url}/{path}&live=0")
    page = watched.page
    page.locator("h1").wait_for()
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.locator(".spcl-flow img, .spcl-pixels img").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert watched.console == []
