"""Damage a run in thousands of ways and read each: a named error or a clean skip, nothing else.

`python -m benchmarks.stress.damaged_runs [--count 2000] [--pages 40] [--seed 0]`. Every damage is
read as `runs` and `validate` read, `--pages` of them on every page, too. It counts what raised
anything but a sentence, took longer than a second or allocated more than 200 MB.
"""

import argparse
import json
import logging
import os
import random
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from spcl.analysis.worker import analyse
from spcl.store.errors import UserError
from spcl.store.reader import Run, list_runs
from spcl.store.validation import faults
from tests.support.synthetic_run import write_synthetic_run

SECONDS, MOST_BYTES = 1.0, 200_000_000
PAGES = ("live", "map", "separability", "prototypes", "masks")
VALUES = ("null", "NaN", "1e999", "-1", '"x"', '"\\ud800"', "[]", "{}", "true", "9" * 400)
Damage = Callable[[Path, random.Random], None]


def cut(file: Path, rng: random.Random) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: rng.randrange(len(content) + 1)])


def flip(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(rng.choice((1, 1, 8, 200)) if content else 0):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)


def empty(file: Path, rng: random.Random) -> None:
    file.write_bytes(b"")


def noise(file: Path, rng: random.Random) -> None:
    file.write_bytes(rng.randbytes(rng.randrange(1, 5000)))


def remove(file: Path, rng: random.Random) -> None:
    file.unlink()


def swap(file: Path, rng: random.Random) -> None:
    """Put another file of the run in its place."""
    run = next(parent for parent in file.parents if parent.name.startswith("damaged"))
    others = [path for path in run.rglob("*") if path.is_file() and path != file]
    file.write_bytes(rng.choice(others).read_bytes())


def link_out(file: Path, rng: random.Random) -> None:
    file.unlink()
    file.symlink_to(rng.choice(("/dev/zero", "/etc/hostname", "../../nowhere", file.name)))


def pipe(file: Path, rng: random.Random) -> None:
    file.unlink()
    os.mkfifo(file)


def folder(file: Path, rng: random.Random) -> None:
    file.unlink()
    file.mkdir()


def sparse(file: Path, rng: random.Random) -> None:
    with file.open("r+b") as stream:
        stream.truncate(rng.choice((10**7, 10**9, 8 * 2**30)))


def value(file: Path, rng: random.Random) -> None:
    """Put another kind of value at any place of JSON, or in a row; the others get noise."""
    text = file.read_bytes().decode("utf-8", "replace")
    places = [i for i, letter in enumerate(text) if letter == ":"]
    if file.suffix not in (".json", ".jsonl") or not places:
        noise(file, rng)
        return
    at = rng.choice(places) + 1
    end = min((i for i in (text.find(",", at), text.find("}", at)) if i >= 0), default=len(text))
    file.write_text(text[:at] + rng.choice(VALUES) + text[end:])


def newer(file: Path, rng: random.Random) -> None:
    run = next(parent for parent in file.parents if parent.name.startswith("damaged"))
    info = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**info, "schema_version": rng.choice((2, 10**9))}))


def huge_header(file: Path, rng: random.Random) -> None:
    """Have an array claim more than there is; what is none gets a header all the same."""
    shape = rng.choice(("(2000000000, 64)", "(10, -1)", "(" * 400, "(3,)"))
    header = f"{{'descr': '<f2', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    file.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)


DAMAGES: tuple[Damage, ...] = (
    *(cut, flip, empty, noise, remove, swap, link_out),
    *(pipe, folder, sparse, value, value, value, newer, huge_header),
)  # fmt: skip


def read_all(run: Run) -> int:
    """Read a run as `runs`, `validate` and the pages' readers do; return the named faults."""
    rows = list_runs(run.path.parent)
    for row in rows:
        json.dumps(vars(row), default=str).encode()
    try:
        return len(list(faults(run))) + sum(row.status == "damaged" for row in rows)
    except UserError:
        return 1


def draw_pages(run: Run) -> None:
    """Draw every page of a run (RuntimeError with the page that shows an exception)."""
    from streamlit.testing.v1 import AppTest

    from dashboard.data import runs_folder

    runs_folder.use(run.path.parent)
    for name in PAGES:
        app = AppTest.from_string(_PAGE.replace("PAGE", name), default_timeout=30).run()
        if app.exception:
            raise RuntimeError(f"{name}: {app.exception[0].message}")


_PAGE = """
from dashboard.data.opened_run import open_run
from dashboard.data.selection import arrive, selection
from dashboard.views import PAGE
from dashboard.views.common import problem
from spcl.store.errors import StoreError
arrive()
try:
    PAGE.render(open_run(selection()))
except StoreError as error:
    problem("page", str(error))
"""


def _any_file(path: Path, rng: random.Random) -> Path:
    """Return a file of a run; those of one name are as likely together as any other one."""
    files = [entry for entry in sorted(path.rglob("*")) if entry.is_file()]
    names = sorted({_role(entry) for entry in files})
    name = rng.choice(names)
    return rng.choice([entry for entry in files if _role(entry) == name])


def _role(file: Path) -> str:
    return file.suffix if file.suffix == ".png" or file.name.startswith("step_") else file.name


def attempt(sound: Path, place: Path, rng: random.Random, *, with_pages: bool) -> tuple[str, str]:
    """Damage a copy of a run, read it, and return what came of it and how it was damaged."""
    path = place / "damaged"
    shutil.copytree(sound, path)
    file = _any_file(path, rng)
    damage = rng.choice(DAMAGES)
    told = f"{damage.__name__} {file.relative_to(path)}"
    damage(file, rng)
    began = time.monotonic()
    tracemalloc.start()
    try:
        found = read_all(Run(path))
        peak, seconds = tracemalloc.get_traced_memory()[1], time.monotonic() - began
        tracemalloc.stop()
        if with_pages:
            draw_pages(Run(path))
    except Exception as error:
        return f"WRONG: {type(error).__name__}", f"{told}: {error}"[:300]
    finally:
        tracemalloc.stop()
        shutil.rmtree(path, ignore_errors=True)
    if peak > MOST_BYTES:
        return "WRONG: memory", f"{told}: {peak / 1e6:.0f} MB"
    if seconds > SECONDS:
        return "WRONG: slow", f"{told}: {seconds:.1f} s"
    return ("named" if found else "clean skip"), told


def main(words: list[str] | None = None) -> int:
    """Damage, read, count; exit code 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="damages")
    parser.add_argument("--pages", type=int, default=40, help="of them on every page")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    logging.disable(logging.ERROR)
    rng, counts = random.Random(given.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        sound = write_synthetic_run(Path(folder) / "sound")
        analyse(Run(sound))
        place = Path(folder) / "runs"
        place.mkdir()
        every = max(1, given.count // max(1, given.pages))
        for number in range(given.count):
            outcome, told = attempt(
                sound, place, rng, with_pages=bool(given.pages) and number % every == 0
            )
            counts[outcome] += 1
            if outcome.startswith("WRONG"):
                print(f"{outcome}: {told}", file=sys.stderr, flush=True)
    print(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())))
    return 1 if any(name.startswith("WRONG") for name in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
