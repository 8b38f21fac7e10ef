"""Fixtures shared by the tests: a served dashboard and a real browser that counts its requests."""

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from spcl.store.reader import Run
from tests import ROOT
from tests.support.synthetic_run import write_synthetic_run
from tests.support.tiny_pair import write_tiny_pair
from tests.support.watched import VIEWPORT, UsedPage, Watched

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLOW_TO_IMPORT = ("tests/hooks", "tests/models/test_huggingface.py")
"""Their frameworks take seconds to import, so that quick runs leave out even the collection."""
FOUND_BY_NAME = ("chromium", "chromium-browser", "google-chrome")


MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def main_is_the_main_module() -> Iterator[None]:
    """Put back what Streamlit's script runner leaves in the place of the program.

    It names a file without being made from one: torch, whose optimizers import its compiler when
    the first one is made, looks for source in it and fails, and spawned processes would run it.
    """
    yield
    sys.modules["__main__"] = MAIN


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what is slow to import where slow tests are not wanted."""
    is_quick = "not slow" in (config.option.markexpr or "")
    place = collection_path.relative_to(ROOT).as_posix() if ROOT in collection_path.parents else ""
    return True if is_quick and place in SLOW_TO_IMPORT else None


@dataclass
class Served:
    """A dashboard that runs in a process of its own."""

    url: str
    process: "subprocess.Popen[str]"
    lines: list[str]

    def stop(self) -> None:
        """End the process and wait for it."""
        self.process.terminate()
        self.process.wait(timeout=15)


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Return `serve(runs_dir, port=None)`, which starts `python -m dashboard` and waits for it."""
    started: list[Served] = []

    def start(runs_dir: Path, port: int | None = None) -> Served:
        started.append(start_dashboard(runs_dir, port))
        return started[-1]

    yield start
    for served in started:
        served.stop()


def start_dashboard(
    runs_dir: Path,
    port: int | None = None,
    options: Sequence[str] = (),
    *,
    program: Sequence[str] = (sys.executable, "-m", "dashboard"),
    cwd: Path = ROOT,
) -> Served:
    """Start `python -m dashboard` and wait for its address; the caller stops it."""
    command = [*program, str(runs_dir), "--port", str(port or 8700), *options]
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        lines = _lines_until_address(process)
        assert not any("WARNING" in line for line in lines), lines
    except AssertionError:
        process.kill()
        raise
    return Served(lines[-1].split()[-1].partition("/live")[0], process, lines)


def _lines_until_address(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        if not select.select([process.stdout], [], [], 1.0)[0]:
            continue
        lines.append(process.stdout.readline().strip())
        if "http://" in lines[-1]:
            return lines
    raise AssertionError(f"the dashboard did not start: {lines}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a real browser; without one skip with the reason, and fail in CI."""
    path = next((found for name in FOUND_BY_NAME if (found := shutil.which(name))), None)
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        without_browser("playwright is not installed")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        except Error as error:
            without_browser(f"Chromium does not start ({str(error).splitlines()[0]})")
        yield browser
        browser.close()


def without_browser(reason: str) -> None:
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"browser tests must run in CI: {reason}")
    pytest.skip(f"{reason}; run `make setup`")


@pytest.fixture(scope="session")
def used_page(chromium: Any) -> UsedPage:
    """Return the page that tests open one after the other."""
    return UsedPage(chromium)


@pytest.fixture
def open_browser(chromium: Any, used_page: UsedPage) -> Iterator[Callable[..., Watched]]:
    """Return `open_browser(url, **context)`: a page, its console and requests recorded.

    The first one of a test is the page that all tests use, as good as new, unless `context` asks
    for more than a color scheme and less motion.
    """
    contexts: list[Any] = []
    stop_listening: list[Callable[[], None]] = []

    def open_url(url: str, **options: Any) -> Watched:
        if stop_listening or options.keys() - {"color_scheme", "reduced_motion"}:
            contexts.append(chromium.new_context(viewport=VIEWPORT, **options))
            watched = Watched(contexts[-1].new_page())
            watched.listen()
        else:
            watched = Watched(used_page.as_new(url))
            watched.page.emulate_media(**options)
            stop_listening.append(watched.listen())
        watched.page.goto(url)
        return watched

    yield open_url
    for context in contexts:
        context.close()
    for stop in stop_listening:
        stop()
        used_page.leave()


@pytest.fixture(autouse=True, scope="session")
def no_waiting_for_the_disk() -> Iterator[None]:
    """Flush no file to the disk: a killed process loses nothing by it, only a power cut would."""
    patch = pytest.MonkeyPatch()
    patch.setattr(os, "fsync", lambda _: None)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def analyzed_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an analysed run of five snapshots, 0 to 40, alone in its folder; only to be read."""
    from spcl.analysis.worker import analyse  # scikit-learn, only where something is analysed

    path = write_synthetic_run(tmp_path_factory.mktemp("analyzed"))
    analyse(Run(path))
    return path


@pytest.fixture(scope="session")
def measures(analyzed_run: Path) -> Any:
    """Return all measures of `analyzed_run` as a table; only to be read."""
    from spcl.analysis import separability  # scikit-learn, only where something is analysed

    return separability(Run(analyzed_run))


@pytest.fixture(scope="session")
def analyzed_url(analyzed_run: Path) -> Iterator[str]:
    """Return the address of one dashboard over `analyzed_run`; only to be looked at."""
    served = start_dashboard(analyzed_run.parent)
    yield served.url
    served.stop()


@pytest.fixture(scope="session")
def empty_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of one dashboard over a folder without runs."""
    served = start_dashboard(tmp_path_factory.mktemp("empty"))
    yield served.url
    served.stop()


@pytest.fixture(scope="session")
def shared_pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a pair of a few tiny pictures; only to be read."""
    return write_tiny_pair(tmp_path_factory.mktemp("shared") / "pair")


@pytest.fixture(scope="session")
def whole_run(shared_pair: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Return `whole_run(*words)`: learner and folder of an uninterrupted run, trained once."""
    from tests.support.tiny_training import trained  # torch, only where something is trained

    @cache
    def train(*words: str) -> tuple[Any, Path]:
        runs = tmp_path_factory.mktemp("whole")
        return trained(shared_pair, *words, runs=runs), runs / "run"

    return train


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the folder of a pair of a few tiny pictures, to be changed at will."""
    return write_tiny_pair(tmp_path / "pair")
