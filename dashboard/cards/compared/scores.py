"""The cards of the Compare page: classes by difference, and the curves of all runs."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.charts.common import Card
from dashboard.charts.compare import Curves, curves_figure, differences_figure
from dashboard.data import recorded
from dashboard.data.compared.runs import Contender
from dashboard.data.opened_run import OpenedRun
from dashboard.text.compared import words
from dashboard.text.separability import classes as separability
from dashboard.text.separability.classes import labels_used, values_by_class
from spcl.store.compared.paired import Paired, value_over_seeds
from spcl.store.compared.sides import Group, pairs_of
from spcl.store.compared.table import iou_of_both
from spcl.store.schema import Domain

IOU = "iou"
MEASURES = {"IoU": IOU, **separability.MEASURES}
"""What classes and curves may be compared by; for each of them high is good."""
Members = Sequence[Sequence[Contender]]
"""The runs of each group."""


def members_of(groups: Sequence[Group], contenders: Sequence[Contender]) -> Members:
    """Return the runs of each group."""
    by_side = {id(one.side): one for one in contenders}
    return [[by_side[id(side)] for side in group.sides] for group in groups]


def classes(
    opened: OpenedRun,
    groups: Sequence[Group],
    paired: Paired,
    letters: Sequence[str],
    *,
    dark: bool,
) -> Card:
    """Return the difference in IoU of each class, with its interval."""
    (_, *first), (_, *second) = iou_of_both(groups[0], groups[1], "target")
    table = words.class_table(list(opened.displays.values()), paired.per_class, first, second)
    spread = (paired.over, paired.of)
    return _classes(opened, table, "IoU", words.PERCENT, spread, letters, dark=dark)


def measured_classes(
    opened: OpenedRun,
    groups: Sequence[Group],
    members: Members,
    measure: str,
    letters: Sequence[str],
    *,
    dark: bool,
) -> Card:
    """Return the difference of each class in a measure of separability, from run to run."""
    scale = words.PERCENT if separability.is_share(measure) else words.PLAIN
    values = {id(one.side): _by_class(one, measure) for group in members[:2] for one in group}
    pairs = pairs_of(groups[0], groups[1])
    firsts, seconds, changes = [], [], []
    for name in opened.names:
        ones = [values[id(a)].get(name, math.nan) for a, _ in pairs]
        others = [values[id(b)].get(name, math.nan) for _, b in pairs]
        firsts.append(sum(ones) / len(ones))
        seconds.append(sum(others) / len(others))
        changes.append(value_over_seeds([b - a for a, b in zip(ones, others, strict=True)]))
    table = words.class_table(list(opened.displays.values()), changes, firsts, seconds, scale)
    title = next(label for label, key in MEASURES.items() if key == measure)
    return _classes(opened, table, title, scale, ("seeds", len(pairs)), letters, dark=dark)


def _classes(
    opened: OpenedRun,
    table: pd.DataFrame,
    title: str,
    scale: words.Scale,
    spread: tuple[str, int],
    letters: Sequence[str],
    *,
    dark: bool,
) -> Card:
    target = opened.info.domain_name("target")
    said, unit = f"By how much {letters[1]} is better on {target}", f"{title}, {scale.unit}"
    if table.empty:
        return Card(said, unit, awaited="No class has a value in both.")
    over, of = spread
    reading = words.class_reading(
        table, over=over, of=of, first=letters[0], second=letters[1], scale=scale
    )
    axis = f"{letters[1]} − {letters[0]}, {scale.unit}"
    figure = differences_figure(table, unit=axis, dark=dark, digits=scale.digits)
    return Card(said, unit, figure, reading=reading, numbers=table)


def _by_class(one: Contender, measure: str) -> Mapping[str, float]:
    """Return the value of each class on the target at the snapshot compared."""
    frame = recorded.measures_frame(one.run, at=[one.side.step])
    found = values_by_class(frame, measure, "target", labels_used(frame, "target"))
    return {name: steps[one.side.step] for name, steps in found.items() if one.side.step in steps}


def curves(
    opened: OpenedRun,
    members: Members,
    letters: Sequence[str],
    *,
    measure: str,
    axis: str,
    dark: bool,
) -> Card:
    """Return a measure of all runs on one axis: mIoU, or the mean over the classes.

    It is that of the target; mIoU is that of the source where the target has no labels.
    """
    is_iou = measure == IOU
    is_percent = is_iou or separability.is_share(measure)
    domain: Domain = "target" if not is_iou or _has_target(members) else "source"
    factor = 100 if is_percent else 1
    drawn = [
        Curves(letter, [_curve(one, measure, domain, axis, factor) for one in group])
        for letter, group in zip(letters, members, strict=True)
    ]
    title = "mIoU" if is_iou else next(k for k, v in MEASURES.items() if v == measure)
    title = f"{title} on {opened.info.domain_name(domain)}"
    rows = [
        (curve.name, run.info.id, x, value)
        for curve, group in zip(drawn, members, strict=True)
        for run, values in zip(group, curve.runs, strict=True)
        for x, value in values.items()
    ]
    unit = "%" if is_percent else ""
    if not rows:
        return Card(title, unit, awaited="No snapshot of these runs has a value.")
    seeds = any(len(curve.runs) > 1 for curve in drawn)
    return Card(
        title,
        unit,
        curves_figure(drawn, title=words.AXES[axis], dark=dark, suffix=" %" if is_percent else ""),
        reading=words.curves_reading(of_classes=not is_iou, seeds=seeds),
        numbers=pd.DataFrame(rows, columns=["group", "run", axis, measure]),
    )


def _has_target(members: Members) -> bool:
    return any(one.side.scores["target"] is not None for group in members for one in group)


def _curve(
    one: Contender, measure: str, domain: Domain, axis: str, factor: float
) -> dict[float, float]:
    """Return x -> value of the snapshots that have both."""
    by_step = _miou(one, domain) if measure == IOU else _mean_of_classes(one, measure)
    values = {step: factor * value for step, value in by_step.items()}
    if axis == "updates":
        before = one.info.before_step
        return {} if before is None else {s - before: v for s, v in values.items() if s >= before}
    if axis == "hours":
        return {one.hours[step]: value for step, value in values.items() if step in one.hours}
    return {float(step): value for step, value in values.items()}


def _miou(one: Contender, domain: Domain) -> dict[int, float]:
    frame = one.mean_iou
    mean = frame[frame["class"].isna() & (frame["domain"] == domain) & frame["iou"].notna()]
    return dict(zip(mean["step"].astype(int), mean["iou"].astype(float), strict=True))


def _mean_of_classes(one: Contender, measure: str) -> dict[int, float]:
    frame = recorded.measures_frame(one.run, over=[measure])
    found = values_by_class(frame, measure, "target", labels_used(frame, "target"))
    steps = sorted({step for values in found.values() for step in values})
    by_step = {s: [values[s] for values in found.values() if s in values] for s in steps}
    return {step: sum(values) / len(values) for step, values in by_step.items()}
