"""Serve the pages on a port of this machine and run the analyses beside them."""

import os
import signal
import socket
import sys
import threading
from pathlib import Path

import uvicorn
from streamlit import config
from streamlit.logger import set_log_level
from streamlit.web.server.starlette.starlette_app import App

from dashboard.data import runs_folder
from dashboard.server.analysis_processes import AnalysisProcesses
from dashboard.server.routes import middleware, routes
from spcl.store.errors import UserError

ADDRESS = "127.0.0.1"
PAGE_SCRIPT = Path(__file__).resolve().parents[1] / "app.py"
_PORTS_TRIED = 100


def bind(first_port: int) -> socket.socket:
    """Return a socket bound to the first free port from `first_port` on (UserError if none)."""
    last_port = min(first_port + _PORTS_TRIED, 65536) - 1
    for port in range(first_port, last_port + 1):
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name != "nt":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((ADDRESS, port))
            bound.listen(128)
        except OSError:
            bound.close()
            continue
        return bound
    raise UserError(f"no port from {first_port} to {last_port} is free; choose another with --port")


def make_app(runs_dir: Path) -> App:
    """Return the whole application for the runs in `runs_dir`."""
    runs_folder.use(runs_dir)
    return App(PAGE_SCRIPT, routes=routes(), middleware=middleware())


def serve(runs_dir: Path, *, first_port: int = 8501, run_id: str | None = None) -> None:
    """Serve until the process is asked to stop."""
    bound = bind(first_port)
    port = bound.getsockname()[1]
    if port != first_port:
        print(f"Port {first_port} is in use; using {port} instead.", flush=True)
    app = make_app(runs_dir)
    _configure(port)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )
    )
    analyses = AnalysisProcesses()
    analyses.start()
    query = f"?run={run_id}" if run_id else ""
    announce = threading.Thread(
        target=_announce, args=(server, f"http://{ADDRESS}:{port}/live{query}"), daemon=True
    )
    announce.start()
    threading.Thread(target=_warm_up, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.run(sockets=[bound])
    finally:
        analyses.stop()


def _announce(server: uvicorn.Server, address: str) -> None:
    """Print the address once the server answers."""
    wait = threading.Event()
    while not server.started and not server.should_exit:
        wait.wait(0.05)
    if server.started:
        print(f"The dashboard is at {address}", flush=True)


def _warm_up() -> None:
    """Import the pages while the browser starts."""
    from dashboard import navigation

    navigation.load_views()


def _configure(port: int) -> None:
    """Set the options that no other Streamlit configuration of this machine may change."""
    fixed = {
        "server.port": port,
        "server.address": ADDRESS,
        "server.fileWatcherType": "none",
        "server.headless": True,
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
    }
    for key, value in fixed.items():
        config.set_option(key, value)
    set_log_level("error")
