"""A story in a real browser, on a page that holds nothing else of a dashboard."""

import json
from typing import Any

from tests.support.component_page import open_component_page

STORY = "[data-chart=story]"
_BODY = """<meta name="viewport" content="width=device-width"><style>
:root { --st-text-color: #151A21; --st-background-color: #FFFFFF; --st-font: sans-serif; }
body { margin: 0; } </style><p>The rest of the page</p><button>Outside</button><div id="host"></div>
"""
_MOUNT = """async (data) => {
  const { default: begin } = await import("/story/index.js");
  window.sent ??= [];
  const setTriggerValue = (name, value) => window.sent.push([name, value]);
  begin({ data, parentElement: document.querySelector("#host"), setTriggerValue });
}"""


class Shown:
    """A browser page with a story on it."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)
        self.errors: list[str] = []
        self.page = open_component_page(self.context, _BODY)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.root = self.page.locator(STORY)

    def fresh(self, data: dict[str, Any]) -> Any:
        """Show a story in a page that knows of none before; return the page."""
        self.page.reload()
        return self.show(data)

    def show(self, data: dict[str, Any]) -> Any:
        """Send a story, as Python does at every rerun; return the page once it is drawn."""
        self.page.evaluate(_MOUNT, data)
        self.page.locator(f"{STORY}[data-drawn]").wait_for()
        return self.page

    def panel(self) -> str:
        return str(self.root.get_attribute("data-panel"))

    def sent(self) -> list[list[Any]]:
        """Return what Python was told since the last question."""
        told: list[list[Any]] = json.loads(
            self.page.evaluate("JSON.stringify(window.sent.splice(0))")
        )
        return told
