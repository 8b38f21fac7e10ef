"""The dashboard under load: many tabs, many refreshes, many runs, a long run.

`OMP_NUM_THREADS=1 python -m benchmarks.stress.load [browsers memory runs length official]
[--minutes 5] [--tabs 20] [--times 200] [--port 8830]`; all five without a word. Linux and Chromium
only. Prints what was measured beside its limit; exit code 1 where one is broken.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.stress import load_browsers, load_memory, load_runs, load_sizes
from benchmarks.stress.load_server import PAGES, Server, busy_seconds, served
from benchmarks.stress.load_sessions import Tab
from spcl.store.reader import Run
from tests import ROOT

PAGE_CHANGE_SECONDS, GROWTH = 2.0, 0.10
LONG = {"snapshots": 300, "rows": 20_000}
OFFICIAL = {"snapshots": 300, "rows": 40_000}
SHORT = {"snapshots": 5, "rows": 50}
MANY, FEW = 300, 3
OPENING_SECONDS, IDLE_SHARE = 0.3, 0.10
LONGER_BY, LONG_RUN_MEGABYTES = 0.20, 60.0
_broken: list[str] = []


def check(what: str, value: float, limit: float, unit: str = "") -> None:
    """Print a value beside its limit, and note where it is passed."""
    verdict = "" if value <= limit else "   BROKEN"
    if verdict:
        _broken.append(what)
    print(f"  {what:58} {value:9.3f} {unit:4} limit {limit:g}{verdict}", flush=True)


def browsers(given: argparse.Namespace, folder: Path) -> None:
    """Print what tabs saw of a growing run, with a browser and without."""
    seconds = 60 * given.minutes
    with growing(folder / "with") as runs, served(runs, given.port) as server:
        shares = Shares(server)
        seen, probe = asyncio.run(
            load_browsers.with_browsers(server, load_runs.LIVE, given.tabs, seconds)
        )
        print(f"  {given.tabs} tabs of a browser, {given.minutes:g} minutes: {seen.count} changes")
        _say(seen, shares)
        judge("in the browser", seen)
        print(f"  a tab without a browser among them: {probe.count} changes")
        print(f"    95 of 100 below {probe.quantile(0.95):.3f} s")
        _say(probe, shares)
    with growing(folder / "without") as runs, served(runs, given.port) as server:
        shares = Shares(server)
        alone = asyncio.run(
            load_browsers.without_browsers(server, load_runs.LIVE, given.tabs, seconds)
        )
        print(f"  {given.tabs} tabs without a browser: {alone.count} changes")
        _say(alone, shares)
        judge("server alone", alone)


@contextmanager
def growing(folder: Path) -> Iterator[Path]:
    """Have a run grow in a folder until the block ends."""
    folder.mkdir()
    command = [sys.executable, "-m", "benchmarks.stress.load_runs", str(folder), "36000"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    writer = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        while not any(folder.glob("*/snapshots/step_*")):
            time.sleep(0.1)
        yield folder
    finally:
        writer.kill()
        writer.wait()


class Shares:
    """How many cores were busy, and how much of them with the server, since it was made."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._began = self._now()

    def _now(self) -> tuple[float, float, float]:
        return time.monotonic(), self._server.cpu_seconds(), busy_seconds()

    def __str__(self) -> str:
        wall, server, busy = (b - a for a, b in zip(self._began, self._now(), strict=True))
        return (
            f"{busy / wall:.2f} of {os.cpu_count()} cores busy, {server / wall:.2f} by the server"
        )


def judge(where: str, seen: load_browsers.Changes) -> None:
    """Check what was seen of many page changes."""
    check(f"page change, 95 of 100, {where}", seen.quantile(0.95), PAGE_CHANGE_SECONDS, "s")
    check(f"errors of pages, {where}", len(seen.errors), 0)
    check("growth of the server's memory after a minute", seen.growth(), GROWTH)


def _say(seen: load_browsers.Changes, shares: Shares) -> None:
    print(f"    {shares}")
    for error in sorted(set(seen.errors))[:5]:
        print(f"    error: {error}"[:200])
    for page, times in seen.seconds.items():
        if times:
            median, most = statistics.median(times), max(times)
            print(f"    {page:14} {len(times):4} times, median {median:6.3f} s, most {most:6.3f} s")


