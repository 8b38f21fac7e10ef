"""Train and analyse on disks that are too small, then give them space and go on (root, Linux).

`python -m benchmarks.stress.full_disk [MB ...]` trains on a tmpfs of each size;
`python -m benchmarks.stress.full_disk --analysis [KB ...]` analyses a run whose disk has so much
left. It prints how each ended, what is left and how going on went; exit code 1 where something is
lost or says too much.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.stress.analysis_kills import derived
from benchmarks.stress.kills import start
from benchmarks.stress.processes import finish, leftovers, spcl, unreadable
from dashboard.data import runs_folder
from dashboard.server.analysis_processes import AnalysisProcesses
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run
from tests.support.tiny_pair import write_tiny_pair

SIZES = ("1", "2", "3", "5", "8")
LEFT = ("0", "4", "40", "120", "300")
FULL = "cannot be written because the disk is full; free some space on it"


def main(words: list[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if words[:1] == ["--analysis"]:
            sound = write_synthetic_run(folder / "sound")
            whole = Path(shutil.copytree(sound, folder / "whole"))
            finish(spcl("analyse", str(whole)))
            return max([analysed(folder, sound, whole, left) for left in words[1:] or LEFT])
        pair = write_tiny_pair(folder / "pair")
        return max([trained(folder, pair, size) for size in words or SIZES])


@contextmanager
def disk_of(folder: Path, size: str) -> Iterator[Path]:
    """Yield the folder of a disk of so many MB."""
    disk = folder / f"disk{size}"
    disk.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(disk)], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def trained(folder: Path, pair: Path, size: str) -> int:
    """Return 1 if anything was lost of a training on a disk of so many MB."""
    with disk_of(folder, size) as disk:
        code, said = finish(start(pair, disk, "full"))
        wrong = judged(disk / "full", code, said, size)
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        if code == 2 and (disk / "full" / "checkpoints" / "last.pt").is_file():
            code, said = finish(spcl("adapt", "--resume", str(disk / "full")))
            ended = Run(disk / "full").info().status
            print(f"   with space: exit {code}, {ended}")
            wrong = wrong or code != 0 or ended != "finished"
        return int(wrong)


def judged(path: Path, code: int, said: str, size: str) -> bool:
    print(f"{size} MB: exit {code}: {_last_line(said)}")
    if not (path / "run.json").is_file():
        return "Traceback" in said
    run = Run(path)
    now, bad, left = run.status(), unreadable(run), leftovers(path)
    print(f"   {now.kind} at step {run.info().step}, {now.failure}")
    print(f"   snapshots {run.steps()}, unreadable {bad}, leftovers {left}")
    return bool(bad or left) or "Traceback" in said or now.kind not in ("failed", "finished")


def analysed(folder: Path, sound: Path, whole: Path, left: str) -> int:
    """Return 1 if anything was lost of an analysis whose disk had so many KB left."""
    with disk_of(folder, "64") as disk:
        path = Path(shutil.copytree(sound, disk / sound.name))
        filler = disk / "filler"
        _fill(filler, 1024 * int(left))
        code, said = finish(spcl("analyse", str(path)))
        shown, run = _shown(path), Run(path)
        bad, remains = unreadable(run), leftovers(path)
        lock = (path / "derived" / "analysis.lock").exists()
        print(f"{left} KB left: exit {code}: {_last_line(said)}")
        print(f"   unreadable {bad}, leftovers {remains}, lock left {lock}; its page: {shown}")
        filler.unlink()
        again, _ = finish(spcl("analyse", str(path)))
        equal = derived(path) == derived(whole)
        print(f"   with space: exit {again}, {'equal' if equal else 'OTHER'} results")
        ended_well = code == 0 or (code == 2 and FULL in said and FULL in shown)
        return int(not ended_well or bool(bad or remains or lock or again) or not equal)


def _fill(file: Path, left: int) -> None:
    """Fill a disk up to so many bytes."""
    free = os.statvfs(file.parent).f_bavail * os.statvfs(file.parent).f_frsize
    file.write_bytes(bytes(free - left))


def _shown(path: Path) -> str:
    """Return what the pages say about the analysis of a run once the server has tried it."""
    runs_folder.use(path.parent)
    runs_folder.look_at(path)
    analyses = AnalysisProcesses()
    analyses.start_missing()
    while any(process.poll() is None for process in analyses.processes()):
        time.sleep(0.1)
    analyses.start_missing()
    return runs_folder.trouble(path) or "nothing"


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or ["nothing was said"])[-1][:300]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
