"""Say which measures predict the target's mIoU, over many trainings: a table and a picture.

    python -m scripts.measures_and_miou FOLDER... [-o PICTURE.png] [--since STEP]

Each folder holds the runs of one pair of domains, as `python -m spcl ablate --runs FOLDER` leaves
them. Two questions are kept apart: does a measure order the snapshots of a training (the median
rank correlation over the trainings, and their lowest), and does it order the trainings by how they
ended (one rank correlation over the runs)? Needs Chromium for the picture.
"""

import argparse
from pathlib import Path

import pandas as pd

from dashboard.charts.common import Card
from dashboard.charts.paper.agreement import agreement_figure
from dashboard.figures.browser import Browser
from dashboard.figures.sheet import PAGE_WIDTH, sheet_of
from dashboard.text.captions import caption
from dashboard.text.common import signed
from spcl.analysis.measures.agreement import (
    KEYS,
    LEAST,
    agreement_between_runs,
    agreement_with_iou,
    measures_beside_iou,
)
from spcl.analysis.measures.snapshot import separability
from spcl.store.reader import Run
from spcl.store.schema import RUN_FILE

DRAWN = (
    "margin_mean", "nearest_prototype_accuracy", "knn_purity",
    "domain_gap", "kept_share", "compactness",
)  # fmt: skip
"""Measures that need no labels of the target, each a panel."""


def read(folder: Path, since: int) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Return the points of each run in a folder, and the agreement within each of them."""
    points, within = [], []
    for path in sorted(file.parent for file in folder.glob(f"*/{RUN_FILE}")):
        run = Run(path)
        if run.info().status != "finished":
            continue  # its end is not yet what the others' ends are
        table = separability(run)
        points.append(measures_beside_iou(run, table))
        within.append(agreement_with_iou(run, table, since=since).assign(run=path.name))
    return points, pd.concat(within) if within else pd.DataFrame()


def summary(pair: str, points: list[pd.DataFrame], within: pd.DataFrame) -> pd.DataFrame:
    """Return a row a measure: its agreement between the runs, and within them."""
    between = agreement_between_runs(points).set_index(KEYS)
    found = pd.DataFrame({"between runs": between["correlation"], "runs": between["runs"]})
    if len(within):
        each = within.groupby(KEYS, dropna=False)["correlation"]
        found = found.join(
            pd.DataFrame({"within, median": each.median(), "lowest": each.min()}), how="outer"
        )
    return found.reset_index().assign(pair=pair)


def _without_labels(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the target, or of no domain, that a person without labels could have."""
    of_target = table["domain"].isna() | table["domain"].isin(["target", "both"])
    return table[of_target & (table["labels"].isna() | (table["labels"] == "pseudo"))]


def draw(points: pd.DataFrame, table: pd.DataFrame, file: Path) -> None:
    """Write the picture: a panel a measure by pseudo label, on the target or of all."""
    shown = _without_labels(points).assign(panel=lambda table: table["measure"])
    titles = {name: caption(name).title for name in DRAWN if name in set(shown["measure"])}
    ends = _without_labels(table).dropna(subset="between runs").groupby("measure")
    told = {name: [f"{row['pair']} {signed(row['between runs'], 2)}" for _, row in mine.iterrows()]
            for name, mine in ends}  # fmt: skip
    notes = {name: ", ".join(told.get(name, ())) for name in titles}
    figure = agreement_figure(shown, titles, notes, dark=False)
    card = Card("Target mIoU against measures that need no labels", "%", figure, key=(
        "A line a training, through its snapshots to its end, the dot. Numbers: rank correlation "
        "of the ends."))  # fmt: skip
    runs = points["run"].nunique()
    with Browser() as browser:
        browser.show(sheet_of(card, inches=PAGE_WIDTH, provenance=f"{runs} trainings"))
        browser.png().save(file, optimize=True)
    print(file)


def main() -> None:
    """Print the table of every folder, and draw the picture if one is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--since", type=int, default=0, help="first step that counts within a run")
    given = parser.parse_args()
    tables, points = [], []
    for folder in given.folders:
        found, within = read(folder, given.since)
        tables.append(summary(folder.name, found, within))
        points += [table.assign(pair=folder.name) for table in found]
        if len(found) < LEAST:
            print(f"{folder} has {len(found)} runs; {LEAST} are the fewest that have an order")
    table = pd.concat(tables)
    with pd.option_context("display.width", 200, "display.max_rows", None):
        print(table.sort_values(["pair", "between runs"], ascending=[True, False]).to_string())
    if given.output:
        draw(pd.concat(points), table, given.output)


if __name__ == "__main__":
    main()
