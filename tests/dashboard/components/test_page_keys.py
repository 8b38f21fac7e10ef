"""Keys of every page: `p`, Esc and `?`, and what of them belongs to a field or a component."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.component_page import open_component_page

pytestmark = pytest.mark.browser

BODY = """<input id="field"><textarea id="area"></textarea><select id="list"><option>p</option>
</select><button id="button">Other</button>
<div id="component" tabindex="0">Component</div><div id="host"></div>"""
MOUNT = """async (presenter) => {
  const { default: begin } = await import("/page_keys/index.js");
  window.sent ??= [];
  begin({ data: { presenter }, parentElement: document.querySelector("#host"),
    setTriggerValue: (name, value) => window.sent.push([name, value]) });
}"""


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context()
    shown = open_component_page(context, BODY)
    shown.evaluate(MOUNT, False)
    yield shown
    context.close()


def sent(page: Any) -> list[list[Any]]:
    told: list[list[Any]] = page.evaluate("window.sent.splice(0)")
    return told


def test_p_begins_and_leaves_and_escape_leaves(page: Any) -> None:
    page.keyboard.press("p")
    assert sent(page) == [["presenter", True]]
    page.evaluate(MOUNT, True)
    page.keyboard.press("p")
    assert sent(page) == [["presenter", False]]
    page.keyboard.press("Escape")
    assert sent(page) == [], "left already, though the page has not said so yet"
    page.evaluate(MOUNT, True)
    page.keyboard.press("Escape")
    assert sent(page) == [["presenter", False]]


def test_the_control_does_the_same_and_says_what(page: Any) -> None:
    page.get_by_role("button", name="Present").click()
    page.evaluate(MOUNT, True)
    page.get_by_role("button", name="Leave").click()
    assert sent(page) == [["presenter", True], ["presenter", False]]


@pytest.mark.parametrize("place", ["#field", "#area", "#list"])
def test_letters_of_a_field_are_text(page: Any, place: str) -> None:
    page.evaluate(MOUNT, True)
    page.locator(place).focus()
    for key in ("p", "?", "Escape", "Control+p"):
        page.locator(place).press(key)
    assert sent(page) == []
    assert page.locator(".help").count() == 0


def test_a_component_that_keeps_letters_leaves_p_to_the_page_and_escape_to_itself(
    page: Any,
) -> None:
    page.evaluate(
        """() => document.querySelector("#component").addEventListener("keydown", (event) => {
          event.stopPropagation();
          event.preventDefault();
        })"""
    )
    page.evaluate(MOUNT, True)
    component = page.locator("#component")
    component.press("Escape")
    component.press("?")
    assert sent(page) == []
    assert page.locator(".help").count() == 0
    component.press("p")
    assert sent(page) == [["presenter", False]]


def test_the_list_of_keys_opens_and_escape_closes_it_first(page: Any) -> None:
    page.evaluate(MOUNT, True)
    page.keyboard.press("?")
    assert "presenter scale" in page.get_by_role("dialog", name="Keys").inner_text()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog", name="Keys").count() == 0
    assert sent(page) == []
    page.get_by_role("button", name="Keys of this page").click()
    assert page.get_by_role("dialog", name="Keys").is_visible()


def test_nothing_is_heard_once_the_page_is_another(page: Any) -> None:
    page.evaluate("document.querySelector('#host').replaceChildren()")
    page.evaluate(
        """() => import("/page_keys/index.js").then(({ default: begin }) =>
          begin({ data: null, parentElement: document.querySelector("#host"),
            setTriggerValue() {} }))"""
    )
    page.wait_for_timeout(50)
    page.keyboard.press("p")
    assert sent(page) == []
