"""The story in a real browser, without a dashboard: keys, wipe, touch, present mode, gaps."""

import copy
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.support.story_page import STORY, Shown
from tests.support.story_payload import (
    BUILDING,
    MAPS,
    MISSING,
    PAIR,
    ROAD,
    RULER,
    SKY,
    SQUARES,
    WEAK,
    cloud,
    story,
)
from tests.support.synthetic_run import COLORS

pytestmark = pytest.mark.browser

OPACITY = 0.65
_TOLD = "Other places, other cameras, anything but day and dusk."


@pytest.fixture(scope="module")
def shown(chromium: Any) -> Iterator[Shown]:
    """Return one page for all tests, where nothing moves by itself."""
    found = Shown(chromium, reduced_motion="reduce")
    yield found
    found.context.close()
    assert found.errors == []


def _handle(page: Any) -> float:
    return float(page.locator(".picture .wipe").first.input_value())


def _pixels(page: Any) -> NDArray[np.uint8]:
    """Return what is seen of the first wipe, (H, W, 3)."""
    content = page.locator(".picture .curtain").first.screenshot()
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def _is(pixel: NDArray[np.uint8], class_id: int) -> bool:
    """Return whether a pixel is a black photograph below the mask of a class."""
    wanted = OPACITY * np.array(COLORS[class_id])
    return bool(np.abs(pixel.astype(float) - wanted).max() < 4)


def test_keys_and_clickers_walk_through_the_panels(shown: Shown) -> None:
    page = shown.fresh(story(panel=2))
    page.keyboard.press("ArrowRight")
    assert shown.panel() == "2", "the page has the focus, not the story"
    shown.root.focus()
    walk = ["ArrowRight", "Space", "PageDown", "ArrowRight", "ArrowLeft", "PageUp", "Home", "End"]
    seen = []
    for key in walk:
        page.keyboard.press(key)
        seen.append(shown.panel())
    assert seen == ["3", "4", "5", "5", "4", "3", "1", "5"]
    expected = [["panel", int(number)] for i, number in enumerate(seen) if i != 3]
    assert shown.sent() == expected
    page.get_by_role("button", name="Back").click()
    page.keyboard.press("Space")
    assert shown.panel() == "5", "the space bar goes on, wherever the mouse has clicked"
    page.locator("[data-card='2']").click()
    assert shown.panel() == "2"
    assert page.locator(".card[aria-current=step]").get_attribute("data-card") == "2"
    assert page.locator(".kicker").inner_text() == "2 of 5 · Kicker learned"


def test_present_mode_covers_the_window_and_keeps_the_focus(shown: Shown) -> None:
    page = shown.fresh(story(panel=3))
    page.get_by_role("button", name="Present").click()
    assert shown.sent() == [["present", True]]
    corners = """(root) => [[1, 1], [1439, 1], [1, 899], [1439, 899], [720, 450]].every(
      ([x, y]) => root.contains(document.elementFromPoint(x, y)))"""
    assert shown.root.evaluate(corners)
    assert shown.root.get_attribute("role") == "dialog"
    for key in ["Tab"] * 16 + ["Shift+Tab"] * 18:
        page.keyboard.press(key)
        assert shown.root.evaluate("(root) => root.contains(document.activeElement)")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("PageDown")
    assert shown.panel() == "4", "keys count while it covers the window, wherever the focus is"
    page.keyboard.press("n")
    assert "Say worse" in page.get_by_label("Speaker's notes").inner_text()
    page.keyboard.press("n")
    assert not page.get_by_label("Speaker's notes").is_visible()
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    assert shown.root.get_attribute("role") == "dialog", "the first Esc closes the list of keys"
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement?.dataset.chart === 'story'")
    page.keyboard.press("f")
    page.wait_for_function("!document.fullscreenElement")
    page.keyboard.press("Escape")
    assert shown.root.get_attribute("role") == "region"
    assert shown.sent() == [["panel", 4], ["present", False]]


def test_a_choice_counts_until_the_page_says_it_too(shown: Shown) -> None:
    page = shown.fresh(story(panel=1))
    shown.root.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    shown.show(story(panel=2))
    assert shown.panel() == "3", "the page answers an older key press"
    shown.show(story(panel=3))
    shown.show(story(panel=5, present=True))
    assert (shown.panel(), shown.root.get_attribute("role")) == ("5", "dialog")


