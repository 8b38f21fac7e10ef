"""An exported file in a browser, from disk and without network: everything in it can be used."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.export.exported import export
from spcl.analysis.worker import analyse
from spcl.store.reader import Run
from tests.conftest import Watched
from tests.support.exporting import opened_runs
from tests.support.pointing import drag_over_map
from tests.support.synthetic_run import NAMES, set_recorded, write_synthetic_run

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.xdist_group("exported file")]


@pytest.fixture
def opened(file: Path, open_browser: Callable[..., Watched]) -> Watched:
    watched = open_browser(file.as_uri(), offline=True, reduced_motion="reduce")
    watched.page.locator(".exported[data-shown='0 dataset light']").wait_for()
    return watched


def differs(part: Any, act: Callable[[], object], page: Any) -> bool:
    """Return whether the pixels of a part differ after something was done."""
    before = part.screenshot()
    act()
    page.wait_for_timeout(300)
    return bool(part.screenshot() != before)


@pytest.mark.long
def test_wipe_map_masks_and_charts_can_be_used_offline(opened: Watched) -> None:
    page = opened.page
    story = page.locator("[data-chart=story]")
    story.press("End")
    page.locator("[data-chart=story][data-panel='5']").wait_for()
    story.press("ArrowLeft")
    story.press("ArrowLeft")
    page.locator("[data-chart=story][data-panel='3'][data-drawn]").wait_for()
    handle = story.locator("input[type=range]").first
    assert differs(story, lambda: handle.fill("10"), page)

    picture = page.locator("[data-chart=feature-map]")
    picture.scroll_into_view_if_needed()
    assert differs(picture, lambda: picture.press("ArrowLeft"), page)
    masks = page.locator("[data-chart=mask-viewer]")
    step = masks.get_attribute("data-step")
    page.locator(".home-masks > .player input").fill("0")
    page.locator("[data-chart=mask-viewer][data-step='0'][data-drawn]").wait_for()
    assert step != "0"
    page.locator("[data-chart=feature-map][data-step='0']").wait_for()
    assert page.locator(".chart-card .js-plotly-plot .main-svg").count() >= 3

    def lasso() -> None:
        drag_over_map(page, (0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))

    picture.scroll_into_view_if_needed()
    assert differs(picture, lasso, page)
    assert opened.console == []
    assert {url.partition(":")[0] for url in opened.requests} <= {"file", "data", "blob"}


def test_palette_and_theme_can_be_chosen(opened: Watched) -> None:
    page = opened.page
    for part in ("[data-chart=feature-map]", "[data-chart=mask-viewer]", ".chart-card"):
        page.locator(part).first.scroll_into_view_if_needed()
        page.wait_for_timeout(100)
    whole = page.locator(".chart-card").first

    def choose(label: str, value: str, shown: str) -> None:
        page.get_by_label(label).select_option(value)
        page.locator(f".exported[data-shown='{shown}']").wait_for()

    assert differs(whole, lambda: choose("Class colours", "safe", "0 safe light"), page)
    assert differs(whole, lambda: choose("Page", "dark", "0 safe dark"), page)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(15, 18, 23)"
    assert opened.console == []


def test_printed_it_is_light_and_goes_on_behind_the_five_panels(opened: Watched) -> None:
    page = opened.page
    page.get_by_label("Page").select_option("dark")
    page.locator(".exported[data-shown='0 dataset dark']").wait_for()
    page.locator("[data-chart=story][data-sheets]").wait_for()
    page.evaluate(
        "addEventListener('beforeprint', () => {"
        " window.printed = getComputedStyle(document.body).backgroundColor })"
    )
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 8  # five panels, map, masks, charts
    assert page.evaluate("window.printed") == "rgb(255, 255, 255)"
    page.locator(".exported[data-shown='0 dataset dark']").wait_for()


@pytest.mark.long
@pytest.mark.parametrize("target_labels", [True, False])
def test_two_runs_without_analysis_are_chosen_from_a_list(
    analyzed_run: Path,
    tmp_path: Path,
    open_browser: Callable[..., Watched],
    target_labels: bool,
) -> None:
    other = write_synthetic_run(tmp_path, run_id="other", target_labels=target_labels)
    path = tmp_path / "two.html"
    path.write_bytes(export(opened_runs([analyzed_run, other])).content)
    watched = open_browser(path.as_uri(), offline=True, reduced_motion="reduce")
    page = watched.page
    page.locator(".exported[data-shown^='0 ']").wait_for()
    page.get_by_label("Run").select_option("1")
    page.locator(".exported[data-shown^='1 ']").wait_for()
    assert page.locator("[data-chart=feature-map]").is_hidden()
    assert page.locator("[data-chart=mask-viewer]").is_visible()
    assert watched.console == []


@pytest.mark.long
def test_hostile_names_are_shown_as_text(
    tmp_path: Path, open_browser: Callable[..., Watched]
) -> None:
    hostile = "</script><img src=x onerror=window.hit=1>"
    run = write_synthetic_run(tmp_path, run_id="run", names=(hostile, *NAMES[1:]))
    set_recorded(run, title=hostile, notes=[hostile])
    analyse(Run(run))
    path = tmp_path / "hostile.html"
    path.write_bytes(export(opened_runs([run])).content)
    watched = open_browser(path.as_uri(), offline=True, reduced_motion="reduce")
    page = watched.page
    page.locator(".exported[data-shown^='0 ']").wait_for()
    assert page.locator(".file-notes p", has_text=hostile).is_visible()
    assert page.locator(".story .title", has_text=hostile).is_visible()
    assert page.locator(".chart-card", has_text="img src=x").first.is_visible()
    page.locator("[data-chart=story]").press("End")
    page.locator("[data-chart=story][data-panel='5'][data-drawn]").wait_for()
    assert page.evaluate("'hit' in window") is False
    assert page.locator("img").count() == 0
    assert watched.console == []
