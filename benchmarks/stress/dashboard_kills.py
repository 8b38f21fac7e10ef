"""Kill dashboards with SIGKILL while a browser asks for a page and an analysis runs; start anew.

`python -m benchmarks.stress.dashboard_kills [--count 20] [--seed 0] [--port 8810]`; needs Chromium.
Every run is still written, by this process, so that the server starts its analysis by itself.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.stress.processes import leftovers, unreadable
from dashboard.server.analysis_processes import is_complete
from spcl.store.life.process import process_started
from spcl.store.reader import Run
from tests.conftest import CHROMIUM_FLAGS, FOUND_BY_NAME, Served, start_dashboard
from tests.support.synthetic_run import SyntheticRun

PAGE_SECONDS = 30
ANALYSIS_SECONDS = 120


def main(words: list[str] | None = None) -> int:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="dashboards to kill")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--port", type=int, default=8810)
    given = parser.parse_args(words)
    chromium = next(path for name in FOUND_BY_NAME if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        counts = killed(Path(folder), browser, port=given.port, count=given.count, seed=given.seed)
        browser.close()
    print(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())))
    return 1 if any(name.startswith("WRONG") for name in counts) else 0


def killed(root: Path, browser: Any, *, port: int, count: int, seed: int) -> Counter[str]:
    """Return how often what happened; a name that begins with WRONG must not occur."""
    moments, counts = random.Random(seed), Counter[str]()
    for number in range(count):
        run = SyntheticRun(root / f"runs{number}")
        run.write_probe()
        run.write_metrics(20)
        for step in (0, 10, 20):
            run.write_snapshot(step)
        counts.update(_attempt(run, browser, port, moments, while_analysed=number % 2 == 1))
        print(f"{number + 1} of {count}: {dict(counts)}", file=sys.stderr, flush=True)
    return counts


def _attempt(
    run: SyntheticRun, browser: Any, port: int, moments: random.Random, *, while_analysed: bool
) -> list[str]:
    """Kill one dashboard, start another, and return what is right and what is wrong."""
    served = start_dashboard(run.path.parent, port)
    page = browser.new_page()
    page.goto(f"{served.url}/live", wait_until="commit")
    if while_analysed:
        _until(lambda: bool(_children(served)), 15)
    page.wait_for_timeout(1000 * moments.uniform(0, 5))
    analyses = _children(served)
    served.process.send_signal(signal.SIGKILL)
    served.process.wait()
    page.close()
    found = ["killed while an analysis ran" if analyses else "killed before an analysis ran"]
    opened = Run(run.path)
    found += [f"WRONG snapshot {step}" for step in unreadable(opened)]
    if opened.status().kind != "running":
        found.append(f"WRONG status {opened.status().kind}")
    return [*found, *_started_anew(run, browser, port, analyses)]


def _started_anew(
    run: SyntheticRun, browser: Any, port: int, analyses: list[tuple[int, float | None]]
) -> list[str]:
    """Start on the same port, look at every page, let the run end, and see who is left."""
    found = []
    served = start_dashboard(run.path.parent, port)
    if not served.url.endswith(f":{port}"):
        found.append(f"WRONG {served.lines}")
    for name in ("live", "map", "masks"):
        found.append(_answer(browser, f"{served.url}/{name}"))
    run.finish()
    if analyses and not _until(lambda: not any(map(_lives, analyses)), ANALYSIS_SECONDS):
        found.append("WRONG an analysis of the killed server stays")
    elif analyses:
        found.append("its analysis went on to the end of the run, and ended")
    complete = _until(lambda: is_complete(run.path), ANALYSIS_SECONDS)
    found.append("everything was derived" if complete else "WRONG not everything was derived")
    last = _children(served)
    served.stop()
    if any(map(_lives, last)):
        found.append("WRONG an analysis outlives a server that was stopped")
    return [*found, *(f"WRONG leftover {name}" for name in leftovers(run.path))]


def _answer(browser: Any, address: str) -> str:
    page = browser.new_page()
    page.goto(address)
    page.locator("h1").first.wait_for(timeout=1000 * PAGE_SECONDS)
    said = page.locator("[data-testid=stException]").count()
    page.close()
    return "a page answered again" if not said else f"WRONG an exception on {address}"


def _children(served: Served) -> list[tuple[int, float | None]]:
    """Return the processes that a server has started, by number and start."""
    found = []
    for task in Path(f"/proc/{served.process.pid}/task").iterdir():
        found += [int(word) for word in (task / "children").read_text().split()]
    return [(pid, process_started(pid)) for pid in found]


def _lives(child: tuple[int, float | None]) -> bool:
    return process_started(child[0]) == child[1] is not None


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


if __name__ == "__main__":
    sys.exit(main())
