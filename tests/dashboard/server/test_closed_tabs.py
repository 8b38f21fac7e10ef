"""The short form of `benchmarks/stress/load.py`: tabs on all pages, closed, leave nothing."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.stress.load_memory import Held, is_nothing_left
from benchmarks.stress.load_server import PAGES, Server, served
from benchmarks.stress.load_sessions import Tab

_SOON = """
from dashboard.server import closed_tabs
closed_tabs.KEPT_SECONDS, closed_tabs.LOOK_EVERY_SECONDS = 1.0, 0.2
"""


@pytest.mark.long
@pytest.mark.slow
def test_closed_tabs_leave_nothing_and_an_open_one_stays(analyzed_run: Path) -> None:
    with served(analyzed_run.parent, 8840, before=_SOON) as server, ThreadPoolExecutor(1) as pool:
        # In a thread of its own: this one may have a browser's loop already.
        pool.submit(asyncio.run, _open_and_close(server)).result()


async def _open_and_close(server: Server) -> None:
    staying = Tab(server.port)
    for page in PAGES:
        await (staying.turn_to(page) if page != PAGES[0] else staying.open(page))
    before = Held.by(server)
    for page in PAGES * 2:
        tab = Tab(server.port)
        await tab.open(page)
        await tab.close()
        assert tab.errors == []
    assert Held.by(server).descriptors > before.descriptors, "tabs can come back for a while"
    for _ in range(100):
        await asyncio.sleep(0.2)
        if is_nothing_left(before, Held.by(server)):
            break
    assert is_nothing_left(before, Held.by(server))
    assert await staying.turn_to("live")
    assert staying.errors == []
    await staying.close()
