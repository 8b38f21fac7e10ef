"""Whether many runs are felt against few, and a long run against a short one.

Each measurement of one is followed by the same of the other, so that what else the machine does is
felt by both.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from benchmarks.stress.load_browsers import is_shown, launched
from benchmarks.stress.load_server import PAGES, Server
from benchmarks.stress.load_sessions import Tab

Work = Callable[[], Awaitable[float]]
IDLE_SECONDS = 20.0


async def in_turns(few: Work, many: Work, repeats: int) -> tuple[float, float]:
    """Return the median of two pieces of work that are done in turns."""
    times = [(await few(), await many()) for _ in range(repeats)]
    return statistics.median(a for a, _ in times), statistics.median(b for _, b in times)


async def opening(server: Server) -> float:
    """Return the seconds in which a new tab gets the live page with its sidebar."""
    tab = Tab(server.port)
    seconds = await tab.open("live")
    await tab.close()
    return seconds


async def idle_cost(server: Server, run_id: str, tabs: int = 1) -> float:
    """Return the share of a core that the server takes while tabs show a run and nobody clicks."""
    opened = [Tab(server.port, f"run={run_id}") for _ in range(tabs)]
    for tab in opened:
        await tab.open("live")
    await asyncio.sleep(3.0)
    began, spent = time.monotonic(), server.cpu_seconds()
    await asyncio.sleep(IDLE_SECONDS)
    share = (server.cpu_seconds() - spent) / (time.monotonic() - began)
    for tab in opened:
        await tab.close()
    return share


def aliases(path: Path, number: int) -> list[str]:
    """Give a run further names, by which the server knows nothing of it yet; return them."""
    made = [path.with_name(f"{path.name}-as-{index:02}") for index in range(number)]
    for alias in made:
        alias.symlink_to(path, target_is_directory=True)
    return [alias.name for alias in made]


Views = dict[str, list[tuple[float, float]]]
"""Of each page: the seconds of the first and of the second view, once for every repeat."""


async def views(server: Server, short: Path, long: Path, repeats: int) -> tuple[Views, Views]:
    """Return the seconds until a browser shows each page of a run it has never seen, and again."""
    names = [aliases(path, repeats * len(PAGES)) for path in (short, long)]
    found: tuple[Views, Views] = ({page: [] for page in PAGES}, {page: [] for page in PAGES})
    async with async_playwright() as playwright:
        browser = await launched(playwright)
        for page in PAGES:
            await _view(browser, server, page, names[0][0])  # what only the first view costs
        for _ in range(repeats):
            for page in PAGES:
                for mine, of_run in zip(names, found, strict=True):
                    name = mine.pop()
                    pair = [await _view(browser, server, page, name) for _ in range(2)]
                    of_run[page].append((pair[0], pair[1]))
        await browser.close()
    return found


async def _view(browser: Browser, server: Server, name: str, run_id: str) -> float:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    began = time.monotonic()
    await page.goto(f"{server.address}/{name}?run={run_id}&live=0", timeout=120_000)
    await is_shown(page, name)
    seconds = time.monotonic() - began
    await context.close()
    return seconds
