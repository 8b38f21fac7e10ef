"""The wheel of this checkout, and environments that hold it and what an extra brings, no more."""

import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement

from tests import ROOT
from tests.project.test_no_machine import text_files
from tests.support.dockerfile import copied


@dataclass(frozen=True)
class Environment:
    """A virtual environment outside the checkout."""

    folder: Path

    def program(self, name: str) -> str:
        """Return the path of a program, such as `spcl`."""
        return str(self.folder / "bin" / name)

    def run(
        self, *words: object, cwd: Path, **options: object
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program of it and return what it said."""
        return subprocess.run(
            [self.program(str(words[0])), *map(str, words[1:])],
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=240,
            **options,
        )


def build_wheel(folder: Path) -> Path:
    """Build the wheel of a copy, so that nothing is left in the checkout.

    The copy holds what git keeps of what the Dockerfile copies: an image is built from no more.
    """
    source, sources = folder / "source", copied()
    for file in text_files():
        name = file.relative_to(ROOT)
        if not {str(one) for one in (name, *name.parents)}.isdisjoint(sources):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(file.read_bytes())
    pip("wheel", source, "--no-deps", "--no-build-isolation", "--no-index", "-w", folder / "dist")
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def environment(folder: Path, wheel: Path, *extras: str) -> Environment:
    """Make an environment with the wheel and what `extras` bring, taken from this environment.

    Nothing is downloaded: each library that the wheel's own metadata asks for, directly or by a
    detour, is linked from where the tests have it. What no extra names is truly not there.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    made = Environment(folder)
    pip("--python", made.program("python"), "install", "--no-deps", "--no-index", wheel)
    (site,) = folder.glob("lib/python*/site-packages")
    (ours,) = distributions(name="spcl", path=[str(site)])
    for library in needed(ours, set(extras)):
        for file in library.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not (site / top).exists():
                (site / top).symlink_to(library.locate_file(top))
    return made


def needed(start: Distribution, extras: set[str]) -> list[Distribution]:
    """Return every distribution that `start` needs with `extras`."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    queue = [(start, extra) for extra in ("", *extras)]
    while queue:
        one, extra = queue.pop()
        for requirement in map(Requirement, one.requires or ()):
            if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
                continue
            name = normal(requirement.name)
            other = start if name == normal(start.name) else distribution(name)
            found[name] = other
            for wanted in {"", *requirement.extras}:
                if (name, wanted) not in seen:
                    seen.add((name, wanted))
                    queue.append((other, wanted))
    return [one for one in found.values() if one is not start]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pip(*words: object) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
