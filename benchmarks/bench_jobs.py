"""Do the three jobs of a new user with a stopwatch: watch, inspect, prepare a talk.

python -m benchmarks.bench_jobs [RUNS_DIR]

Prints the clicks and the seconds of each answer, without any time to think. Without a folder it
writes a small run to look at.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from benchmarks.bench_screen import CHROMIUM, FLAGS
from spcl.analysis.worker import analyse
from spcl.store.reader import Run
from tests.support.synthetic_run import SyntheticRun

SLOW = 120_000  # milliseconds


@dataclass
class Person:
    """Somebody at a page, whose clicks are counted since the job began."""

    page: Page
    address: str
    clicks: int = 0
    began: float = field(default_factory=time.perf_counter)

    def arrives(self) -> None:
        """Open the dashboard, as its address was printed."""
        self.clicks, self.began = 0, time.perf_counter()
        self.page.goto(f"{self.address}/live")

    def opens(self, name: str) -> None:
        """Click a page in the sidebar."""
        nav = self.page.locator("[data-testid=stSidebarNav]")
        self.clicks_on(nav.get_by_text(name, exact=True))

    def clicks_on(self, what: Locator) -> None:
        """Click something."""
        what.first.click(timeout=SLOW)
        self.clicks += 1

    def sees(self, what: Locator) -> None:
        """Wait until something is there."""
        what.first.wait_for(timeout=SLOW)

    def says(self, answer: str) -> None:
        """Print what is answered by now."""
        clicks = f"{self.clicks} click{'' if self.clicks == 1 else 's'}"
        print(f"  {answer:56} {clicks:>9} {time.perf_counter() - self.began:6.1f} s", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(sys.argv[1]) if len(sys.argv) > 1 else _written(Path(folder))
        with _served(runs) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{address}/live")  # the server's first page is no job of a person
            page.locator("h1").first.wait_for(timeout=SLOW)
            for job in (watch, inspect, talk):
                print(job.__doc__)
                job(Person(page, address))
            browser.close()


def watch(person: Person) -> None:
    """Watch: is it working, how long still, did a class collapse."""
    page = person.page
    person.arrives()
    person.sees(page.locator("h1"))
    person.says("it works, by so many points")
    person.sees(page.get_by_role("heading", name="Needs a look"))
    person.says("which classes need a look")
    person.sees(page.locator("[data-chart=live-lines] .name"))
    person.says("the curves")


def inspect(person: Person) -> None:
    """Inspect: which classes are confused, show me the pixels, since when."""
    page = person.page
    person.arrives()
    person.opens("Pixels")
    person.sees(page.get_by_text("What these pixels look like"))
    person.says("the pair that is confused most")
    person.sees(page.locator(".spcl-pixels img"))
    person.says("its pixels")
    person.clicks_on(page.locator(".spcl-pixels a[data-page=masks]"))
    person.sees(page.locator("[data-chart=mask-viewer]:not([data-mark=''])[data-mark]"))
    person.says("one of them in its whole image, marked")
    person.opens("Class")
    person.sees(page.locator(".js-plotly-plot .main-svg"))
    person.says("since when, over the steps")


def talk(person: Person) -> None:
    """Prepare a talk: the five panels, on the whole screen, in one file."""
    page = person.page
    person.arrives()
    person.opens("Story")
    person.sees(page.locator("[data-chart=story] h1, [data-chart=story] h2"))
    person.says("the story in plain words")
    person.clicks_on(page.locator("[data-chart=story]").get_by_role("button", name="Present"))
    person.sees(page.get_by_role("button", name="Leave"))
    person.says("on the whole screen")
    page.keyboard.press("Escape")
    person.clicks += 1
    person.clicks_on(page.get_by_role("button", name="Make the file"))
    person.sees(page.get_by_role("button", name="Save"))
    person.says("one file to send is made (a key counts as a click)")


def _written(folder: Path) -> Path:
    """Write a run whose last snapshot still has mistakes to look at."""
    run = SyntheticRun(folder, steps=40, images=12, pixels_per_class=200, channels=64)
    run.write_probe()
    run.write_metrics(40)
    for step in (0, 10, 20, 30):
        run.write_snapshot(step)
    run.finish()
    analyse(Run(run.path))
    return folder


@contextmanager
def _served(runs: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "dashboard", str(runs), "--port", "8791"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline() if server.stdout else ""
        yield line.split()[-1].rsplit("/", 1)[0]
    finally:
        server.terminate()
        server.wait(timeout=10)


if __name__ == "__main__":
    main()
