"""Ways in which a file of a run can be damaged, by accident or on purpose."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

PREFIX = "damaged"
"""How the folders of runs begin that may be damaged."""
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
    run = _run_of(file)
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
    run = _run_of(file)
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


def any_file(path: Path, rng: random.Random) -> Path:
    """Return a file of a run; those of one name are as likely together as any other one."""
    files = [entry for entry in sorted(path.rglob("*")) if entry.is_file()]
    names = sorted({role_of(entry) for entry in files})
    name = rng.choice(names)
    return rng.choice([entry for entry in files if role_of(entry) == name])


def role_of(file: Path) -> str:
    """Return what a file is, whatever its name: a picture, positions, a report, or its name."""
    if file.suffix == ".png":
        return ".png"
    if file.name.startswith("step_"):
        return "positions" if file.suffix == ".npy" else "mask report"
    return file.name


def _run_of(file: Path) -> Path:
    return next(parent for parent in file.parents if parent.name.startswith(PREFIX))
