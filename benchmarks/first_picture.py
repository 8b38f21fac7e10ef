"""Measure the seconds from a checkout to the first picture of a training of one's own.

python -m benchmarks.first_picture

Follows README.md and docs/own-training.md as a newcomer with a training loop would, with nothing
installed but Python: a virtual environment, `pip install ".[dashboard]"`, a loop with the five
lines (`examples/numpy_loop.py`), the dashboard, and a browser on its pages. Reading and typing are
not in it. pip takes from its cache what it has seen before.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import ROOT
from tests.support.installed import pip

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PICTURES = {
    "live": "[data-chart=live-lines]",
    "masks": "[data-chart=mask-viewer][data-drawn]",
}


def main() -> None:
    """Print each step's seconds and their sum."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        python = place / "env" / "bin" / "python"
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "venv", place / "env"], check=True)
        pip("--python", python, "install", "--quiet", f"{ROOT}[dashboard]")
        said("environment and installation", began)
        looped = time.monotonic()
        loop = [python, ROOT / "examples" / "numpy_loop.py", place / "runs"]
        subprocess.run(loop, check=True, stdout=subprocess.DEVNULL)
        said("a loop of 60 updates with the five lines", looped)
        look(python, place / "runs")
        said("from the checkout to the last of these pictures", began)


def look(python: Path, runs: Path) -> None:
    """Serve the runs, and print when a browser has drawn each picture."""
    began = time.monotonic()
    command = [python, "-m", "dashboard", runs, "--port", "8792"]
    with (
        subprocess.Popen(command, cwd=runs.parent, stdout=subprocess.PIPE, text=True) as server,
        sync_playwright() as playwright,
    ):
        try:
            address = (server.stdout.readline() if server.stdout else "").split()[-1]
            said("until the dashboard says its address", began)
            page = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS).new_page()
            for name, picture in PICTURES.items():
                asked = time.monotonic()
                page.goto(f"{address.rsplit('/', 1)[0]}/{name}")
                page.locator(picture).first.wait_for(timeout=120_000)
                said(f"until page {name} shows its picture", asked)
        finally:
            server.terminate()


def said(what: str, since: float) -> None:
    print(f"{what:50} {time.monotonic() - since:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
