"""Figure of mIoU against measures: which of them tell how good a training is, and where."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import colors
from dashboard.charts.common import base, text_of

_COLUMNS = 3
_PANEL_HEIGHT = 190


def agreement_figure(
    points: pd.DataFrame, titles: Mapping[str, str], notes: Mapping[str, str], *, dark: bool
) -> go.Figure:
    """Return a panel a measure: mIoU in percent over its value, a thin line a training.

    A line goes through the snapshots of one training; its last one is a dot. Pairs of data sets
    differ in color; the first stands out.

    Args:
        points: columns panel, pair, run, step, value and mean_iou in [0, 1].
        titles: panel -> its title, in the order of the panels.
        notes: panel -> what is said below its title, such as its rank correlations.
        dark: whether the page is dark.
    """
    rows = -(-len(titles) // _COLUMNS)
    heads = [f"<b>{text_of(t)}</b><br>{text_of(notes.get(name, ''))}" for name, t in titles.items()]
    figure = make_subplots(
        rows, min(_COLUMNS, len(titles)), subplot_titles=heads, vertical_spacing=0.42 / rows,
        horizontal_spacing=0.06, shared_yaxes=True,
    )  # fmt: skip
    inks = _inks(list(dict.fromkeys(points["pair"])), dark)
    for place, name in enumerate(titles):
        row, column = divmod(place, _COLUMNS)
        for (pair, _), mine in points[points["panel"] == name].groupby(["pair", "run"]):
            line = mine.sort_values("step")
            iou = 100 * line["mean_iou"]
            sizes = [0] * (len(line) - 1) + [7]
            figure.add_scatter(
                x=line["value"], y=iou, mode="lines+markers", row=row + 1, col=column + 1,
                line={"color": inks[str(pair)], "width": 1}, opacity=0.75,
                marker={"color": inks[str(pair)], "size": sizes, "line": {"width": 0}},
            )  # fmt: skip
    base(
        figure, dark, height=rows * _PANEL_HEIGHT + 20, margin={"l": 40, "r": 12, "t": 48, "b": 24}
    )
    figure.update_annotations(font={"size": 12, "color": colors.INK_2[dark]})
    figure.update_xaxes(showgrid=False, zeroline=False, nticks=4)
    figure.update_yaxes(gridcolor=colors.BORDER[dark], zeroline=False, nticks=4)
    return figure


def _inks(pairs: Sequence[str], dark: bool) -> dict[str, str]:
    inks = (colors.BETTER[dark], colors.WORSE_MARK[dark], colors.INK_3[dark])
    return {pair: inks[min(place, len(inks) - 1)] for place, pair in enumerate(pairs)}
