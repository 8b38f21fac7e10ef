"""All pages below a path of a proxy, which keeps that path (JupyterHub) or strips it (nginx)."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import Watched, start_dashboard
from tests.dashboard.test_browser import PAGES, SECONDS
from tests.support.prefix_proxy import proxy_below

pytestmark = pytest.mark.browser
PREFIX = "/hub/user/me"


@pytest.mark.long
@pytest.mark.parametrize("strips", [True, False])
def test_all_pages_are_drawn_below_a_path(
    open_browser: Callable[..., Watched], analyzed_run: Path, strips: bool
) -> None:
    served = start_dashboard(analyzed_run.parent, options=("--base-path", PREFIX))
    try:
        port = urlsplit(served.url).port
        assert port is not None
        with proxy_below(PREFIX, port, strips=strips) as address:
            failed: list[str] = []
            watched = open_browser("about:blank")
            watched.page.on(
                "response",
                lambda answer: answer.status >= 400 and failed.append(answer.url),
            )
            for page, drawn in PAGES.items():
                watched.page.goto(f"{address}/{page}")
                watched.page.locator(drawn).first.wait_for(timeout=60 * SECONDS)
            watched.page.goto(f"{address}/")
            watched.page.locator(PAGES["live"]).first.wait_for(timeout=60 * SECONDS)
            watched.page.get_by_role("link", name="Masks").first.click()
            watched.page.locator(PAGES["masks"]).first.wait_for(timeout=60 * SECONDS)
            assert urlsplit(watched.page.url).path == f"{PREFIX}/masks"
            assert failed == []
            assert watched.console == []
            outside = [url for url in watched.requests if url.startswith("http")]
            assert all(urlsplit(url).path.startswith(PREFIX) for url in outside)
    finally:
        served.stop()
