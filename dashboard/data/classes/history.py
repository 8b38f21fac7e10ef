"""One class over the steps: its scores, its pseudo labels, its margin and its prototype."""

from dataclasses import dataclass

import pandas as pd

from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from spcl.store.classes import IGNORE_INDEX, ClassInfo
from spcl.store.schema import DOMAINS

Series = dict[int, float]
"""Step -> value, ascending, finite values alone."""
_NUM_RIVALS = 2


@dataclass(frozen=True)
class Rival:
    """Another class whose prototype takes pixels of this one.

    Attributes:
        name: its name.
        share: of this class's target pixels that lie nearest to its prototype now, in [0, 1].
        before: the same before adaptation; NaN if unknown.
    """

    name: str
    share: float
    before: float


@dataclass(frozen=True)
class ClassHistory:
    """One class up to the step shown.

    Attributes:
        iou: domain -> IoU in [0, 1].
        kept: share of the target pixels predicted as the class that are kept as pseudo labels.
        right: share of those kept that agree with the truth; empty without labels.
        margin: domain -> mean margin, a difference of cosines.
        labels: "truth" or "pseudo": what gives the target pixels their class in `margin`.
        drift: 1 - cosine of its prototype to the one before adaptation.
        rivals: those that take most of its target pixels now, most first.
        distances: name of another class -> 1 - cosine to its prototype; the nearest ones now.
        pixels: probe pixels of the target that have the class, by truth where there is any.
    """

    iou: dict[str, Series]
    kept: Series
    right: Series
    margin: dict[str, Series]
    labels: str
    drift: Series
    rivals: tuple[Rival, ...]
    distances: dict[str, Series]
    pixels: int


def class_history(opened: OpenedRun, info: ClassInfo) -> ClassHistory:
    """Return what is recorded and measured of a class up to the step shown."""
    step = opened.step or 0
    rows = recorded.measures_about(opened.run, info.name)
    rows = rows[rows["step"] <= step]
    own = rows[rows["class"] == info.name]
    labels = "truth" if _has_truth(opened) else "pseudo"
    here = own[own["labels"].isna() | (own["labels"] == labels)]

    def of(measure: str, domain: str | None = None, among: pd.DataFrame = own) -> Series:
        chosen = among[among["measure"] == measure]
        return _series(chosen if domain is None else chosen[chosen["domain"] == domain])

    margins = {
        "source": of("margin_mean", "source", own[own["labels"] != "pseudo"]),
        "target": of("margin_mean", "target", here),
    }
    return ClassHistory(
        iou=_iou(opened, info),
        kept=of("kept_share", "target"),
        right=of("pseudo_accuracy", "target"),
        margin={domain: series for domain, series in margins.items() if series},
        labels=labels,
        drift=of("prototype_drift"),
        rivals=_rivals(here, info.name, step, opened.compared_step),
        distances=_distances(rows, info.name, step),
        pixels=_num_pixels(opened, info, step),
    )


def _has_truth(opened: OpenedRun) -> bool:
    pixels = recorded.pixels(opened.path)
    return bool((pixels["class_id"][pixels["domain"] == 1] != IGNORE_INDEX).any())


def _iou(opened: OpenedRun, info: ClassInfo) -> dict[str, Series]:
    frame = recorded.iou_frame(opened.path, tuple(opened.steps), opened.names)
    mine = frame[(frame["class"] == info.name) & (frame["step"] <= (opened.step or 0))]
    mine = mine.rename(columns={"iou": "value"})
    found = {domain: _series(mine[mine["domain"] == domain]) for domain in DOMAINS}
    return {domain: series for domain, series in found.items() if series}


def _series(rows: pd.DataFrame) -> Series:
    known = rows[rows["value"].notna()].sort_values("step")
    return dict(zip(known["step"].astype(int), known["value"].astype(float), strict=True))


def _rivals(rows: pd.DataFrame, name: str, step: int, before: int | None) -> tuple[Rival, ...]:
    shares = rows[
        (rows["measure"] == "nearest_prototype_share")
        & (rows["domain"] == "target")
        & (rows["rival"] != name)
    ]
    then = shares[shares["step"] == before]
    known = dict(zip(then["rival"], then["value"].astype(float), strict=True))
    now = shares[(shares["step"] == step) & (shares["value"] > 0)]
    now = now.sort_values("value", ascending=False, kind="stable").head(_NUM_RIVALS)
    return tuple(
        Rival(str(rival), float(share), known.get(rival, 0.0 if len(then) else float("nan")))
        for rival, share in zip(now["rival"], now["value"], strict=True)
    )


def _distances(rows: pd.DataFrame, name: str, step: int) -> dict[str, Series]:
    """Return 1 - cosine to the prototypes that are nearest at `step`, nearest first."""
    cosines = rows[(rows["measure"] == "prototype_cosine") & rows["value"].notna()]
    other = cosines["rival"].where(cosines["class"] == name, cosines["class"])
    cosines = cosines.assign(other=other, value=1 - cosines["value"])
    now = cosines[cosines["step"] == step].sort_values("value", kind="stable")
    nearest = [str(one) for one in now["other"].head(_NUM_RIVALS)]
    return {one: _series(cosines[cosines["other"] == one]) for one in nearest}


def _num_pixels(opened: OpenedRun, info: ClassInfo, step: int) -> int:
    pixels = recorded.pixels(opened.path)
    ids = pixels["class_id"]
    if not _has_truth(opened):
        ids = recorded.predictions(opened.path, step)["class_id"]
    return int(((ids == info.id) & (pixels["domain"] == 1)).sum())
