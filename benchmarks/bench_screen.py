"""Measure the time from disk to screen: of a new snapshot, and of opening each page.

python -m benchmarks.bench_screen
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.synthetic_run import SyntheticRun

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PAGES = ("live", "map", "separability", "prototypes", "masks")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = SyntheticRun(Path(folder), images=12, pixels_per_class=200, channels=64)
        run.write_probe()
        run.write_snapshot(0)
        server = subprocess.Popen(
            [sys.executable, "-m", "dashboard", folder, "--port", "8790"],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            address = (server.stdout.readline() if server.stdout else "").split()[-1]
            measure(address.rsplit("/", 1)[0], run)
        finally:
            server.terminate()
            server.wait(timeout=10)


def measure(address: str, run: SyntheticRun) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        first = seconds(lambda: open_page(page, f"{address}/live"))
        print(f"first chart, server warm                    {first:6.2f} s")
        times = []
        for step in (10, 20, 30, 40):
            run.write_metrics(step)
            run.write_snapshot(step)
            times.append(seconds(lambda step=step: sees_step(page, step)))
        print(f"snapshot on disk -> shown on the live page  {statistics.median(times):6.2f} s")
        run.finish()
        for name in PAGES:
            opened = seconds(lambda name=name: open_page(page, f"{address}/{name}"))
            print(f"opening /{name:13} by address              {opened:6.2f} s")
        browser.close()


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("[data-chart]:visible, .js-plotly-plot, .spcl-matrix").first.wait_for(
        timeout=60_000
    )


def sees_step(page: Page, step: int) -> None:
    page.locator(f'[data-chart][data-step="{step}"]').first.wait_for(timeout=60_000)


if __name__ == "__main__":
    main()
