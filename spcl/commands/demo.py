"""Adapt on the embedded pair while the dashboard shows it, and keep serving until Ctrl-C."""

import argparse
import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console

from spcl.commands.line.configs import CONFIGS
from spcl.errors import UserError
from spcl.store.life.analysis_process import start_worker
from spcl.training.processes.interrupt import stopped_by_signals

if TYPE_CHECKING:
    from spcl.config import Config

ROOT = Path(__file__).resolve().parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of all runs")
    parser.add_argument("--port", type=int, default=8501, help="first port to try")
    parser.add_argument("--headless", action="store_true", help="do not serve; exit when done")
    parser.add_argument("words", nargs="*", metavar="KEY=VALUE", help="settings to override")


def run(arguments: argparse.Namespace) -> int:
    """Serve, train, compare with source-only and AdaBN, then keep serving."""
    from spcl.config import load_config

    _require_writable(arguments.runs)
    config = load_config(CONFIGS / "streets.toml", arguments.words)
    console = Console()
    with contextlib.ExitStack() as stack:
        stack.enter_context(stopped_by_signals())
        pair = stack.enter_context(_opening(config))
        served = None
        if not arguments.headless:
            served = stack.enter_context(_dashboard(arguments.runs, arguments.port))
        _adapt_and_compare(config, pair, arguments.runs, console)
        if served is not None:
            console.print(
                f"The dashboard is still serving at {served.address}; press Ctrl-C to stop it.",
                markup=False,
                highlight=False,
            )
            with contextlib.suppress(KeyboardInterrupt):
                served.process.wait()
    return 0


def _require_writable(runs_dir: Path) -> None:
    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
        probe = runs_dir / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UserError(
            f"{runs_dir} cannot be written ({error.strerror}); name a writable folder with --runs"
        ) from None


class _Served(NamedTuple):
    """The dashboard's process and the address it printed."""

    process: "subprocess.Popen[str]"
    address: str


@contextlib.contextmanager
def _dashboard(runs_dir: Path, port: int) -> Iterator[_Served]:
    """Run the dashboard in a separate process and forward its output."""
    command = [sys.executable, "-m", "dashboard", str(runs_dir.resolve()), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        address = _address_of(server)
        threading.Thread(target=_forward_output, args=(server,), daemon=True).start()
        yield _Served(server, address)
    finally:
        server.terminate()
        server.wait(timeout=15)


def _address_of(server: "subprocess.Popen[str]") -> str:
    """Return the address the dashboard prints once it answers (UserError if it exits first)."""
    assert server.stdout is not None, "its output is piped"
    for line in server.stdout:
        print(line, end="", flush=True)
        address = next((word for word in line.split() if word.startswith("http://")), None)
        if address is not None:
            return address
    raise UserError("the dashboard did not start; use --headless to run the demo without it")


def _forward_output(server: "subprocess.Popen[str]") -> None:
    assert server.stdout is not None, "its output is piped"
    for line in server.stdout:
        print(line, end="", flush=True)


@contextlib.contextmanager
def _opening(config: "Config") -> Iterator["Future[object]"]:
    """Draw the pair, unless it is cached, while the server starts and libraries load."""
    from spcl.data.pairs import open_pair

    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(open_pair, config.data)


def _adapt_and_compare(
    config: "Config", pair: "Future[object]", runs_dir: Path, console: Console
) -> None:
    from spcl import adapt, launch
    from spcl.commands.arms.of_a_run import print_comparison
    from spcl.commands.line.progress import training_progress
    from spcl.store.reader import Run

    pair.result()
    main = launch.start(config, runs_dir=runs_dir)
    path = main.recorder.path
    assert path is not None, "the demo records"
    worker = start_worker(path)
    with training_progress(f"{path}") as progress:
        adapt.run_to_end(main, progress)
    print_comparison(Run.open(path), console)
    if worker is not None:
        worker.wait()
