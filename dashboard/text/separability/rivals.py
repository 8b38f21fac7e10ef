"""Rows and sentences of the nearest rivals, asked in three ways."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.text.separability.classes import labels_used, shown

RIVALS = {
    "By prototype": "rival_by_prototype",
    "By margin": "rival_by_margin",
    "By confusion": "rival_by_confusion",
}
"""Three ways to ask for the nearest rival, which may disagree."""


def rival_table(
    measures: pd.DataFrame, step: int, *, names: Sequence[str], display: Mapping[str, str]
) -> pd.DataFrame:
    """Return the nearest rival of each class on the target in three ways, as text.

    Classes with the most different answers come first; empty before there are prototypes.
    """
    here = measures[(measures["step"] == step) & measures["measure"].isin(list(RIVALS.values()))]
    labels = labels_used(measures, "target")
    here = here[here["domain"].isna() | (here["domain"] == "target")]
    here = here[here["labels"].isna() | (here["labels"] == labels)]
    rivals_of = {
        (str(row["class"]), str(row["measure"])): (str(row["rival"]), float(row["value"]))
        for _, row in here.iterrows()
    }
    rows: list[tuple[int, list[str]]] = []
    for name in names:
        answers = [rivals_of.get((name, measure)) for measure in RIVALS.values()]
        if any(answers):
            rivals = {one[0] for one in answers if one}
            cells = [
                _rival(one, m, display) for one, m in zip(answers, RIVALS.values(), strict=True)
            ]
            rows.append((-len(rivals), [display[name], *cells]))
    rows.sort(key=lambda row: row[0])
    return pd.DataFrame([cells for _, cells in rows], columns=["Class", *RIVALS])


def pair_of_cell(
    table: pd.DataFrame, row: int, column: str, display: Mapping[str, str]
) -> tuple[str, str | None]:
    """Return the class of a cell and the rival it names, by their names; None for no rival.

    Args:
        table: what `rival_table` returned.
        row: of the cell.
        column: of the cell.
        display: class -> display name.
    """
    names = {shown: name for name, shown in display.items()}
    rival = str(table.iloc[row][column]).rsplit(" ", 1)[0] if column in RIVALS else None
    return names[str(table.iloc[row]["Class"])], None if rival is None else names.get(rival)


def _rival(one: tuple[str, float] | None, measure: str, display: Mapping[str, str]) -> str:
    return f"{display[one[0]]} {shown(measure, one[1])}" if one else "none"


def rival_reading(table: pd.DataFrame) -> str:
    """Return the caption of the rivals with how often the three answers differ."""
    answers = [
        [cell.rsplit(" ", 1)[0] for cell in row if cell != "none"]
        for row in table[list(RIVALS)].to_numpy()
    ]
    split = sum(len(set(rivals)) > 1 for rivals in answers)
    whole = sum(len(rivals) == len(RIVALS) for rivals in answers)
    scale = "by prototype is a cosine, the other two are % of the class's pixels."
    if not split and whole == len(table) > 1:
        return f"{scale} The three agree for all {len(table)} classes."
    if not split:
        return f"{scale} Where there are several answers, they agree."
    return (
        f"{scale} For {split} of {len(table)} classes the three do not agree: prototypes can lie "
        "close while their pixels do not mix, and the classifier can confuse what the features "
        "keep apart."
    )
