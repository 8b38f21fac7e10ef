"""What a person changes of a story, in a real browser: the form, the mark, and the way back."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.story_page import Shown
from tests.support.story_payload import story

pytestmark = pytest.mark.browser

KEYS = ("problem", "learned", "better", "worse", "sure")
PICTURES = {"better": "typical", "worse": "harmed"}


def edited(said: str = "", **changes: Any) -> dict[str, Any]:
    """Return a story that may be edited; `said` is what was edited before."""
    panels = [
        {"key": key, "kicker": f"Kicker {key}", "hidden": False, "picture": PICTURES.get(key)}
        for key in KEYS
    ]
    generated = {"title": "Generated title", "summary": "Generated summary."}
    edits = {"said": said, "trouble": "", "can": True, "panels": panels, **generated}
    return story(edits=edits | changes.pop("edits", {}), **changes)


@pytest.fixture(scope="module")
def shown(chromium: Any) -> Iterator[Shown]:
    found = Shown(chromium, reduced_motion="reduce")
    yield found
    found.context.close()
    assert found.errors == []


def test_a_story_that_cannot_be_edited_has_no_form_and_no_mark(shown: Shown) -> None:
    for data in (story(), edited(edits={"can": False})):
        page = shown.fresh(data)
        assert not page.get_by_role("button", name="Edit", exact=True).is_visible()
        assert not page.locator(".edited").is_visible()


def test_words_panels_and_pictures_are_sent_once_kept(shown: Shown) -> None:
    page = shown.fresh(edited(panel=3))
    page.get_by_role("button", name="more improved").click()
    page.get_by_role("button", name="Edit", exact=True).click()
    shown.sent()
    page.get_by_label("Title").fill("")
    page.keyboard.type("no fun?")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert page.get_by_label("Title").input_value() == "n o fun?"
    assert shown.panel() == "3", "letters and arrows are the field's"
    page.get_by_label("In one sentence").fill("<b>It sees.</b>")
    page.get_by_label("2 · Kicker learned").uncheck()
    page.get_by_role("button", name="Keep").click()
    assert shown.sent() == [
        [
            "edits",
            {
                "title": "n o fun?",
                "summary": "<b>It sees.</b>",
                "hidden": ["learned"],
                "pictures": {"better": "improved"},
            },
        ]
    ]
    assert not page.get_by_label("Title").is_visible()


def test_escape_and_cancel_send_nothing_and_leave_the_story_as_it_was(shown: Shown) -> None:
    page = shown.fresh(edited())
    shown.sent()
    for leave in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("button", name="Cancel").click(),
    ):
        page.get_by_role("button", name="Edit", exact=True).click()
        page.get_by_label("Title").fill("Something else")
        leave()
        assert not page.get_by_label("Title").is_visible()
        assert page.locator(".title").inner_text() == "Streets, day to dusk"
    assert shown.sent() == []


def test_a_form_in_use_is_left_alone_while_the_story_goes_on(shown: Shown) -> None:
    page = shown.fresh(edited())
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Title").fill("Half a ti")
    shown.show(edited(footer="step 30", running="Still training."))
    assert page.get_by_label("Title").input_value() == "Half a ti"


def test_the_mark_says_what_was_edited_and_shows_the_generated_words(shown: Shown) -> None:
    said = "Edited by hand: title."
    for can in (True, False):
        page = shown.fresh(edited(said, edits={"can": can}))
        title, summary = page.locator(".title"), page.locator(".summary")
        page.get_by_role("button", name=said).click()
        words = title.inner_text(), summary.inner_text()
        assert words == ("Generated title", "Generated summary.")
        page.get_by_role("button", name="The generated words").click()
        assert title.inner_text() == "Streets, day to dusk"
    page = shown.fresh(edited(said, present=True))
    assert page.get_by_role("button", name=said).is_visible(), "in front of a room, too"
    assert not page.get_by_role("button", name="Edit", exact=True).is_visible()


def test_there_is_a_way_back_to_the_generated_story(shown: Shown) -> None:
    page = shown.fresh(edited("Edited by hand: title."))
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("button", name="Back to the generated story").click()
    assert shown.sent()[-1:] == [["edits", {"reset": True}]]
    shown.show(edited())
    assert not page.locator(".edited").is_visible()


def test_the_panel_in_sight_stays_when_one_before_it_is_hidden(shown: Shown) -> None:
    shown.fresh(edited(panel=3))
    shown.sent()
    fewer = edited(panel=3)
    fewer["panels"] = [panel for panel in fewer["panels"] if panel["key"] != "learned"]
    page = shown.show(fewer)
    assert page.locator(".kicker").inner_text() == "2 of 4 · Kicker better"
    assert shown.sent() == [["panel", 2]]
    shown.show(edited(panel=2))
    assert page.locator(".kicker").inner_text() == "3 of 5 · Kicker better"


def test_what_cannot_be_kept_is_said(shown: Shown) -> None:
    page = shown.fresh(edited(edits={"trouble": "Your edits last as long as this page is open."}))
    assert page.get_by_text("Your edits last").is_visible()
