"""The cards about scores: mIoU over the steps, the class strip, the ruler, the calibration."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dashboard.charts import live as pictures
from dashboard.charts.calibration import reliability_diagram
from dashboard.charts.common import Card, Look
from dashboard.charts.paper.scores import miou_figure
from dashboard.charts.ruler import ruler
from dashboard.data import recorded
from dashboard.data.classes.chosen import chosen_class
from dashboard.data.masks.changes import reliability
from dashboard.data.masks.reports import Reliability
from dashboard.data.opened_run import OpenedRun
from dashboard.text.absent import NO_CONFIDENCE, lacks
from dashboard.text.live.strip import miou_reading, strip_reading
from dashboard.text.most import MOST_CLASSES
from dashboard.text.scores import baselines, calibration
from dashboard.text.scores.baselines import Mark
from spcl.store.errors import StoreError
from spcl.store.scores.whole import is_whole


def marks_of(opened: OpenedRun) -> tuple[Mark, ...]:
    """Return the run among its baselines; empty where no gain is claimed or nothing compared."""
    before, now = target_mean(opened, opened.compared_step), target_mean(opened, opened.step)
    if math.isnan(before) or math.isnan(now):
        return ()
    try:
        found = recorded.baselines(opened.run)
    except StoreError:
        return ()
    if not found:
        return ()
    is_final = opened.step == opened.info.total_steps
    step = None if is_final else opened.step
    return baselines.marks(found, before=before, now=now, seed=opened.info.seed, step=step)


def target_mean(opened: OpenedRun, step: int | None) -> float:
    """Return the mean IoU on the whole target split at a step, in [0, 1]; NaN if unknown."""
    if step is None:
        return math.nan
    scored = recorded.scores(opened.path, step).get("target") or {}
    mean = scored.get("mean_iou") if is_whole(scored) else None
    return math.nan if mean is None else float(mean)


def ruler_card(found: Sequence[Mark], *, dark: bool) -> Card:
    """Return the run among its baselines."""
    title, unit = "Against simpler methods", "target mIoU, %"
    if not any(map(baselines.is_baseline, found)):
        return Card(title, unit, awaited="The run is not compared with a baseline yet.")
    rows = [
        (mark.name, value, "run" if mark.is_run else "baseline", value == mark.value)
        for mark in found
        for value in (mark.value, *mark.others)
    ]
    return Card(
        title,
        unit,
        html=ruler(found, dark=dark),
        reading=baselines.reading(found),
        numbers=pd.DataFrame(rows, columns=["name", "mean_iou", "kind", "same_seed"]),
    )


def miou_card(opened: OpenedRun, found: Sequence[Mark], look: Look) -> Card:
    """Return mIoU over the steps in both domains, beside what the run is compared with."""
    iou = recorded.iou_frame(opened.path, tuple(opened.steps), opened.names)
    means = iou[iou["class"].isna() & (iou["step"] <= (opened.step or 0)) & iou["iou"].notna()]
    title, unit = "mIoU over the steps", "%"
    if means.empty:
        return Card(title, unit, awaited="Appears with the first scores.")
    names = {domain: opened.info.domain_name(domain) for domain in ("source", "target")}
    curves = {
        name: dict(zip(rows["step"].tolist(), rows["iou"].tolist(), strict=True))
        for domain, name in names.items()
        if len(rows := means[means["domain"] == domain])
    }
    strong = next(reversed(curves))
    beside = [(mark.name, mark.value) for mark in found if baselines.is_baseline(mark)]
    return Card(
        title,
        unit,
        miou_figure(curves, beside, strong=strong, before=opened.before, dark=look.dark),
        reading=miou_reading(strong, curves[strong], opened.compared_step),
        numbers=means[["step", "domain", "iou"]]
        .rename(columns={"iou": "mean_iou"})
        .reset_index(drop=True),
    )


def strip_title(opened: OpenedRun, iou: pd.DataFrame) -> str:
    """Return what the class strip shows of this run."""
    return _strip_values(opened, iou)[1]


def strip_card(
    opened: OpenedRun,
    iou: pd.DataFrame,
    swatches: Sequence[str],
    *,
    by_change: bool,
    dark: bool,
    links: Mapping[str, str] | None = None,
) -> Card:
    """Return classes x steps, coloured by change since before or by level.

    Args:
        opened: the run, at a step.
        iou: step, domain, class, iou of the snapshots.
        swatches: colours of the classes in the masks, in id order.
        by_change: whether the colour says the change since the first cell.
        dark: whether the page is dark.
        links: class name -> where its row leads; None where no row leads anywhere.
    """
    frame, title = _strip_values(opened, iou)
    first = opened.compared_step
    known, last = set(frame["step"]), opened.step or 0
    steps = [s for s in sorted(known) if s <= last and (first is None or s >= first)]
    if not steps:
        return Card(title, awaited="This fills in with the first scores.")
    steps = pictures.thinned(steps)
    frame = frame[frame["step"].isin(steps)]
    by_name = dict(zip(opened.names, swatches, strict=True))
    info = chosen_class(opened)
    rows = pictures.strip_rows(
        frame, opened.displays, by_name, links or {}, chosen=info.name if info else None
    )
    if len(rows) > MOST_CLASSES:
        rows = pictures.worst_first(rows, by_change=by_change)
    example = max(rows, key=lambda one: (one.change == one.change, one.change))
    reading = strip_reading(
        example.name, example.change, steps[0], steps[-1], by_change, pictures.FALLEN_POINTS
    )
    return Card(
        title,
        key=f"{len(rows)} classes, worst first." if len(rows) > MOST_CLASSES else "",
        html=pictures.class_strip(rows, steps, by_change=by_change, dark=dark),
        reading=reading,
        numbers=frame[["class", "step", "value"]].reset_index(drop=True),
    )


def _strip_values(opened: OpenedRun, iou: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return step, class, value: IoU on the target; without labels what was kept, else source."""
    scored = iou.dropna(subset=["class"]).rename(columns={"iou": "value"})
    target = scored[scored["domain"] == "target"]
    if len(target):
        return target, f"IoU by class on {opened.info.domain_name('target')}"
    measures = recorded.measures_frame(opened.run, over=("kept_share",))
    kept = measures[measures["class"].notna()]
    if len(kept):
        return kept, "Pseudo labels kept, by class"
    source = scored[scored["domain"] == "source"]
    return source, f"IoU by class on {opened.info.domain_name('source')}"


