"""Two machines on one folder of runs, as far as one machine can play them; Linux, as root.

`python -m benchmarks.stress.two_machines [--sshfs]`. The second machine has another host name and
sees no process of the first; it reaches the folder by a mount of its own, on which the locks of the
first are not seen, as on a network file system that does not pass them on: a bind mount, or with
--sshfs a real one (Debian: sshfs), its caches as they are by default, from OpenSSH's own server.
What is told is what that machine's commands say of a training of the first: while it lives, stands
still and is killed.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from benchmarks.stress.processes import finish, spcl, unreadable
from spcl.store.reader import Run
from spcl.store.schema import STALLED_AFTER_SECONDS
from tests import ROOT
from tests.support.ssh_server import ssh_server
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import SMALL

NAME = "another-machine"
PLAN = ["warmup.steps=40", "adapt.steps=20000", "record.every=5000", "checkpoint.every=10"]
_wrong: list[str] = []


def check(what: str, holds: bool, said: str = "") -> None:
    """Print whether something holds, and note where it does not."""
    if not holds:
        _wrong.append(what)
    print(f"  {'holds' if holds else 'WRONG'}  {what}   {said[:160]}", flush=True)


Mounted = Callable[[Path, Path], list[str]]
"""Which lines of a shell show a folder at another place."""


def bound(runs: Path, place: Path) -> list[str]:
    """Show `runs` at `place`, but for the locks that are held in it."""
    mine = place.with_name("lock-of-the-other")
    mine.touch()
    lines = [f"mount --bind {runs} {place}"]
    for lock in runs.glob("*/writer.lock"):
        lines.append(f"mount --bind {mine} {place / lock.relative_to(runs)}")
    return lines


@contextmanager
def over_ssh(folder: Path) -> Iterator[Mounted]:
    """Yield what mounts a folder by SSHFS, over a server that runs meanwhile."""
    with ssh_server(folder) as server:
        ssh = "ssh_command=" + shlex.join(server.command)

        def mounted(runs: Path, place: Path) -> list[str]:
            return [shlex.join(["sshfs", "-o", ssh, f"{server.name}:{runs}", str(place)])]

        yield mounted


class OtherMachine:
    """Runs commands where the folder is seen at another place, without the first one's locks."""

    def __init__(self, runs: Path, place: Path, mounted: Mounted) -> None:
        """Show `runs` at `place`, in each command's own space of mounts."""
        self.runs, self.place, self.mounted = runs, place, mounted
        place.mkdir()

    def start(self, *words: str, seconds: float = 300) -> "subprocess.Popen[bytes]":
        """Start a command of spcl there; it is asked to stop after some seconds."""
        lines = [f"hostname {NAME}", *self.mounted(self.runs, self.place)]
        lines.append(shlex.join(["timeout", f"{seconds:g}", sys.executable, "-m", "spcl", *words]))
        inside = ["unshare", "--mount", "--pid", "--uts", "--fork", "--mount-proc"]
        return subprocess.Popen(
            [*inside, "sh", "-ec", "\n".join(lines)],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def refuses(self, *words: str) -> tuple[bool, str]:
        """Return whether a command is refused there with a sentence, and what it says."""
        code, said = finish(self.start(*words))
        return code == 2 and "Traceback" not in said, said.strip()

    def status(self) -> str:
        """Return how the one run stands, as that machine says."""
        said = self.start("runs", str(self.place), "--json").communicate(timeout=300)[0]
        return str(json.loads(said)["runs"][0]["status"])


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair = write_tiny_pair(folder / "pair")
        runs = folder / "runs"
        words = [*SMALL, *PLAN, 'model.backbone="tiny"', f"data.root={pair}"]
        config = folder / "config.toml"
        config.write_text("")
        training = spcl("adapt", str(config), *words, "--runs", str(runs), "--id", "run")
        elsewhere = over_ssh(folder / "ssh") if "--sshfs" in sys.argv else nullcontext(bound)
        try:
            with elsewhere as mounted:
                _tried(training, Run(runs / "run"), OtherMachine(runs, folder / "mounted", mounted))
        finally:
            training.kill()
    print(f"wrong: {', '.join(_wrong) or 'nothing'}")
    return 1 if _wrong else 0


def _tried(training: "subprocess.Popen[bytes]", run: Run, other: OtherMachine) -> None:
    resume = ("adapt", "--resume", str(other.place / "run"))
    while not (run.path / "checkpoints" / "last.pt").exists() or len(run.steps()) < 2:
        time.sleep(0.5)
    check("a training elsewhere runs", other.status() == "running")
    check("it is not resumed meanwhile", *other.refuses(*resume))
    check("nor taken over while its heart beats", *other.refuses(*resume, "--take-over"))
    code, said = finish(other.start("analyse", str(other.place / "run")))
    check("its snapshots are analysed there", code == 0, said)
    os.kill(training.pid, signal.SIGSTOP)
    time.sleep(STALLED_AFTER_SECONDS + 10)
    check("one that is silent is stalled, not crashed", other.status() == "stalled")
    check("it is not resumed without a word", *other.refuses(*resume))
    second = other.start(*resume, "--take-over", seconds=40)
    end = time.monotonic() + 30
    while run.info().host != NAME and time.monotonic() < end:
        time.sleep(0.5)
    check("it is taken over", run.info().host == NAME)
    os.kill(training.pid, signal.SIGCONT)
    code, said = finish(training)
    check(
        "the first one, awake again, ends",
        code > 0 and "was taken over" in said,
        said.strip()[-160:],
    )
    code, said = finish(second)
    check("the second one went on, and stops when it is told to", run.info().status == "stopped")
    check("every snapshot is readable", unreadable(run) == [], f"{len(run.steps())} snapshots")


if __name__ == "__main__":
    sys.exit(main())
