"""Say which of some runs is better, where, and how sure that is.

The first run is what the others are held against. Runs that only their seed tells apart are one
group. The page /compare of the dashboard shows the same with curves and masks.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from spcl.commands.line.tables import table_console, write_csv, write_text
from spcl.errors import UserError
from spcl.store.baselines.statistics import Statistics, statistics_of, statistics_words
from spcl.store.compared.paired import Difference, Paired
from spcl.store.compared.settings import Difference as Setting
from spcl.store.compared.settings import differences
from spcl.store.compared.sides import (
    Group,
    Side,
    compared,
    grouped,
    read_side,
    require_one_label_space,
    unlike_splits,
)
from spcl.store.compared.table import COLUMNS, latex_of, rows_of
from spcl.store.compared.words import answer, points, scoring, sureness
from spcl.store.errors import StoreError
from spcl.store.formats.text import one_line
from spcl.store.reader import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="two or more run folders")
    parser.add_argument("--step", type=int, help="snapshot to compare (the latest of each run)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the classes as CSV")
    parser.add_argument("--latex", type=Path, metavar="FILE", help="write them as a LaTeX table")


def run(arguments: argparse.Namespace) -> int:
    """Print the answer, the classes and what was set differently."""
    places = [path.resolve() for path in arguments.runs]
    if len(set(places)) < max(2, len(places)):
        raise UserError("name two or more different runs, the one to compare with first")
    try:
        sides = [read_side(Run.open(path), arguments.step) for path in arguments.runs]
        require_one_label_space(sides)
    except StoreError as error:
        raise UserError(str(error)) from None
    groups = grouped(sides)
    settings = differences([group.first.info for group in groups])
    found = [(group, compared(groups[0], group)) for group in groups[1:]]
    _write(arguments, groups[0], found)
    if arguments.json:
        print(json.dumps(_as_json(groups[0], found, settings), allow_nan=False))
    else:
        _print(groups[0], found, settings)
    return 0


Found = Sequence[tuple[Group, Paired | None]]


def _write(arguments: argparse.Namespace, first: Group, found: Found) -> None:
    """Write the classes of the first comparison that has labels."""
    if not (arguments.csv or arguments.latex):
        return
    labeled = next(((group, paired) for group, paired in found if paired is not None), None)
    if labeled is None:
        unlike = next((why for group, _ in found if (why := unlike_splits(first, group))), "")
        without = "the target has no labels in these runs, so there is no table to write"
        raise UserError(unlike or without)
    rows = list(rows_of(first, *labeled))
    if arguments.csv:
        write_csv(arguments.csv, [COLUMNS, *rows])
    if arguments.latex:
        caption = f"{_answer(first, *labeled)}. {sureness(labeled[1])}"
        write_text(arguments.latex, latex_of(rows, caption=caption))


def _print(first: Group, found: Found, settings: Sequence[Setting]) -> None:
    console = table_console()
    for group, paired in found:
        if paired is None:
            why = unlike_splits(first, group) or (
                f"{group.name} and {first.name} cannot be compared by score: the target has "
                "no labels in one of them."
            )
            console.print(why, markup=False)
            continue
        console.print(f"{_answer(first, group, paired)}.", style="bold", markup=False)
        console.print(sureness(paired), markup=False)
        console.print(_read_with(first.first, group.first), markup=False)
        said = scoring(first.first.scored, group.first.scored)
        if said:
            console.print(said, markup=False)
        console.print(_table(first, group, paired))
    console.print(_settings_table([first, *(group for group, _ in found)], settings))


def _read_with(first: Side, second: Side) -> str:
    """Say whose batch-norm statistics both were read with."""
    one, other = (statistics_words(_statistics(side)) for side in (first, second))
    if one == other:
        return f"Both are read with {one}."
    return f"The first is read with {one}, the second with {other}."


def _statistics(side: Side) -> Statistics | None:
    return statistics_of(side.info, side.step)


def _answer(first: Group, group: Group, paired: Paired) -> str:
    info = first.first.info
    return answer(
        paired,
        first=first.name,
        second=group.name,
        domain=info.domain_name("target"),
        names=[one.display for one in info.label_space.classes],
    )


def _table(first: Group, group: Group, paired: Paired) -> Table:
    table = Table(
        "IoU %, target/val",
        Column(Text(first.name)),
        Column(Text(group.name)),
        "change",
        "interval",
    )
    rows = list(rows_of(first, group, paired))
    for row in rows:
        if row is rows[-1]:
            table.add_section()
        table.add_row(*(Text(cell) for cell in _cells(row)))
    return table


def _cells(row: tuple[Any, ...]) -> Iterator[str]:
    name, one, other, change, low, high = row
    yield name
    yield from ("" if value == "" else f"{value:.1f}" for value in (one, other))
    yield points(change / 100) if change != "" else ""
    yield f"{points(low / 100)} to {points(high / 100)}" if low != "" else ""


def _settings_table(groups: Sequence[Group], settings: Sequence[Setting]) -> Table | str:
    if not settings:
        return "Their settings are the same."
    names = (Column(Text(group.name)) for group in groups)
    table = Table("setting", *names, "changes what is learnt")
    for one in settings:
        cells = (
            Text(one_line(cell, 200), style="dim" if default else "")
            for cell, default in zip(one.cells, one.defaults, strict=True)
        )
        table.add_row(Text(one_line(one.key, 200)), *cells, "yes" if one.changes_training else "no")
    return table


def _as_json(first: Group, found: Found, settings: Sequence[Setting]) -> dict[str, Any]:
    return {
        "first": _group_json(first),
        "others": [
            {
                **_group_json(group),
                "answer": None if paired is None else _answer(first, group, paired),
                "target": None if paired is None else _paired_json(first, paired),
            }
            for group, paired in found
        ],
        "settings": [
            {"key": one.key, "values": list(one.values), "defaults": list(one.defaults)}
            for one in settings
        ],
    }


def _group_json(group: Group) -> dict[str, Any]:
    return {"name": group.name, "runs": [_side_json(side) for side in group.sides]}


def _side_json(side: Side) -> dict[str, Any]:
    target = side.scores["target"]
    return {
        "id": side.info.id,
        "seed": side.info.seed,
        "step": side.step,
        "scored": side.scored or None,
        "statistics": _statistics(side),
        "target_mean_iou": None if target is None else target.mean_iou,
    }


def _paired_json(first: Group, paired: Paired) -> dict[str, Any]:
    names = first.first.info.label_space.names
    return {
        "mean_iou": _difference_json(paired.mean_iou),
        "classes": {
            name: _difference_json(one) for name, one in zip(names, paired.per_class, strict=True)
        },
        "interval_over": paired.over,
        "interval_of": paired.of,
        "better_images": paired.better,
        "worse_images": paired.worse,
        "images": paired.num_images,
    }


def _difference_json(one: Difference) -> dict[str, float | None]:
    values = {"difference": one.value, "low": one.low, "high": one.high}
    return {name: value if value == value else None for name, value in values.items()}
