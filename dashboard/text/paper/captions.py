"""Captions of pictures for papers, as text and as LaTeX, and where the pictures come from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.text.common import first_upper
from spcl.store.formats.latex import latex
from spcl.store.formats.text import one_line
from spcl.store.schema import RunInfo


@dataclass(frozen=True)
class Caption:
    """What stands below a picture.

    Attributes:
        name: of its files, without suffix.
        inches: how wide it is printed.
        text: in whole sentences.
    """

    name: str
    inches: float
    text: str


def provenance(info: RunInfo, step: int) -> str:
    """Return what stands behind a picture: "Run X, step 40, seed 0, commit 0a1b2c"."""
    commit = f", commit {one_line(info.git_commit, 40)}" if info.git_commit else ""
    return f"Run {one_line(info.id)}, step {step:,}, seed {info.seed}{commit}"


def caption(*parts: str) -> str:
    """Return the parts that are there as sentences, each with its full stop."""
    sentences = (_begun(part.strip()) for part in parts if part.strip())
    return " ".join(one if re.search(r"[.!?]$", one) else f"{one}." for one in sentences)


def _begun(text: str) -> str:
    return text if text.startswith("mIoU") else first_upper(text)


def captions_text(captions: Sequence[Caption]) -> str:
    """Return all captions as plain text, one paragraph a picture."""
    return "\n".join(f"{one.name}\n{one.text}\n" for one in captions)


def captions_latex(captions: Sequence[Caption]) -> str:
    """Return a figure for each picture, to be copied, as wide as the text or column around it."""
    return "\n".join(map(_figure, captions))


def _figure(one: Caption) -> str:
    kind = "figure" if one.inches < 5 else "figure*"
    return (
        f"\\begin{{{kind}}}\n  \\centering\n  \\includegraphics[width=\\linewidth]"
        f"{{{one.name}}}\n  \\caption{{{latex(one.text)}}}\n  \\label{{fig:{one.name}}}\n"
        f"\\end{{{kind}}}\n"
    )
