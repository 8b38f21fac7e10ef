"""Take the README's pictures of a finished run: python -m scripts.picture_pages RUN [FOLDER]."""

import shutil
import sys
import tempfile
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


def take(run: Path, folder: Path) -> None:
    """Write a picture of each page into `folder`."""
    path = next(found for name in ("chromium", "chromium-browser") if (found := shutil.which(name)))
    with (
        tempfile.TemporaryDirectory() as runs,
        sync_playwright() as playwright,
    ):
        shutil.copytree(run, Path(runs) / run.name)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        with served(Path(runs), 8890) as server:
            for name, (address, picture) in PAGES.items():
                page = browser.new_context(viewport=SIZE, reduced_motion="reduce").new_page()
                page.goto(f"{server.address}/{address}")
                page.locator(picture).first.wait_for()
                page.wait_for_timeout(SETTLED_MS)
                target = folder / f"{name}.png"
                page.screenshot(path=target)
                print(target)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "docs/pictures"))