def test_before_is_left_and_after_right_of_the_handle(shown: Shown) -> None:
    page = shown.fresh(story(panel=3, present=True))
    page.keyboard.press("Home")
    page.keyboard.press("End")
    page.locator("[data-card='3']").click()
    for share in (50, 25, 80):
        box = page.locator(".picture .curtain").bounding_box()
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"])
        page.mouse.down()
        page.mouse.move(
            box["x"] + share / 100 * box["width"], box["y"] + 0.7 * box["height"], steps=3
        )
        page.mouse.up()
        assert abs(_handle(page) - share) < 1
        pixels = _pixels(page)
        row, width = pixels[int(0.85 * len(pixels))], pixels.shape[1]
        at = share / 100 * width
        assert all(_is(row[int(x)], ROAD) for x in np.linspace(4, at - 6, 9))
        assert all(_is(row[int(x)], BUILDING) for x in np.linspace(at + 6, width - 4, 9))
    page.get_by_label("Wipe between before and after").focus()
    page.keyboard.press("ArrowLeft")
    assert (_handle(page), shown.panel()) == (79.5, "3"), "with the focus, arrows are the handle's"
    page.keyboard.press("PageDown")
    assert shown.panel() == "4", "a clicker goes on nevertheless"


def test_other_images_come_by_their_buttons_and_python_hears_of_it(shown: Shown) -> None:
    page = shown.fresh(story(panel=3))
    assert page.get_by_role("button", name="typical").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="more improved").click()
    page.locator(".wiped[data-image=improved]").wait_for()
    page.wait_for_timeout(100)
    pixels = _pixels(page)
    assert _is(pixels[int(0.85 * len(pixels)), -8], SKY)
    assert shown.sent() == [["image", {"panel": "better", "key": "improved"}]]
    page.get_by_role("button", name="truth").click()
    page.locator(".front .chip", has_text="truth").wait_for()
    pixels = _pixels(page)
    assert _is(pixels[int(0.85 * len(pixels)), 8], SKY)
    shown.root.focus()
    page.keyboard.press("ArrowRight")
    page.locator(f"{STORY}[data-drawn^='4']").wait_for()
    assert page.locator(".wiped").get_attribute("data-image") == "harmed"


def test_where_no_image_lost_its_button_says_least_gain(shown: Shown) -> None:
    wipe = copy.deepcopy(WEAK["wipe"])
    wipe["images"][2]["tab"] = "least"
    page = shown.fresh(story(PAIR, MAPS, SQUARES, {**WEAK, "wipe": wipe}, panel=4))
    names = page.locator(".picture .segmented button").all_inner_texts()
    assert names == ["more improved", "typical", "least gain"]


def test_pictures_of_one_kind_come_one_after_the_other(shown: Shown) -> None:
    typical = [{**image, "tab": "typical"} for image in SQUARES["wipe"]["images"]]
    wipe = {**SQUARES["wipe"], "images": typical}
    page = shown.fresh(story(PAIR, MAPS, {**SQUARES, "wipe": wipe}, panel=3))
    for place in ("2 of 3", "3 of 3", "1 of 3"):
        page.get_by_role("button", name=f"picture {place}").click()
    page.get_by_role("button", name="picture 2 of 3").wait_for()
    expected = [["image", {"panel": "better", "key": key}] for key in ("harmed", "improved")]
    assert shown.sent()[:2] == expected


def test_a_story_that_goes_on_leaves_the_wipe_alone(shown: Shown) -> None:
    page = shown.fresh(story(panel=3))
    page.get_by_label("Wipe between before and after").fill("30")
    before = page.locator(".picture .curtain").element_handle()
    running = "Still training: step 30 of 40. This story follows it."
    shown.show(story(panel=3, running=running, footer="step 30"))
    assert page.get_by_role("status").inner_text() == running
    assert before.evaluate("(curtain) => curtain.isConnected"), "its panel has not changed"
    changed = story({**PAIR}, MAPS, {**SQUARES, "after": 73}, panel=3)
    shown.show(changed)
    page.locator("[aria-label*='+13 gained']").wait_for()
    page.locator(f"{STORY}[data-drawn]").wait_for()
    assert _handle(page) == 30


