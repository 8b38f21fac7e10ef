"""A dashboard in a process of its own, and what the system says it costs; Linux only."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import ROOT

TICKS = os.sysconf("SC_CLK_TCK")
PAGES = ("live", "map", "separability", "prototypes", "masks", "story")


def busy_seconds() -> float:
    """Return the processor time that the whole machine has used since it started."""
    user, nice, system, _, _, *rest = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + sum(rest)) / TICKS


@dataclass(frozen=True)
class Server:
    """A running dashboard.

    Attributes:
        port: where it listens, on 127.0.0.1.
        process: the process that serves.
    """

    port: int
    process: "subprocess.Popen[str]"

    @property
    def address(self) -> str:
        """Return the address that pages stand below."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Return the processor time that the server itself has used, without its analyses."""
        fields = self._read("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def megabytes(self) -> float:
        """Return the resident memory of the server itself."""
        return self._status("VmRSS") / 1024

    def threads(self) -> int:
        """Return how many threads the server has."""
        return self._status("Threads")

    def descriptors(self) -> int:
        """Return how many files and sockets the server has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))  # noqa: PTH208 (names alone)

    def analyses(self) -> int:
        """Return how many analysis processes of the server live."""
        children = self._read(f"task/{self.process.pid}/children").split()
        tasks = Path(f"/proc/{self.process.pid}/task")
        others = [one for one in tasks.iterdir() if one.name != str(self.process.pid)]
        for task in others:
            children += (task / "children").read_text().split()
        return len(children)

    def _status(self, key: str) -> int:
        lines = self._read("status").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:"))

    def _read(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text()


@contextmanager
def served(runs_dir: Path, port: int, before: str = "") -> Iterator[Server]:
    """Serve the runs of a folder until the block ends; `before` is Python that runs first."""
    arguments = [str(runs_dir), "--port", str(port)]
    program = f"{before}\nfrom dashboard.__main__ import main\nmain({arguments!r})"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        address = _address(process)
        yield Server(int(address.rsplit(":", 1)[1].split("/")[0]), process)
    finally:
        ended = process.poll()
        process.terminate()
        said = process.communicate(timeout=30)[0]
        if ended is not None:
            print(f"the server ended by itself with code {ended}: {said[-2000:]}", file=sys.stderr)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        if select.select([process.stdout], [], [], 1.0)[0]:
            line = process.stdout.readline()
            if "http://" in line:
                return line.split()[-1]
    raise RuntimeError("the dashboard did not start")
