"""What refreshes and closed tabs leave in the server: memory, threads, open files, sessions."""

import asyncio
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stress.load_server import PAGES, Server
from benchmarks.stress.load_sessions import Tab
from spcl.store.reader import Run

_POOL_THREADS, _PASSING_SOCKETS = 6, 2
"""What requests leave for the next ones, however many there were; a tab alone has three sockets."""


@dataclass(frozen=True)
class Held:
    """What a server holds at a moment."""

    megabytes: float
    threads: int
    descriptors: int
    sessions: int
    analyses: int

    @classmethod
    def by(cls, server: Server) -> "Held":
        """Return what `server` holds now."""
        return cls(
            server.megabytes(),
            server.threads(),
            server.descriptors(),
            sessions(server),
            server.analyses(),
        )


def sessions(server: Server) -> int:
    """Return how many tabs Streamlit counts as open."""
    with urllib.request.urlopen(f"{server.address}/_stcore/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return sum(int(line.split()[-1]) for line in lines if line.startswith("active_sessions"))


async def refreshed(server: Server, run: Run, page: str, times: int) -> float:
    """Load a page as often as said, each time in a new tab, with its files; return the megabytes.

    A reload of a browser is a new session for the server, and the one before is left alone.
    """
    for _ in range(times):
        tab = Tab(server.port, f"run={run.path.name}")
        await tab.open(page)
        await asyncio.to_thread(_fetch, server, run)
        await tab.close()
    return server.megabytes()


def _fetch(server: Server, run: Run) -> None:
    """Fetch what components ask for: the losses, a mask and its image."""
    step, key = run.steps()[-1], run.probe().images[0].key
    of_run = f"{server.address}/api/runs/{run.path.name}"
    for path in ("metrics?since=-1", f"snapshots/{step}/masks/{key}.png", f"probe/{key}.png"):
        with urllib.request.urlopen(f"{of_run}/{path}") as answer:
            answer.read()


async def growth(server: Server, path: Path, *, times: int, warm_up: int) -> dict[str, list[float]]:
    """Return for each page the megabytes after the warm-up and after all refreshes."""
    run, found = Run(path), {}
    for page in PAGES:
        await refreshed(server, run, page, warm_up)
    for page in PAGES:
        before = await refreshed(server, run, page, warm_up)
        found[page] = [before, await refreshed(server, run, page, times)]
    return found


async def tabs_closed(server: Server, path: Path, number: int, patience: float) -> list[Held]:
    """Return what the server held before `number` tabs, with them, and after they were closed.

    The last one is taken when nothing is left any more, or after `patience` seconds.
    """
    run = f"run={path.name}"
    await _visit(server, run)
    before = Held.by(server)
    tabs = [Tab(server.port, run) for _ in range(number)]
    for index, tab in enumerate(tabs):
        await tab.open(PAGES[index % len(PAGES)])
    during = Held.by(server)
    for tab in tabs:
        await tab.close()
    end = time.monotonic() + patience
    after = Held.by(server)
    while time.monotonic() < end and not is_nothing_left(before, after):
        await asyncio.sleep(2.0)
        after = Held.by(server)
    return [before, during, after]


def is_nothing_left(before: Held, after: Held) -> bool:
    """Return whether nothing is left of the tabs, but for threads and sockets that serve all."""
    return (
        after.sessions <= before.sessions
        and after.threads <= before.threads + _POOL_THREADS
        and after.descriptors <= before.descriptors + _PASSING_SOCKETS
        and after.analyses <= before.analyses
    )


async def _visit(server: Server, run: str) -> None:
    for page in PAGES:
        tab = Tab(server.port, run)
        await tab.open(page)
        await tab.close()