def test_the_words_link_to_their_numbers_within_the_same_run(shown: Shown) -> None:
    shown.page.goto("http://localhost/story?run=abc&panel=3&present=1&palette=safe")
    shown.show(story(panel=1))
    link = shown.page.get_by_role("link", name="Where problem is from")
    address = "http://localhost/masks?run=abc&palette=safe&image=a+b"
    assert link.evaluate("(link) => link.href") == address


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (60, 71, {"right": 60, "gained": 11, "wrong": 29}),
        (75, 66, {"right": 66, "lost": 9, "wrong": 25}),
        (70, 70, {"right": 70, "wrong": 30}),
        (None, 40, {"gained": 40, "wrong": 60}),
        (0, 100, {"gained": 100}),
    ],
)
def test_there_are_a_hundred_squares_and_each_means_one(
    shown: Shown, before: int | None, after: int, expected: dict[str, int]
) -> None:
    squares = {"kind": "squares", "before": before, "after": after, "wipe": None}
    page = shown.show(story(PAIR, MAPS, squares, panel=3, present=False))
    page.evaluate("document.querySelector('[data-card=\"3\"]').click()")
    count = """(all) => all.reduce((sum, one) => {
      const look = one.getAttribute("class");
      return { ...sum, [look]: (sum[look] ?? 0) + 1 };
    }, {})"""
    page.locator(f"{STORY}[data-drawn^='3']").wait_for()
    assert page.locator(".picture .square-grid rect").evaluate_all(count) == expected


_EMPTY_CLOUD = {**cloud("Now"), "prototypes": []} | {
    k: [] for k in ("x", "y", "class_id", "domain")
}
_NO_WIPE = {**SQUARES["wipe"], "images": []}
_BARE = [{**side, "mask": None} for side in PAIR["sides"]]


@pytest.mark.parametrize(
    ("number", "picture", "is_seen"),
    [
        (1, {**PAIR, "sides": _BARE}, True),
        (1, {**PAIR, "sides": [{**_BARE[0], "photo": MISSING}, _BARE[1]]}, True),
        (1, {**PAIR, "sides": []}, False),
        (2, {**MAPS, "before": None}, True),
        (2, {**MAPS, "now": None, "lit": []}, True),
        (2, {**MAPS, "now": _EMPTY_CLOUD}, True),
        (2, {**MAPS, "before": None, "now": None}, False),
        (3, {**SQUARES, "before": None, "wipe": None}, True),
        (3, {**SQUARES, "wipe": _NO_WIPE}, True),
        (4, {**WEAK, "wipe": None}, True),
        (4, {**WEAK, "bars": []}, True),
        (4, {**WEAK, "wipe": None, "bars": []}, False),
        (5, {**RULER, "marks": []}, True),
        (5, {**RULER, "facts": []}, True),
        (5, {**RULER, "marks": [], "facts": []}, False),
        (5, {"kind": "of a newer version"}, False),
    ],
)
def test_what_is_missing_leaves_no_hole(
    shown: Shown, number: int, picture: dict[str, Any], is_seen: bool
) -> None:
    pictures = [PAIR, MAPS, SQUARES, WEAK, RULER]
    pictures[number - 1] = picture
    page = shown.fresh(story(*pictures, panel=number, present=True))
    place = page.locator(".picture")
    assert place.is_visible() is is_seen
    if is_seen:
        inner = place.evaluate("(place) => place.firstElementChild.getBoundingClientRect().height")
        assert inner > 40
    assert page.locator(".card .thumb").count() == 5
    assert page.locator(".sentence").is_visible()


def test_a_picture_that_cannot_be_read_says_so_and_the_rest_stays(shown: Shown) -> None:
    broken = copy.deepcopy(SQUARES)
    broken["wipe"]["images"][1]["after"] = MISSING
    page = shown.fresh(story(PAIR, MAPS, broken, panel=3))
    assert "cannot be shown" in page.locator(".curtain .message").inner_text()
    page.get_by_role("button", name="more improved").click()
    page.locator(".curtain .message").wait_for(state="hidden")
    page.locator(".curtain:not(.still)").wait_for()


