"""Watch a run in training: measure how long after each snapshot maps and pages show it.

python -m benchmarks.watch_run ADDRESS RUN_DIR      ADDRESS of the dashboard, such as http://127.0.0.1:8501
"""

import re
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.analysis_lag import METHODS, lags
from benchmarks.bench_screen import CHROMIUM, FLAGS
from spcl.store.reader import Run

POLL_SECONDS = 0.2
AFTER_THE_END_SECONDS = 20.0
Seen = dict[tuple[str, int], float]


def watch(address: str, run: Run) -> tuple[Seen, list[str]]:
    """Return when each page first showed each step, and the errors in the consoles."""
    seen: Seen = {}
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        pages = {name: browser.new_page() for name in ("live", "map")}
        for name, page in pages.items():
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{address}/{name}?run={run.info().id}")
        last_running = time.monotonic()
        while time.monotonic() - last_running < AFTER_THE_END_SECONDS:
            for name, page in pages.items():
                step = step_on(page, name)
                if step is not None:
                    seen.setdefault((name, step), time.time())
            if run.status().kind in ("running", "stalled"):
                last_running = time.monotonic()
            time.sleep(POLL_SECONDS)
        browser.close()
    return seen, errors


def step_on(page: Page, name: str) -> int | None:
    """Return the step of the snapshot a page shows, or None."""
    if name == "map":
        chart = page.locator("[data-chart=feature-map][data-step]")
        return int(chart.get_attribute("data-step") or 0) if chart.count() else None
    match = re.search(r"measured at step ([\d,]+)", page.locator("body").inner_text())
    return int(match[1].replace(",", "")) if match else None


def main(address: str, path: str) -> None:
    run = Run.open(Path(path))
    begun = time.time()
    seen, errors = watch(address.rstrip("/"), run)
    maps = {method: lags(run, method) for method in METHODS}
    print(
        f"{path}: seconds from a snapshot on disk to\n   step    PCA   UMAP   live page   map page"
    )
    for step in run.steps():
        published = (run.snapshot(step).path / "scores.json").stat().st_mtime
        if published < begun:
            continue
        cells = [f"{maps[method].get(step, float('nan')):7.1f}" for method in METHODS]
        for name in ("live", "map"):
            cells.append(f"{seen.get((name, step), float('nan')) - published:11.1f}")
        print(f"{step:7d}" + "".join(cells))
    print(f"errors on the pages: {errors or 'none'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
