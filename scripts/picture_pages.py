"""Take the README's pictures: python -m scripts.picture_pages RUN [FOLDER [OTHER_RUN ...]].

The other runs are those that the page Compare holds RUN against; without any it has no picture.
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.stress.load_browsers import FLAGS
from benchmarks.stress.load_server import served

PAGES = {
    "live": ("live", "[data-chart=live-lines]"),
    "map": ("map", "[data-chart=feature-map][data-zoom]"),
    "masks": ("masks", "[data-chart=mask-viewer][data-drawn]"),
    "story": ("story?present=1&panel=3", "[data-chart=story][data-drawn]"),
}
SIZE = {"width": 1440, "height": 900}
SETTLED_MS = 2500


def take(run: Path, folder: Path, others: Sequence[Path] = ()) -> None:
    """Write a picture of each page into `folder`."""
    pages = {name: (f"{address}{'&' if '?' in address else '?'}run={run.name}", picture)
             for name, (address, picture) in PAGES.items()}  # fmt: skip
    if others:
        asked = ",".join(other.name for other in others)
        address = f"compare?run={run.name}&with={asked}"
        pages["compare"] = (address, "[data-chart=mask-viewer][data-drawn]")
    path = next(found for name in ("chromium", "chromium-browser") if (found := shutil.which(name)))
    with (
        tempfile.TemporaryDirectory() as runs,
        sync_playwright() as playwright,
    ):
        for one in (run, *others):
            shutil.copytree(one, Path(runs) / one.name)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        with served(Path(runs), 8890) as server:
            for name, (address, picture) in pages.items():
                page = browser.new_context(viewport=SIZE, reduced_motion="reduce").new_page()
                page.goto(f"{server.address}/{address}")
                page.locator(picture).first.wait_for()
                page.wait_for_timeout(SETTLED_MS)
                target = folder / f"{name}.png"
                page.screenshot(path=target)
                print(target)
        browser.close()


if __name__ == "__main__":
    words = [Path(word) for word in sys.argv[1:]]
    take(words[0], words[1] if len(words) > 1 else Path("docs/pictures"), words[2:])
