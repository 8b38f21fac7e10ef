"""Serve the pages on a port of this machine and run the analyses beside them."""

import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from streamlit import config, runtime
from streamlit.web.server.starlette.starlette_app import App

from dashboard.data import addresses, runs_folder
from dashboard.server.analysis_processes import AnalysisProcesses
from dashboard.server.closed_tabs import letting_go
from dashboard.server.joint_maps import JointMaps
from dashboard.server.routes import middleware, routes
from dashboard.server.security import THIS_MACHINE, Doors
from spcl.store.errors import UserError
from spcl.store.happenings.command import OnEvent
from spcl.store.happenings.watch import FolderWatch
from spcl.store.places.user_cache import home_folder

ADDRESS = "127.0.0.1"
PAGE_SCRIPT = Path(__file__).resolve().parents[1] / "app.py"
_PORTS_TRIED = 100
_LONGEST_SILENCE_SECONDS = 120.0
"""How long a browser may be too busy to answer: a tab cut off loses part of what it was drawing."""


def bind(first_port: int, address: str = ADDRESS) -> socket.socket:
    """Return a socket bound to the first free port from `first_port` on (UserError if none)."""
    family, ip = _resolved(address)
    last_port = min(first_port + _PORTS_TRIED, 65536) - 1
    for port in range(first_port, last_port + 1):
        bound = socket.socket(family, socket.SOCK_STREAM)
        if os.name != "nt":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((ip, port))
            bound.listen(128)
        except OSError as error:
            bound.close()
            if error.errno == errno.EADDRNOTAVAIL:
                raise _no_address(address) from None
            continue
        return bound
    raise UserError(f"no port from {first_port} to {last_port} is free; choose another with --port")


def _resolved(address: str) -> tuple[socket.AddressFamily, str]:
    """Return family and number of an address of this machine (UserError if it is none)."""
    try:
        found = socket.getaddrinfo(address, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _no_address(address) from None
    family, *_, place = found[0]
    return family, str(place[0])


def _no_address(address: str) -> UserError:
    return UserError(
        f'"{address}" is no address of this machine; give one with --address, or none for {ADDRESS}'
    )


def doors_of(address: str, names: Sequence[str], base_path: str) -> Doors:
    """Return by which names a server that listens on `address` may be reached."""
    own = () if address in THIS_MACHINE else (f"[{address}]" if ":" in address else address,)
    everywhere = _resolved(address)[1] in ("0.0.0.0", "::")  # noqa: S104 (compared, not bound)
    return Doors(frozenset(name.lower() for name in (*names, *own)), everywhere, base_path)


def make_app(runs_dir: Path, doors: Doors | None = None) -> App:
    """Return the whole application for the runs in `runs_dir`."""
    doors = doors or Doors()
    runs_folder.use(runs_dir, may_bin=not (doors.names or doors.any_ip))
    runs_folder.ask_sessions(_is_open)
    addresses.use_base_path(doors.base_path)
    return App(PAGE_SCRIPT, routes=routes(), middleware=middleware(doors), lifespan=letting_go)


def _is_open(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def serve(
    runs_dir: Path,
    *,
    first_port: int = 8501,
    run_id: str | None = None,
    address: str = ADDRESS,
    names: Sequence[str] = (),
    base_path: str = "",
    on_event: str | None = None,
) -> None:
    """Serve until the process is asked to stop.

    Args:
        runs_dir: the folder of all runs.
        first_port: the first port to try.
        run_id: the run to open.
        address: the address of this machine to listen on.
        names: further names, or NAME:PORT, by which people reach the server.
        base_path: "" or "/x/y", the path below which a proxy shows it.
        on_event: the command for each alarm and each end of a training.
    """
    watch = OnEvent(on_event, FolderWatch(runs_dir).look) if on_event is not None else None
    bound = bind(first_port, address)
    port = bound.getsockname()[1]
    if port != first_port:
        print(f"Port {first_port} is in use; using {port} instead.", flush=True)
    app = make_app(runs_dir, doors_of(address, names, base_path))
    for sentence in _meanings(address, names):
        print(sentence, flush=True)
    _configure(port, address)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            ws="websockets-sansio",
            ws_ping_timeout=_LONGEST_SILENCE_SECONDS,
            timeout_graceful_shutdown=1,
        )
    )
    analyses = AnalysisProcesses()
    analyses.start()
    joint_maps = JointMaps()
    joint_maps.start()
    if watch is not None:
        watch.start()
    query = f"?run={addresses.encoded(run_id)}" if run_id else ""
    shown = f"[{address}]" if ":" in address else address
    announce = threading.Thread(
        target=_announce,
        args=(server, f"http://{shown}:{port}{base_path}/live{query}"),
        daemon=True,
    )
    announce.start()
    threading.Thread(target=_warm_up, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.run(sockets=[bound])
    finally:
        analyses.stop()
        joint_maps.stop()
        if watch is not None:
            watch.stop()


def _meanings(address: str, names: Sequence[str]) -> list[str]:
    """Return what it means that others may come in, a sentence for each door that is open."""
    sentences = []
    if address not in THIS_MACHINE:
        sentences.append(
            f"Listening on {address}: anybody who reaches this address can read the runs; there "
            "is no password."
        )
    if names:
        sentences.append(
            f"Answering as {', '.join(names)} too: whoever reaches the server by that name can "
            "read the runs; keep a proxy with a password in front."
        )
    return sentences


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


def _configure(port: int, address: str) -> None:
    """Set the options that no other Streamlit configuration of this machine may change."""
    fixed = {
        "server.port": port,
        "server.address": address,
        "server.fileWatcherType": "none",
        "server.headless": True,
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
    }
    if home_folder() is None:
        os.environ["HOME"] = "/"  # Streamlit looks there for a configuration, and fails without one
    for key, value in fixed.items():
        config.set_option(key, value)
