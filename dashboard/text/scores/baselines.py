"""What a run's gain is worth: its score beside those of simpler models, in words and marks."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dashboard.text.common import first_upper, listing, percent, points
from spcl.store.baselines.reader import Baseline

_SHOWN = {
    "before": "before",
    "source_only": "source-only",
    "adabn": "AdaBN",
    "fda": "FDA",
    "fda_adabn": "FDA with AdaBN",
    "color_transfer": "colour transfer",
    "color_transfer_adabn": "colour transfer with AdaBN",
    "self_training": "self-training",
    "released": "as released",
    "spcl": "SPCL",
    "oracle": "oracle",
    "oracle_joint": "oracle, joint",
}
_MEANT = {
    "source-only": "trained as long on the source alone",
    "AdaBN": "source-only with the batch-norm statistics of the target, without training on it",
    "FDA": "source-only on images with the low frequencies of unlabelled target images",
    "FDA with AdaBN": "FDA with the batch-norm statistics of the target",
    "colour transfer": "source-only on images with the colours of unlabelled target images",
    "colour transfer with AdaBN": "colour transfer with the batch-norm statistics of the target",
    "self-training": "the same without contrast",
    "as released": "the method as its released code has it",
    "oracle": "trained with target labels",
    "oracle, joint": "trained with the labels of both domains",
}
_OWN = ("before", "SPCL")
_CEILINGS = ("oracle", "oracle, joint")
"""Marks that a gain is not held against: they learned from labels of the target."""
_WORTH_SAYING_POINTS = 0.5
MOST_BASELINES = 6
"""The best of them stand on the ruler."""


@dataclass(frozen=True)
class Mark:
    """One place on the ruler.

    Attributes:
        name: as people call it.
        value: mean IoU in [0, 1], of the run's own seed where there is one, else the mean.
        others: mean IoU of the other seeds.
        is_run: whether it is the run looked at.
        step: where the value was read if that is not the last step, else None.
    """

    name: str
    value: float
    others: tuple[float, ...] = ()
    is_run: bool = False
    step: int | None = None


def marks(
    baselines: Sequence[Baseline],
    *,
    before: float,
    now: float,
    seed: int,
    step: int | None = None,
) -> tuple[Mark, ...]:
    """Return the marks of the ruler: before, then the baselines by value, then the run.

    Args:
        baselines: what the run is compared with.
        before: mean IoU at the end of the run's own warm-up, in [0, 1].
        now: mean IoU of the run.
        seed: of the run.
        step: where `now` was read, if the run goes on after it.
    """
    by_name: dict[str, list[Baseline]] = {}
    for one in baselines:
        by_name.setdefault(shown_name(one.name), []).append(one)
    of_others = {name: tuple(one.mean_iou for one in by_name.pop(name, ())) for name in _OWN}
    found = sorted(
        (_mark(name, models, seed) for name, models in by_name.items()),
        key=lambda mark: mark.value,
    )
    return (
        Mark("before", before, of_others["before"]),
        *found[-MOST_BASELINES:],
        Mark("this run", now, of_others["SPCL"], is_run=True, step=step),
    )


def _mark(name: str, models: Sequence[Baseline], seed: int) -> Mark:
    own = next((one for one in models if one.seed == seed), None)
    shares = [one.mean_iou for one in models]
    rest = tuple(one.mean_iou for one in models if one is not own)
    step = min((one.step for one in models if not one.is_final), default=None)
    return Mark(name, float(np.mean(shares)) if own is None else own.mean_iou, rest, step=step)


def shown_name(name: str) -> str:
    """Return what people call a baseline."""
    return _SHOWN.get(name, name.replace("_", " "))


def is_baseline(mark: Mark) -> bool:
    """Return whether a mark stands for another model than the run and its beginning."""
    return not mark.is_run and mark.name not in _OWN


def is_rival(shown: str) -> bool:
    """Return whether a model that people call so is another one that saw no target labels."""
    return shown not in _OWN and shown not in _CEILINGS


def best_rival(found: Sequence[Mark]) -> Mark | None:
    """Return the strongest finished baseline that saw no target labels; None without one."""
    rivals = [
        mark for mark in found if not mark.is_run and mark.step is None and is_rival(mark.name)
    ]
    return max(rivals, key=lambda mark: mark.value, default=None)


def clause(found: Sequence[Mark]) -> str:
    """Return what a finished run adds to its best baseline, to stand behind its gain.

    Empty without a baseline, and for a run that goes on.
    """
    run, rival = next((mark for mark in found if mark.is_run), None), best_rival(found)
    if rival is None or run is None or run.step is not None:
        return ""
    ahead = points(rival.value, run.value)
    if abs(ahead) < _WORTH_SAYING_POINTS:
        return f"no more than {rival.name} alone"
    return f"{abs(ahead):.1f} {'more' if ahead > 0 else 'less'} than {rival.name} alone"


def reading(found: Sequence[Mark]) -> str:
    """Return how to read the ruler, without its first three words."""
    run, rival = next(mark for mark in found if mark.is_run), best_rival(found)
    sentences = ["each dot is the target mIoU of one training"]
    if any(mark.others for mark in found):
        sentences[0] += ", a small one that of another seed"
    meant = [f"{mark.name} is {_MEANT[mark.name]}" for mark in found if mark.name in _MEANT]
    sentences += [first_upper("; ".join(meant))] if meant else []
    if rival is not None and run.step is None:
        ends = f"from {percent(rival.value)} to {percent(run.value)} %"
        sentences.append(
            f"The method itself stands for the way from {rival.name} to this run: {ends}"
        )
    so_far = [f"{mark.name} (step {mark.step:,})" for mark in found if mark.step is not None]
    sentences += [f"Not at its last step: {listing(so_far)}"] if so_far else []
    return f"{'. '.join(sentences)}."


def missing(path: Path, *, is_finished: bool) -> str:
    """Return what a page says where a gain has nothing to be held against."""
    when = "type" if is_finished else "once it has finished, type"
    return f"Not compared with a baseline yet; {when} {command(path)}"


def command(path: Path) -> str:
    """Return what to type to compare the run in a folder."""
    return f"python -m spcl ablate {shlex.quote(str(path.absolute()))}"