def test_text_from_files_is_only_ever_text(shown: Shown) -> None:
    hostile = '<img src=x onerror="window.hacked=1"></style><script>window.hacked=1</script>'

    def poisoned(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: poisoned(one, name) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [poisoned(one, key) for one in value]
        meant = {"kind", "key", "photo", "mask", "before", "after", "truth", "color", "safe", "tab"}
        return hostile if isinstance(value, str) and key not in {*meant, "chosen"} else value

    data = {**poisoned(story()), "palette": "dataset"}
    for number in range(1, 6):
        page = shown.fresh({**data, "panel": number})
        assert hostile in page.locator(".sentence").inner_text()
        assert page.locator(f"{STORY} img, {STORY} script").count() == 0
        assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("size", [(1920, 1080), (1440, 900), (1280, 720), (1024, 768)])
def test_a_panel_fits_the_window_and_can_be_read_from_afar(
    shown: Shown, size: tuple[int, int]
) -> None:
    shown.page.set_viewport_size({"width": size[0], "height": size[1]})
    page = shown.fresh(story(panel=1, present=True))
    look = """(root) => {
      const over = [root, ...root.querySelectorAll(".words, .picture, .main, .strip")].map((one) =>
        Math.max(one.scrollHeight - one.clientHeight, one.scrollWidth - one.clientWidth));
      const text = getComputedStyle(root.querySelector(".text")).fontSize;
      const ends = [".strip", ".main"].map((name) => root.querySelector(name)
        .getBoundingClientRect());
      const { bottom } = root.querySelector("footer").getBoundingClientRect();
      return [Math.max(...over), parseFloat(text), ends[0].top - ends[1].bottom,
        innerHeight - bottom];
    }"""
    for number in range(1, 6):
        if number > 1:
            page.keyboard.press("ArrowRight")
        page.locator(f"{STORY}[data-drawn^='{number}']").wait_for()
        over, text, apart, below = shown.root.evaluate(look)
        assert over <= 1
        assert text >= (24 if size == (1920, 1080) else 16)
        assert apart > 0
        assert below > 0
    shown.page.set_viewport_size({"width": 1440, "height": 900})


def test_where_much_is_told_the_cards_make_room(shown: Shown) -> None:
    fact = {"label": "Not tested", "text": f"{_TOLD} {_TOLD}"}
    page = shown.fresh(story(PAIR, MAPS, SQUARES, WEAK, {**RULER, "facts": [fact] * 9}, panel=4))
    shown.root.focus()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement")
    assert page.locator(".thumb").first.is_visible()
    page.keyboard.press("ArrowRight")
    page.locator(f"{STORY}[data-drawn^='5']").wait_for()
    hidden = "(one) => one.scrollHeight - one.clientHeight"
    assert [page.locator(one).evaluate(hidden) for one in (".picture", ".words")] == [0, 0]
    assert not page.locator(".thumb").first.is_visible()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".thumb").first.is_visible()


@pytest.mark.long
def test_the_wipe_moves_once_by_itself_unless_less_motion_is_asked_for(chromium: Any) -> None:
    moving = Shown(chromium)
    page = moving.show(story(panel=3, present=True))
    page.wait_for_function("document.querySelector('.picture .wipe').value < 30")
    page.wait_for_function("document.querySelector('.picture .wipe').value == 50")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.locator(f"{STORY}[data-drawn^='3']").wait_for()
    page.wait_for_timeout(300)
    assert _handle(page) == 50
    page.keyboard.press("Home")
    page.locator(f"{STORY}[data-drawn^='1']").wait_for()
    page.wait_for_function("document.querySelector('.picture .wipe').value > 60")
    both = page.locator(".picture .wipe").evaluate_all("(all) => all.map((one) => one.value)")
    assert both[0] == both[1]
    page.locator(".picture .curtain").last.click(position={"x": 20, "y": 60})
    stopped = _handle(page)
    page.wait_for_timeout(200)
    assert _handle(page) == stopped < 20, "a hand on it ends the show, in both photographs"
    assert moving.errors == []
    moving.context.close()


def test_on_a_phone_a_swipe_turns_the_page_and_a_finger_moves_the_wipe(chromium: Any) -> None:
    phone = Shown(chromium, has_touch=True, is_mobile=True, reduced_motion="reduce")
    phone.page.set_viewport_size({"width": 390, "height": 844})
    page = phone.show(story(panel=2, present=True))
    touch = phone.context.new_cdp_session(page)

    def drag(start: tuple[float, float], end: tuple[float, float]) -> None:
        at = [
            {"x": start[0] + t * (end[0] - start[0]), "y": start[1] + t * (end[1] - start[1])}
            for t in (0, 0.25, 0.5, 0.75, 1)
        ]
        send = touch.send
        send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at[0]]})
        for point in at[1:]:
            send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    drag((300, 300), (80, 310))
    assert phone.panel() == "3"
    drag((200, 600), (210, 300))
    assert phone.panel() == "3", "up and down scrolls"
    drag((80, 300), (300, 310))
    drag((300, 300), (80, 310))
    assert phone.sent() == [["panel", 3], ["panel", 2], ["panel", 3]]
    page.locator(f"{STORY}[data-drawn^='3']").wait_for()
    curtain = page.locator(".picture .curtain")
    curtain.scroll_into_view_if_needed()
    box = curtain.bounding_box()
    low = box["y"] + 0.8 * box["height"]
    drag((box["x"] + 60, low), (box["x"] + 0.8 * box["width"], low))
    assert abs(_handle(page) - 80) < 3
    assert phone.panel() == "3"
    wide = "document.querySelector('.story').scrollWidth"
    assert page.evaluate(wide) == 390
    assert page.get_by_role("button", name="Next").is_visible()
    assert phone.errors == []
    phone.context.close()
