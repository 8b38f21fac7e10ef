"""The story on paper: a page of A4 for each panel, made ahead of time and seen by nobody before."""

import copy
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dashboard.export.document import document
from tests.conftest import Watched
from tests.support.story_page import STORY, Shown
from tests.support.story_payload import BUILDING, PAIR, SKY, story
from tests.support.synthetic_run import COLORS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDE, HIGH = 1046, 717
DARK = {"--st-background-color": "#0F1217", "--st-text-color": "#E9ECF1"}


@pytest.fixture
def shown(chromium: Any) -> Iterator[Shown]:
    found = Shown(chromium, reduced_motion="reduce")
    yield found
    found.context.close()
    assert found.errors == []


def made(page: Any, times: int = 1) -> None:
    """Wait until the pages were made so many times."""
    page.locator(f"{STORY}[data-sheets='{times}']").wait_for()


def papers(page: Any) -> list[NDArray[np.uint8]]:
    """Return the pages of paper as they are printed, (H, W, 3) each."""
    page.emulate_media(media="print")
    content = page.screenshot(full_page=True)
    page.emulate_media(media="screen")
    everything = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    assert len(everything) == 5 * HIGH
    return [everything[i * HIGH : (i + 1) * HIGH, :WIDE] for i in range(5)]


def share_of(paper: NDArray[np.uint8], color: Any) -> float:
    """Return which share of a page is of one colour, or nearly."""
    near = np.abs(paper.astype(int) - np.asarray(color, int)).max(axis=2) <= 6
    return float(near.mean())


@pytest.mark.long
def test_each_panel_is_a_page_of_a4_on_its_side(shown: Shown, tmp_path: Path) -> None:
    page = shown.fresh(story(panel=3))
    made(page)
    content = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 5
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]+)\]", content)
    sizes = {tuple(round(float(one)) for one in box.split()) for box in boxes}
    assert sizes == {(0, 0, 842, 595)}
    assert len(re.findall(rb"/Subtype\s*/Image\b", content)) >= 8, "photographs, masks and maps"


@pytest.mark.long
def test_pictures_are_on_paper_whatever_the_page_looks_like(shown: Shown) -> None:
    page = shown.fresh(story(panel=5, present=True))
    for name, value in DARK.items():
        page.evaluate("(all) => document.documentElement.style.setProperty(...all)", [name, value])
    made(page)
    pair, maps, squares, weak, ruler = papers(page)
    for paper in (pair, maps, squares, weak, ruler):
        assert tuple(paper[2, 2]) == (255, 255, 255), "light, though the page is dark"
        assert share_of(paper[:, : WIDE // 3], (21, 26, 33)) > 0.002, "words"
    assert share_of(pair, (200, 200, 200)) > 0.02, "a photograph"
    assert share_of(pair, 0.35 * 60 + 0.65 * np.array(COLORS[SKY])) > 0.02, "a mask over another"
    assert share_of(maps, (255, 255, 255)) < 0.999
    colored = maps[:, WIDE // 3 :].astype(int)
    assert (np.ptp(colored, axis=2) > 60).sum() > 50, "dots in the colours of their classes"
    assert share_of(squares, (43, 85, 219)) > 0.005, "squares gained"
    assert share_of(squares, 0.65 * np.array(COLORS[BUILDING])) > 0.02, "the picture after"
    assert share_of(weak, 0.65 * np.array(COLORS[0])) > 0.02, "the harmed picture"
    assert share_of(ruler, (43, 85, 219)) > 0.0001, "the mark of this run"


def test_on_the_screen_nobody_sees_or_meets_the_pages(shown: Shown) -> None:
    page = shown.fresh(story(panel=1))
    size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    before, picture = page.evaluate(size), page.screenshot()
    made(page)
    assert page.evaluate(size) == before
    assert page.screenshot() == picture
    assert page.locator(".sentence").count() == 1
    page.evaluate("document.querySelector('#host').replaceChildren()")
    page.evaluate(
        """() => import("/story/index.js").then(({ default: begin }) =>
          begin({ data: null, parentElement: document.querySelector("#host"),
            setTriggerValue() {} }))"""
    )
    page.locator(".story-sheets").wait_for(state="detached")


@pytest.mark.long
def test_a_story_that_goes_on_is_on_paper_though_it_never_stands_still(shown: Shown) -> None:
    page = shown.fresh(story(panel=1))
    made(page)
    shown.show(story(PAIR, panel=4))
    page.wait_for_timeout(2500)
    assert shown.root.get_attribute("data-sheets") == "1", "the panel shown makes no difference"

    page = shown.fresh(story(panel=1, footer="step 60", running="Still training."))
    for after in range(61, 81):
        if shown.root.get_attribute("data-sheets"):
            break
        page.wait_for_timeout(200)
        shown.show(story(PAIR, panel=1, footer=f"step {after}", running="Still training."))
    made(page)
    shown.show(story(PAIR, panel=4, footer="step 100", running="Still training."))
    page.wait_for_timeout(2500)
    assert shown.root.get_attribute("data-sheets") == "1", "a training is given more time"
    shown.show(story(PAIR, panel=4, footer="step 101"))
    made(page, times=2)


@pytest.mark.long
def test_the_picture_that_somebody_chose_is_the_one_on_paper(shown: Shown) -> None:
    page = shown.fresh(story(panel=3))
    made(page)
    sky = 0.65 * np.array(COLORS[SKY])
    assert share_of(papers(page)[2], sky) < 0.001
    page.get_by_role("button", name="more improved").click()
    made(page, times=2)
    assert share_of(papers(page)[2], sky) > 0.02


@pytest.mark.long
def test_words_that_are_many_are_all_on_paper(shown: Shown) -> None:
    data = copy.deepcopy(story())
    for panel in data["panels"]:
        panel["text"] = [*panel["text"], panel["text"][0], panel["text"][0]]
    page = shown.fresh(data)
    made(page)
    content = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 5
    for paper in papers(page):
        dark = (paper[: HIGH - 30, : WIDE // 3] < 128).all(axis=2).any(axis=1)  # above the footer
        assert np.flatnonzero(dark).max() < HIGH - 50, "the last words are not cut off"


@pytest.mark.long
def test_an_exported_file_prints_the_same_pages(
    tmp_path: Path, open_browser: Callable[..., Watched]
) -> None:
    file = tmp_path / "story.html"
    file.write_bytes(document("story", story(), title="Story"))
    watched = open_browser(file.as_uri(), offline=True, color_scheme="dark")
    made(watched.page)
    content = watched.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 5
    assert tuple(papers(watched.page)[1][2, 2]) == (255, 255, 255)
    assert watched.console == []
