"""Train on disks that are too small, then give them space and resume (as root, Linux).

`python -m benchmarks.stress.full_disk [MB ...]` mounts a tmpfs of each size, prints how the run
ended, what is left, and how resuming went; it exits 1 where something is lost or says too much.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.stress.kills import finish, readable, spcl, start
from spcl.store.life.status import status_of
from spcl.store.reader import Run
from tests.support.tiny_pair import write_tiny_pair

SIZES = ("1", "2", "3", "5", "8")


def main(sizes: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        pair = write_tiny_pair(Path(folder) / "pair")
        return max([attempt(Path(folder), pair, size) for size in sizes or SIZES])


def attempt(folder: Path, pair: Path, size: str) -> int:
    """Return 1 if anything was lost on a disk of so many MB."""
    disk = folder / f"disk{size}"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(disk)], check=True)
    try:
        code, said = finish(start(pair, disk, "full"))
        wrong = judged(disk / "full", code, said, size)
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        if code == 2 and (disk / "full" / "checkpoints" / "last.pt").is_file():
            code, said = finish(spcl("adapt", "--resume", str(disk / "full")))
            ended = Run(disk / "full").info().status
            print(f"   with space: exit {code}, {ended}")
            wrong = wrong or code != 0 or ended != "finished"
        return int(wrong)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def judged(path: Path, code: int, said: str, size: str) -> bool:
    print(f"{size} MB: exit {code}: {(said.strip().splitlines() or [''])[-1][:240]}")
    if not (path / "run.json").is_file():
        return "Traceback" in said
    run = Run(path)
    now = status_of(run.info(), path)
    bad = [step for step in run.steps() if not readable(run, step)]
    left = [str(file.relative_to(path)) for file in path.rglob("*.tmp")]
    print(f"   {now.kind} at step {run.info().step}, {now.failure}")
    print(f"   snapshots {run.steps()}, unreadable {bad}, leftovers {left}")
    return bool(bad or left) or "Traceback" in said or now.kind not in ("failed", "finished")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
