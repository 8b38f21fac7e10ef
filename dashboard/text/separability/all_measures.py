"""The table of all measures of a step: what each is, its value, its change, which way is better."""

from collections.abc import Mapping

import pandas as pd

from dashboard.text.captions import Caption, caption
from spcl.store.names import FAILED

ALL_CLASSES = "All classes"
COLUMNS = (
    *("Measure", "Class", "Value", "Change", "Better", "Domain", "Labels", "Against", "Unit"),
    *("Formula", "Key"),
)
_KEYS = ["measure", "class", "domain", "labels", "rival"]
_LABELS = {"truth": "truth", "pseudo": "pseudo label"}
_DIAGONAL = "high is good on the diagonal"
_BETTER = {"high": "higher", "low": "lower", "neither": "neither"}


def measure_table(
    measures: pd.DataFrame,
    *,
    step: int,
    before: int | None,
    displays: Mapping[str, str],
    domains: Mapping[str, str],
) -> pd.DataFrame:
    """Return every measure of a step, a row each with the columns `COLUMNS`.

    Rows stand in the order of the analysis; a number that is not known is NaN, a text "".

    Args:
        measures: step, class, domain, labels, measure, value, rival; one row a key.
        step: the snapshot shown.
        before: the snapshot to compare with; None where nothing is compared.
        displays: class name -> display name.
        domains: "source" and "target" -> display name.
    """
    here = measures[(measures["step"] == step) & (measures["measure"] != FAILED)]
    descriptions = {key: described(str(key)) for key in here["measure"].unique()}

    def of(attribute: str) -> pd.Series:
        words = {key: getattr(description, attribute) for key, description in descriptions.items()}
        return here["measure"].map(words)

    columns = {
        "Measure": of("title"),
        "Class": here["class"].map(displays).fillna(ALL_CLASSES),
        "Against": here["rival"].map(displays).fillna(""),
        "Domain": here["domain"].map(domain_names(domains)).fillna(""),
        "Labels": here["labels"].map(_LABELS).fillna(""),
        "Value": here["value"],
        "Change": here["value"] - _values_at(measures, before, here),
        "Better": of("good")
        .map(_BETTER)
        .fillna("")
        .where(of("good") != _DIAGONAL, _on_diagonal(here)),
        "Unit": of("unit"),
        "Formula": of("formula"),
        "Key": here["measure"],
    }
    return pd.DataFrame(columns, columns=list(COLUMNS)).reset_index(drop=True)


def _on_diagonal(rows: pd.DataFrame) -> pd.Series:
    """Return which way is better for shares of a class: higher for its own, lower for others."""
    return (rows["class"] == rows["rival"]).map({True: "higher", False: "lower"})


def described(measure: str) -> Caption:
    """Return the description of a measure; one that a newer program wrote has its key only."""
    try:
        return caption(measure)
    except KeyError:
        return Caption(title=measure, says="", formula="", unit="", good="", misleads="")


def domain_names(domains: Mapping[str, str]) -> dict[str, str]:
    """Return what people call the domain of a measure, by its name in the file."""
    source, target = domains["source"], domains["target"]
    return {
        "source": source,
        "target": target,
        "mixed": f"{source} and {target} pooled",
        "both": f"{source} against {target}",
    }


def _values_at(measures: pd.DataFrame, step: int | None, rows: pd.DataFrame) -> pd.Series:
    """Return the value that each of `rows` had at a step, NaN where it had none."""
    then = measures[measures["step"] == step]
    values = dict(zip(_keys(then), then["value"], strict=True))
    return pd.Series([values.get(key, float("nan")) for key in _keys(rows)], index=rows.index)


def _keys(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(zip(*(rows[key] for key in _KEYS), strict=True))


def chosen_rows(table: pd.DataFrame, *, domain: str | None, class_name: str | None) -> pd.DataFrame:
    """Return the rows of a domain and of a class, by their display names; None chooses all."""
    chosen = pd.Series(True, index=table.index)
    if domain is not None:
        chosen &= table["Domain"] == domain
    if class_name is not None:
        chosen &= (table["Class"] == class_name) | (table["Against"] == class_name)
    return table[chosen]


def reading(table: pd.DataFrame) -> str:
    """Return the caption of the table with one number of it."""
    text = (
        "each row is one measure of one class, in its own unit; click a column header to sort. "
        "By pseudo label, a pixel belongs to the class that the network predicts for it."
    )
    known = table.dropna(subset=["Change"])
    known = known[known["Better"].isin(["higher", "lower"]) & (known["Domain"] != "")]
    if known.empty:
        return text
    first = known.iloc[0]
    return (
        f"{text} For example, {first['Measure'].lower()} of {first['Class'].lower()} on "
        f"{first['Domain']} is {first['Value']:.2f}, {first['Change']:+.2f} since before "
        f"adaptation; {first['Better']} is better."
    )


def file_name(run_id: str, step: int) -> str:
    """Return what the table is called as a file."""
    return f"{run_id}-step-{step}-measures.csv"
