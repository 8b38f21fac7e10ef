"""Heat maps of where in the image errors stand, before and now on one scale."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from dashboard import colors
from dashboard.charts.common import base


def errors_figure(
    now: NDArray[np.float64], before: NDArray[np.float64] | None, *, aspect: float, dark: bool
) -> go.Figure:
    """Return the share of wrong pixels by place, in percent.

    Args:
        now: share of wrong pixels of each cell, (rows, columns), NaN where none counts.
        before: the same before adaptation, drawn at the left; None where nothing is compared.
        aspect: width of the images over their height.
        dark: whether the page is dark.
    """
    maps = {"now": now} if before is None else {"before": before, "now": now}
    figure = make_subplots(1, len(maps), horizontal_spacing=0.03)
    most = max(
        (float(np.nanmax(one)) for one in maps.values() if np.isfinite(one).any()), default=0
    )
    ramp = colors.SEQUENTIAL[dark]
    for i, (when, shares) in enumerate(maps.items()):
        figure.add_trace(
            go.Heatmap(
                z=100 * shares,
                zmin=0,
                zmax=max(100 * most, 1.0),
                colorscale=[[k / (len(ramp) - 1), color] for k, color in enumerate(ramp)],
                showscale=i == len(maps) - 1,
                colorbar={"thickness": 8, "outlinewidth": 0, "ticksuffix": " %", "nticks": 5},
                hoverongaps=False,
                hovertemplate=f"{when}: %{{z:.1f}} % of the pixels here are wrong<extra></extra>",
            ),
            row=1,
            col=i + 1,
        )
        figure.add_annotation(
            text=f"<b>{when}</b>", x=0, y=1, xref="x domain", yref="y domain", xanchor="left",
            yanchor="bottom", showarrow=False, row=1, col=i + 1,
        )  # fmt: skip
    width = 1040 / len(maps)
    height = int(min(440.0, max(140.0, width / max(aspect, 0.5))))
    base(figure, dark, height=height + 32, margin={"l": 0, "r": 8, "t": 24, "b": 8})
    figure.update_yaxes(autorange="reversed", visible=False)
    figure.update_xaxes(visible=False)
    return figure
