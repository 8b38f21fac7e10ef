"""The arms of a comparison as tables: for a terminal, and as rows for CSV and LaTeX."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from rich import box
from rich.table import Column, Table
from rich.text import Text

from spcl.ablation.scores import ArmScore, by_arm
from spcl.commands.arms.separability import MEASURES
from spcl.commands.arms.summary import Line
from spcl.store.baselines.statistics import Statistics
from spcl.store.compared.words import points

CSV_COLUMNS = (
    *("arm", "seeds", "statistics", "images", "mean_iou", "spread", "gap_closed"),
    *("change", "low", "high", *MEASURES, "seconds"),
)
_SHORT = {
    "nearest_prototype_accuracy": "nearest\nproto.",
    "purity_to_source": "purity\nt→s",
    "domain_gap": "domain\ngap",
    "margin": "margin",
}


def summary_table(lines: Sequence[Line], *, against: str) -> Table:
    """Return one row an arm that fits a terminal of 100 columns."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("arm", overflow="fold")
    headings = ("stat.\nof", "mIoU %", "gap\nclosed", f"against {against}\n(95 % interval)")
    for heading in (*headings, *_SHORT.values(), "s"):
        table.add_column(Text(heading), justify="left" if heading == "stat.\nof" else "right",
                         no_wrap=True)  # fmt: skip
    for line in lines:
        table.add_row(*(Text(cell) for cell in summary_cells(line)))
    return table


def summary_cells(line: Line) -> list[str]:
    """Return a row for people: "–" stands for what is not known or makes no sense."""
    spread = f" ± {100 * line.spread:.1f}" if math.isfinite(line.spread) else ""
    closed = "–" if line.gap_closed is None else f"{100 * line.gap_closed:.0f} %"
    return [
        line.name,
        line.statistics or "–",
        f"{100 * line.mean:.1f}{spread}",
        closed,
        _change(line),
        *(_three(line.separability[name]) for name in MEASURES),
        "–" if line.seconds is None else f"{line.seconds:.0f}",
    ]


def _change(line: Line) -> str:
    if line.paired is None:
        return "–"
    one = line.paired.mean_iou
    interval = f" ({points(one.low)} to {points(one.high)})" if math.isfinite(one.low) else ""
    return f"{points(one.value)}{interval}"


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def csv_rows(lines: Sequence[Line]) -> Iterator[tuple[Any, ...]]:
    """Yield the names of the columns, then a row an arm; IoU in percent, "" for unknown."""
    classes = tuple(lines[0].scores[0].baseline.per_class_iou)
    yield (*CSV_COLUMNS, *(f"iou {name}" for name in classes))
    for line in lines:
        change = line.paired.mean_iou if line.paired else None
        per_class = class_means(line.scores)
        yield (
            line.name,
            " ".join(str(score.seed) for score in line.scores),
            line.statistics or "",
            line.scores[0].baseline.num_images,
            *_percents(line.mean, line.spread, line.gap_closed),
            *_percents(*((change.value, change.low, change.high) if change else (None,) * 3)),
            *(_rounded(line.separability[name], 4) for name in MEASURES),
            _rounded(line.seconds, 1),
            *_percents(*(per_class[name] for name in classes)),
        )


def _percents(*values: float | None) -> list[float | str]:
    return [_rounded(None if value is None else 100 * value, 2) for value in values]


def _rounded(value: float | None, digits: int) -> float | str:
    return "" if value is None or not math.isfinite(value) else round(value, digits)


LATEX_HEADER = (
    *("Arm", "Statistics", "mIoU", "Gap closed", "Change (95 % interval)"),
    *("Nearest prototype", "Purity", "Domain gap", "Margin", "Seconds"),
)


def class_means(scores: Sequence[ArmScore]) -> dict[str, float | None]:
    """Return the IoU of each class, the mean over the seeds that have it, in [0, 1]."""
    names = scores[0].baseline.per_class_iou
    return {name: _mean([one.baseline.per_class_iou[name] for one in scores]) for name in names}


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def class_tables(
    scores: Sequence[ArmScore], *, width: int, change: tuple[str, str] | None = None
) -> Iterator[Table]:
    """Yield tables of IoU in %, classes by arms: as many arms in each as the width takes.

    With several seeds there is a row with the standard deviation of the mean IoU. With `change` =
    (reference, result) there is one table, whose last column is their difference in points.
    """
    arms = by_arm(scores)
    first = 3 + max(len(name) for name in ("mean of classes that occur", *class_means(scores)))
    blocks: list[list[str]] = [[]]
    for name in arms:
        used = first + sum(3 + max(8, len(arm)) for arm in (*blocks[-1], name))
        if blocks[-1] and used > width and change is None:
            blocks.append([])
        blocks[-1].append(name)
    for block in blocks:
        yield _class_table({name: arms[name] for name in block}, change=change)


def _class_table(
    arms: Mapping[str, Sequence[ArmScore]], *, change: tuple[str, str] | None
) -> Table:
    columns = [f"{change[1]} - {change[0]}"] if change else []
    table = Table("IoU %, target/val", *(Column(Text(name)) for name in arms), *columns)
    by_class = {name: class_means(rows) for name, rows in arms.items()}
    for name in next(iter(by_class.values())):
        _add_row(table, name, {arm: means[name] for arm, means in by_class.items()}, change)
    table.add_section()
    means = {arm: _mean([one.mean_iou for one in rows]) for arm, rows in arms.items()}
    _add_row(table, "mean", means, change)
    occurring = {
        arm: _mean([one.baseline.mean_iou_of_occurring for one in rows])
        for arm, rows in arms.items()
    }
    if occurring != means:
        _add_row(table, "mean of classes that occur", occurring, change)
    if any(len(rows) > 1 for rows in arms.values()):
        table.add_row("std over seeds", *(_spread(rows) for rows in arms.values()))
    table.add_row("statistics of the", *(_statistics(rows) or "–" for rows in arms.values()))
    return table


def _add_row(
    table: Table,
    name: str,
    values: Mapping[str, float | None],
    change: tuple[str, str] | None,
) -> None:
    shown = {arm: None if one is None else round(100 * one, 1) for arm, one in values.items()}
    cells = ["absent" if one is None else f"{one:.1f}" for one in shown.values()]
    if change is not None:
        before, after = shown[change[0]], shown[change[1]]
        cells.append("" if before is None or after is None else f"{after - before:+.1f}")
    table.add_row(Text(name), *cells)


def _spread(rows: Sequence[ArmScore]) -> str:
    return f"± {100 * np.std([one.mean_iou for one in rows], ddof=1):.1f}" if len(rows) > 1 else ""


def _statistics(rows: Sequence[ArmScore]) -> Statistics | None:
    found = {one.statistics for one in rows}
    return found.pop() if len(found) == 1 else None
