"""Rows and sentences of the nearest rivals: three readings side by side."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.text.separability import labels_used, shown

RIVALS = {
    "By prototype": "rival_by_prototype",
    "By margin": "rival_by_margin",
    "By confusion": "rival_by_confusion",
}
"""Three readings of "nearest rival", which may disagree."""


def rival_table(
    measures: pd.DataFrame, step: int, *, names: Sequence[str], display: Mapping[str, str]
) -> pd.DataFrame:
    """Return the nearest rival of each class at the target in three readings, as text.

    Classes whose readings disagree come first; empty before there are prototypes.
    """
    here = measures[(measures["step"] == step) & measures["measure"].isin(list(RIVALS.values()))]
    labels = labels_used(measures, "target")
    here = here[here["domain"].isna() | (here["domain"] == "target")]
    here = here[here["labels"].isna() | (here["labels"] == labels)]
    found = {
        (str(row["class"]), str(row["measure"])): (str(row["rival"]), float(row["value"]))
        for _, row in here.iterrows()
    }
    rows: list[tuple[int, list[str]]] = []
    for name in names:
        mine = [found.get((name, measure)) for measure in RIVALS.values()]
        if any(mine):
            rivals = {one[0] for one in mine if one}
            cells = [_rival(one, m, display) for one, m in zip(mine, RIVALS.values(), strict=True)]
            rows.append((-len(rivals), [display[name], *cells]))
    rows.sort(key=lambda row: row[0])
    return pd.DataFrame([cells for _, cells in rows], columns=["Class", *RIVALS])


def _rival(one: tuple[str, float] | None, measure: str, display: Mapping[str, str]) -> str:
    return f"{display[one[0]]} {shown(measure, one[1])}" if one else "none"


def rival_reading(table: pd.DataFrame) -> str:
    """Return the caption of the rivals with how often the readings disagree."""
    split = sum(
        len({cell.rsplit(" ", 1)[0] for cell in row if cell != "none"}) > 1
        for row in table[list(RIVALS)].to_numpy()
    )
    return (
        "by prototype is a cosine, the others are % of the class's pixels. "
        f"For {split} of {len(table)} classes the three do not agree: prototypes can lie close "
        "without pixels being mixed, and the classifier can mix what the features keep apart."
    )
