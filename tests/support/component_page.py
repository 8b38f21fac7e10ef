"""A page at which a browser finds our ES modules as they are, without a dashboard."""

from pathlib import Path
from typing import Any

import dashboard.components

COMPONENTS = Path(dashboard.components.__file__).parent
ADDRESS = "http://localhost/"


def open_component_page(context: Any, body: str = "") -> Any:
    """Return a new page at `ADDRESS` with `body`; `/ROOM/FILE.js` is a module of our components."""
    page = context.new_page()
    page.route(f"{ADDRESS}**", lambda route: _answer(route, body))
    page.goto(ADDRESS)
    return page


def _answer(route: Any, body: str) -> None:
    path = route.request.url.removeprefix(ADDRESS)
    if path.endswith(".js"):
        route.fulfill(path=COMPONENTS / path, content_type="text/javascript")
    elif path.endswith(".png"):
        route.fulfill(status=404)
    else:
        route.fulfill(body=f"<!doctype html>{body}", content_type="text/html")
