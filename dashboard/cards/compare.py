"""The cards of the Compare page: classes by difference, and the curves of all runs."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from dashboard.charts.common import Card
from dashboard.charts.compare import Curves, curves_figure, differences_figure
from dashboard.data.compared import Contender
from dashboard.data.opened_run import OpenedRun
from dashboard.text import compare as words
from spcl.store.compared.paired import Paired
from spcl.store.compared.sides import Group
from spcl.store.counts import per_class_iou
from spcl.store.schema import Domain


def classes(
    opened: OpenedRun,
    groups: Sequence[Group],
    paired: Paired,
    letters: Sequence[str],
    *,
    dark: bool,
) -> Card:
    """Return the difference of each class, with its interval."""
    target = opened.info.domain_name("target")
    first, second = (_per_class(group) for group in groups[:2])
    table = words.class_table(list(opened.displays.values()), paired, first, second)
    title, unit = f"By how much {letters[1]} is better on {target}", "IoU, points"
    if table.empty:
        return Card(title, unit, awaited="No class has a score in both.")
    reading = words.class_reading(
        table, over=paired.over, of=paired.of, first=letters[0], second=letters[1]
    )
    figure = differences_figure(table, unit=f"{letters[1]} − {letters[0]}, points", dark=dark)
    return Card(title, unit, figure, reading=reading, numbers=table)


def _per_class(group: Group) -> list[float]:
    """Return the IoU of each class, averaged over the runs of a group that have it."""
    tables = [side.scores["target"] for side in group.sides]
    rows = np.array([per_class_iou(table.confusion) for table in tables if table is not None])
    known = np.isfinite(rows)
    sums, counts = np.where(known, rows, 0).sum(0), known.sum(0)
    return [float(s / n) if n else math.nan for s, n in zip(sums, counts, strict=True)]


def curves(
    opened: OpenedRun,
    groups: Sequence[Group],
    contenders: Sequence[Contender],
    letters: Sequence[str],
    *,
    axis: str,
    dark: bool,
) -> Card:
    """Return target mIoU of all runs on one axis; of the source where the target has no labels."""
    by_side = {id(one.side): one for one in contenders}
    members = [[by_side[id(side)] for side in group.sides] for group in groups]
    has_target = any(side.scores["target"] is not None for group in groups for side in group.sides)
    domain: Domain = "target" if has_target else "source"
    drawn = [
        Curves(letter, [_curve(one, domain, axis) for one in group])
        for letter, group in zip(letters, members, strict=True)
    ]
    title = f"mIoU on {opened.info.domain_name(domain)}"
    rows = [
        (curve.name, run.info.id, x, value)
        for curve, group in zip(drawn, members, strict=True)
        for run, values in zip(group, curve.runs, strict=True)
        for x, value in values.items()
    ]
    if not rows:
        return Card(title, "%", awaited="No snapshot of these runs has a score.")
    seeds = any(len(curve.runs) > 1 for curve in drawn)
    reading = (
        "the bold line is the mean over the seeds, thin lines are the runs, and the band goes "
        "from the lowest to the highest."
        if seeds
        else "each dot is a snapshot; the grey line is the run that the others are held against."
    )
    return Card(
        title,
        "%",
        curves_figure(drawn, title=words.AXES[axis], dark=dark),
        reading=reading,
        numbers=pd.DataFrame(rows, columns=["group", "run", axis, "miou"]),
    )


def _curve(one: Contender, domain: str, axis: str) -> dict[float, float]:
    """Return x -> mean IoU in percent of the snapshots that have both."""
    frame = one.mean_iou
    mean = frame[frame["class"].isna() & (frame["domain"] == domain) & frame["iou"].notna()]
    values = dict(zip(mean["step"].astype(int), 100 * mean["iou"].astype(float), strict=True))
    if axis == "updates":
        before = one.info.before_step
        return {} if before is None else {s - before: v for s, v in values.items() if s >= before}
    if axis == "hours":
        return {one.hours[step]: value for step, value in values.items() if step in one.hours}
    return {float(step): value for step, value in values.items()}
