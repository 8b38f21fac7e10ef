"""Twenty tabs on one run that grows, changing pages; the same again without a browser.

Twenty tabs of one Chromium draw on the cores that the server computes on. So a tab that only
speaks to the server stands among them, whose times say what part of a page change is the server's.
"""

import asyncio
import random
import shutil
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from benchmarks.stress.load_server import PAGES, Server
from benchmarks.stress.load_sessions import Tab

SHOWN = {
    "live": ("Live · ", "[data-chart=live-lines]"),
    "map": ("Feature map · ", "[data-chart=feature-map]"),
    "separability": ("Separability · ", ".st-key-separability-matrix .js-plotly-plot"),
    "prototypes": ("Prototypes · ", ".js-plotly-plot"),
    "masks": ("Masks · ", "[data-chart=mask-viewer]"),
    "story": ("", "[data-chart=story][data-drawn]"),
}
"""Of each page: how the line above its headline begins, if any, and the picture waited for."""
TITLES = {"map": "Feature map"}
WAIT = (5.0, 15.0)
"""Seconds that a person looks at a page, at least and at most."""
_LONGEST_WAIT = 60_000.0
"""Milliseconds: where the cores do not suffice a change is late; later than this it is lost."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@dataclass
class Changes:
    """What was seen of many page changes.

    Attributes:
        seconds: of each change, by page.
        errors: what pages and consoles complained about.
        megabytes: of the server, by the seconds since the beginning.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in PAGES})
    errors: list[str] = field(default_factory=list)
    megabytes: list[tuple[float, float]] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Return the seconds that a share of all changes stays below."""
        every = sorted(one for times in self.seconds.values() for one in times)
        return every[min(len(every) - 1, int(share * len(every)))]

    @property
    def count(self) -> int:
        """Return the number of changes."""
        return sum(map(len, self.seconds.values()))

    def growth(self, after: float = 60.0) -> float:
        """Return by what share the memory grew, from `after` seconds to the last fifth."""
        late = [size for at, size in self.megabytes if at >= after]
        fifth = max(1, len(late) // 5)
        return statistics.median(late[-fifth:]) / statistics.median(late[:fifth]) - 1


async def launched(playwright: Playwright) -> Browser:
    """Return a Chromium of this machine."""
    path = next(found for name in ("chromium", "chromium-browser") if (found := shutil.which(name)))
    return await playwright.chromium.launch(executable_path=path, args=FLAGS)


async def with_browsers(server: Server, run_id: str, tabs: int, seconds: float) -> list[Changes]:
    """Return what the tabs of a browser saw, and what a tab without one saw among them."""
    seen, probe = Changes(), Changes()
    async with async_playwright() as playwright:
        browser = await launched(playwright)
        contexts = [await browser.new_context() for _ in range(tabs)]
        pages = [await _opened(one, server, run_id, seen) for one in contexts]
        end = time.monotonic() + seconds
        await asyncio.gather(
            *(_browse(page, end, random.Random(i), seen) for i, page in enumerate(pages)),
            _turn(server, run_id, end, random.Random(-1), probe),
            _watch(server, end, seen),
        )
        await browser.close()
    return [seen, probe]


async def without_browsers(server: Server, run_id: str, tabs: int, seconds: float) -> Changes:
    """Return what tabs without a browser saw."""
    seen, end = Changes(), time.monotonic() + seconds
    turning = (_turn(server, run_id, end, random.Random(i), seen) for i in range(tabs))
    await asyncio.gather(*turning, _watch(server, end, seen))
    return seen


async def _opened(context: BrowserContext, server: Server, run_id: str, seen: Changes) -> Page:
    page = await context.new_page()
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda said: _note(said, seen))
    await page.goto(f"{server.address}/live?run={run_id}", timeout=_LONGEST_WAIT)
    await is_shown(page, "live")
    return page


def _note(said: Any, seen: Changes) -> None:
    if said.type == "error":
        seen.errors.append(said.text)


async def _browse(page: Page, end: float, rng: random.Random, seen: Changes) -> None:
    now = "live"
    while time.monotonic() < end:
        await asyncio.sleep(rng.uniform(*WAIT))
        now = rng.choice([name for name in PAGES if name != now])
        began = time.monotonic()
        link = page.get_by_test_id("stSidebarNav").get_by_role("link")
        try:
            await link.filter(has_text=TITLES.get(now, now.capitalize())).click(
                timeout=_LONGEST_WAIT
            )
            await is_shown(page, now)
        except Exception as error:
            seen.errors.append(f"{now}: {error}"[:300])
            continue
        seen.seconds[now].append(time.monotonic() - began)


async def is_shown(page: Page, name: str) -> None:
    """Wait until a page has its headline and its picture."""
    begins, picture = SHOWN[name]
    if begins:
        said = page.locator("[data-testid=stCaptionContainer]").filter(has_text=begins)
        await said.first.wait_for(timeout=_LONGEST_WAIT)
    await page.locator(picture).first.wait_for(timeout=_LONGEST_WAIT)


async def _turn(server: Server, run_id: str, end: float, rng: random.Random, seen: Changes) -> None:
    tab = Tab(server.port, f"run={run_id}")
    await tab.open("live")
    while time.monotonic() < end:
        await asyncio.sleep(rng.uniform(*WAIT))
        page = rng.choice(PAGES)
        seen.seconds[page].append(await tab.turn_to(page))
    seen.errors += tab.errors
    await tab.close()


async def _watch(server: Server, end: float, seen: Changes) -> None:
    began = time.monotonic()
    while time.monotonic() < end:
        seen.megabytes.append((time.monotonic() - began, server.megabytes()))
        await asyncio.sleep(2.0)
