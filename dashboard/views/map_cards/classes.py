"""The legend of the map: what it says of each class, and the selection of its pixels."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts.map import share_bars
from dashboard.colors import mark_color
from dashboard.components.class_legend.class_legend import Told
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels import chosen
from dashboard.style import dark
from dashboard.text import map as words
from dashboard.text.pixels import kept_reading, rival_words
from dashboard.views.common import card, how_to_read


def told(opened: OpenedRun, measures: pd.DataFrame, step: int) -> Mapping[str, Told]:
    """Return what the legend says of each class: points, share near its own prototype, rival."""
    of_class = map_data.point_classes(opened, step)
    shares = words.at(measures, opened.step or 0, "nearest_prototype_share")
    shares = shares[shares["domain"] == "target"]
    found = {}
    for info in opened.classes:
        mine = shares[shares["class"] == info.name]
        own = mine[mine["rival"] == info.name]["value"]
        others = mine[mine["rival"] != info.name].sort_values("value", ascending=False)
        rival = None if others.empty else others.iloc[0]
        found[info.name] = Told(
            count=f"{int((of_class == info.id).sum()):,}",
            own=float(own.iloc[0]) if len(own) else None,
            rival=""
            if rival is None
            else rival_words(opened.displays[str(rival["rival"])], float(rival["value"])),
        )
    return found


def select(opened: OpenedRun, name: str, step: int) -> None:
    """Select the pixels of a class."""
    class_id = opened.names.index(name)
    chosen.choose(opened, np.flatnonzero(map_data.point_classes(opened, step) == class_id), "set")


def changed_card(opened: OpenedRun, measures: pd.DataFrame) -> None:
    """Draw the classes by how much their neighbourhood changed since before adaptation."""
    rows = words.at(measures, opened.step or 0, "neighbors_kept")
    rows = rows[(rows["domain"] == "target") & rows["class"].notna()].sort_values("value")
    colors = {
        info.name: mark_color(info, opened.selection.palette, dark()) for info in opened.classes
    }
    with card("Whose neighbours changed most", "ten nearest kept"):
        if rows.empty:
            st.caption("Not measured at this step.")
            return
        kept = [(str(one["class"]), float(one["value"])) for _, one in rows.iterrows()]
        st.html(share_bars([(opened.displays[name], colors[name], share) for name, share in kept]))
        named = [(opened.displays[name], share) for name, share in kept]
        how_to_read(kept_reading(named, opened.info.domain_name("target")))
