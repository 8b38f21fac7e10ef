"""Every page by the rules A and AA of axe-core, in both themes."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from spcl.store.reader import Run
from tests.conftest import Watched, start_dashboard
from tests.support.axe import violations
from tests.support.synthetic_run import write_synthetic_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST = "20260101-000000-synthetic"
PAGES = {
    "live": "[data-chart=live-lines] .name",
    "runs": "[data-testid=stDataFrame] canvas",
    "map": "[data-chart=feature-map][data-points]",
    f"map?run={FIRST}&pair=person,car": "[data-chart=feature-map][data-points]",
    "separability": ".js-plotly-plot .main-svg",
    "prototypes": ".js-plotly-plot .main-svg",
    f"class?run={FIRST}&name=person": ".spcl-flow",
    "pixels?step=20": ".spcl-images",
    "masks": "[data-chart=mask-viewer] .strip button",
    f"compare?run={FIRST}&with=20260102-000000-other": "[data-chart=mask-viewer] .strip button",
    "story": "[data-chart=story] h1, [data-chart=story] h2",
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a dashboard over two analysed runs."""
    from spcl.analysis.worker import analyse  # scikit-learn, only where something is analysed

    runs = tmp_path_factory.mktemp("two")
    analyse(Run(write_synthetic_run(runs)))
    analyse(Run(write_synthetic_run(runs, run_id="20260102-000000-other", seed=1)))
    served = start_dashboard(runs)
    yield served.url
    served.stop()


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_no_page_breaks_a_rule(
    url: str, open_browser: Callable[..., Watched], page: str, theme: str
) -> None:
    shown = open_browser(f"{url}/{page}", color_scheme=theme, reduced_motion="reduce").page
    wait_until_whole(shown, page)
    assert violations(shown) == []


def test_a_planted_fault_is_found(url: str, open_browser: Callable[..., Watched]) -> None:
    shown = open_browser(f"{url}/runs").page
    wait_until_whole(shown, "runs")
    shown.evaluate("document.querySelector('h1').append(document.createElement('button'))")
    assert [found.partition(":")[0] for found in violations(shown)] == ["button-name"]


def wait_until_whole(shown: Page, page: str) -> None:
    """Wait until the page has what it shows, and the sidebar what people hear of it."""
    shown.locator(PAGES[page]).first.wait_for()
    shown.locator("[data-testid=stSidebarNavItems][role=none]").wait_for()
    shown.locator("[data-testid=stStatusWidget]").wait_for(state="detached")