def calibration_curves(
    opened: OpenedRun, step: int
) -> tuple[Reliability | None, Reliability | None]:
    """Return the target's curves now and before; None where there is no report or no label."""
    return reliability(opened.path, step, "target") or (None, None)


def calibration_card(opened: OpenedRun, step: int, *, dark: bool, narrow: bool = False) -> Card:
    """Return the reliability diagram of the target, before and now."""
    target = opened.info.domain_name("target")
    unit = f"all labelled pixels of the {target} images"
    now, before = calibration_curves(opened, step)
    if now is None:
        is_reported = reliability(opened.path, step, "target") is not None
        awaited = calibration.no_labels(target) if is_reported else calibration.no_report(step)
        if lacks(opened.info, "confidence"):
            awaited = NO_CONFIDENCE
        return Card(calibration.TITLE, unit, awaited=awaited)
    curves: dict[str, Reliability] = (
        {"now": now} if before is None else {"before": before, "now": now}
    )
    return Card(
        calibration.TITLE,
        unit,
        html=reliability_diagram(now, before, dark=dark, narrow=narrow),
        key=calibration.key(has_before=before is not None),
        reading=calibration.reading(now),
        numbers=_bins(curves),
    )


def _bins(curves: Mapping[str, Reliability]) -> pd.DataFrame:
    tables = [
        pd.DataFrame(
            {
                "curve": name,
                "bin_from": np.arange(len(curve.pixels)) / len(curve.pixels),
                "pixels": curve.pixels,
                "confidence": curve.confidence,
                "accuracy": curve.accuracy,
            }
        )
        for name, curve in curves.items()
    ]
    return pd.concat(tables, ignore_index=True)