def memory(given: argparse.Namespace, folder: Path) -> None:
    """Print what refreshes and closed tabs leave in the server."""
    path = load_runs.write_run(folder, "20260101-000000-short", **SHORT)
    with served(folder, given.port) as server:
        closed = asyncio.run(load_memory.tabs_closed(server, path, 60, patience=180))
        for when, held in zip(("before", "60 tabs", "closed"), closed, strict=True):
            print(f"  {when:8} {held}")
        left = 0 if load_memory.is_nothing_left(closed[0], closed[-1]) else 1
        check("something left of 60 closed tabs", left, 0)
        found = asyncio.run(
            load_memory.growth(server, path, times=given.times, warm_up=max(1, given.times // 10))
        )
        for page, (first, last) in found.items():
            print(f"  {page:14} {first:6.1f} MB, after {given.times} refreshes {last:6.1f} MB")
            check(f"growth by refreshes of {page}", last / first - 1, GROWTH)


def runs(given: argparse.Namespace, folder: Path) -> None:
    """Print what many runs in the folder cost against few."""
    few, many = folder / "few", folder / "many"
    for place, number in ((few, FEW), (many, MANY)):
        path = load_runs.write_run(place, "20260101-000000-short", **SHORT)
        load_runs.copies(path, number - 2)
    waiting = [load_runs.begun(place, load_runs.LIVE) for place in (few, many)]
    with served(few, given.port) as one, served(many, given.port + 1) as other:
        asyncio.run(_many_runs(one, other))
    for run in waiting:
        run.finish()


async def _many_runs(few: Server, many: Server) -> None:
    for server in (few, many):
        first = await load_sizes.opening(server)
        print(f"  first tab of the server at {server.port}: {first:.3f} s")
    times = await load_sizes.in_turns(
        lambda: load_sizes.opening(few), lambda: load_sizes.opening(many), 15
    )
    print(f"  live page and sidebar: {FEW} runs {times[0]:.3f} s, {MANY} runs {times[1]:.3f} s")
    check(f"opening a page among {MANY} runs", times[1], OPENING_SECONDS, "s")
    for tabs, limit in ((0, IDLE_SHARE / 2), (5, IDLE_SHARE)):
        shares = [
            await load_sizes.idle_cost(server, load_runs.LIVE, tabs=tabs) for server in (few, many)
        ]
        print(f"  {tabs} tabs on a run that goes on: {FEW} runs {100 * shares[0]:.1f} % of a core")
        check(f"share of a core with {tabs} such tabs, {MANY} runs", shares[1], limit)


def length(given: argparse.Namespace, folder: Path) -> None:
    """Print how a long run opens against a short one."""
    _longer(given, folder, load_runs.write_run, LONG)


def official(given: argparse.Namespace, folder: Path) -> None:
    """Print the same of runs of the size of the official configurations."""
    _longer(given, folder, load_runs.write_official, OFFICIAL)


def _longer(
    given: argparse.Namespace, folder: Path, write: Callable[..., Path], size: dict[str, int]
) -> None:
    short = write(folder / "real", "20260101-000000-short", **SHORT)
    long = write(folder / "real", "20260102-000000-long", **size)
    shown = folder / "runs"
    shown.mkdir()
    one, other = (shown / path.name for path in (short, long))
    one.symlink_to(short, target_is_directory=True)
    other.symlink_to(long, target_is_directory=True)
    with served(shown, given.port) as server:
        before = asyncio.run(_looked_at(server, short))
        after = asyncio.run(_looked_at(server, long))
        print(f"  the server has {before:.0f} MB after all pages of the short run")
        check("MB more after those of the long one", after - before, LONG_RUN_MEGABYTES, "MB")
        of_short, of_long = asyncio.run(load_sizes.views(server, one, other, given.repeats))
        for page in PAGES:
            for index, view in enumerate(("first", "second")):
                seconds = [
                    statistics.median(pair[index] for pair in found[page])
                    for found in (of_short, of_long)
                ]
                print(f"  {page:13} {view:6} view: short {seconds[0]:.2f} s, long {seconds[1]:.2f}")
                check(f"{page}, {view} view: longer by", seconds[1] / seconds[0] - 1, LONGER_BY)
        print(f"  the server has {server.megabytes():.0f} MB at the end")


async def _looked_at(server: Server, path: Path) -> float:
    """Show every page of a run at some steps; return the megabytes of the server."""
    for step in Run(path).steps()[::-10][:20]:
        tab = Tab(server.port, f"run={path.name}&step={step}")
        await tab.open("live")
        for page in PAGES:
            await tab.turn_to(page)
        await tab.close()
    return server.megabytes()


PARTS: dict[str, Callable[[argparse.Namespace, Path], None]] = {
    "browsers": browsers,
    "memory": memory,
    "runs": runs,
    "length": length,
    "official": official,
}


def main(words: list[str] | None = None) -> int:
    """Measure; return 1 where a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--minutes", type=float, default=5.0, help="that tabs change pages")
    parser.add_argument("--tabs", type=int, default=20)
    parser.add_argument("--times", type=int, default=200, help="refreshes of each page")
    parser.add_argument("--repeats", type=int, default=5, help="of each view of a long run")
    parser.add_argument("--port", type=int, default=8830)
    given = parser.parse_args(words)
    for part in given.parts:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{part}:", flush=True)
            PARTS[part](given, Path(folder))
    print(f"limits broken: {', '.join(_broken) or 'none'}")
    return 1 if _broken else 0


if __name__ == "__main__":
    sys.exit(main())
