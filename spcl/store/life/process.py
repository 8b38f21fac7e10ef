"""Whether the process that writes a run is still the one it was."""

import os
import socket
from pathlib import Path


def process_started(pid: int) -> float | None:
    """Return when process `pid` of this host started, in clock ticks since boot; None if gone.

    Together with the pid it names one process for ever: pids are used again, starts are not.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return _without_proc(pid)
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else float(fields[19])


def _without_proc(pid: int) -> float | None:
    if Path("/proc/self/stat").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        return 0.0
    return 0.0


def is_alive(pid: int, *, started: float, host: str) -> bool | None:
    """Return whether that very process runs; None when it belongs to another host."""
    if host != socket.gethostname():
        return None
    return process_started(pid) == started
