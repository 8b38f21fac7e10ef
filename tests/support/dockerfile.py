"""A Dockerfile as instructions, so far as ours uses what there is."""

import re
from typing import NamedTuple

from tests import ROOT


class Instruction(NamedTuple):
    """A word such as COPY, and what follows it on its lines, joined."""

    word: str
    rest: str


def instructions(text: str | None = None) -> list[Instruction]:
    """Return the instructions of a Dockerfile, ours by default; comments are left out."""
    if text is None:
        text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines()]


def copied() -> list[str]:
    """Return the files and folders of the checkout that the image is built from."""
    return [
        source for word, rest in instructions() if word == "COPY" for source in rest.split()[:-1]
    ]
