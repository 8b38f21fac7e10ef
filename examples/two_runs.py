"""Put the last snapshots of two runs on one map, and print which classes they see differently.

    python examples/two_runs.py RUN_DIR RUN_DIR [PICTURE.html]

Both runs must have the same probe pixels: the same data, classes and record settings. The table is
computed in the full feature space; the map is only for looking at. Circles are source pixels, discs
target pixels, diamonds prototypes; zooming into one half zooms into the other.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a checkout, nothing installed

from spcl.analysis.formulas.neighbors import neighbors_kept
from spcl.analysis.maps.joint import JointLayout, joint_layout
from spcl.analysis.measures.table import Context, context_of
from spcl.store.reader import Run


def main(one_dir: str, other_dir: str, picture: str = "two_runs.html") -> None:
    """Print the share of neighbours kept per class and write the map to `picture`."""
    runs = [Run.open(Path(folder)) for folder in (one_dir, other_dir)]
    steps = [run.steps()[-1] for run in runs]
    layout = joint_layout(runs, steps)
    context = context_of(runs[0])
    one, other = (run.snapshot(step).features for run, step in zip(runs, steps, strict=True))
    print("Share of a pixel's nearest neighbours that are the same in both runs, in [0, 1]")
    kept = pd.DataFrame({"class": class_names(context), "share": neighbors_kept(one, other)})
    print(kept.groupby("class")["share"].mean().sort_values().round(3).to_string())
    draw(runs, steps, layout, context).write_html(picture)
    print(picture)


def class_names(context: Context) -> list[str]:
    """Return the name of every pixel's class."""
    return [(*context.names, "no label")[min(k, len(context.names))] for k in context.truth]


def draw(runs: list[Run], steps: list[int], layout: JointLayout, context: Context) -> go.Figure:
    """Return a figure with one map per run, on the same axes."""
    titles = [
        f"{run.path.name}, step {step}, trustworthiness {measured.trustworthiness:.2f}"
        for run, step, measured in zip(runs, steps, layout.quality, strict=True)
    ]
    figure = make_subplots(1, 2, subplot_titles=titles, horizontal_spacing=0.02)
    for column, (pixels, prototypes) in enumerate(
        zip(layout.pixels, layout.prototypes, strict=True), start=1
    ):
        for trace in traces(runs[0], pixels, prototypes, context):
            figure.add_trace(trace.update(showlegend=column == 1 and trace.showlegend), 1, column)
    figure.update_xaxes(matches="x", visible=False)
    figure.update_yaxes(matches="y", scaleanchor="x", visible=False)
    return figure.update_layout(template="plotly_white", legend={"itemsizing": "constant"})


def traces(
    run: Run, pixels: np.ndarray, prototypes: np.ndarray, context: Context
) -> Iterator[go.Scattergl]:
    """Yield the points of each class: source pixels, target pixels, prototype."""
    for k, info in enumerate(run.info().label_space.classes):
        color = "rgb({}, {}, {})".format(*info.color)
        for domain, symbol in enumerate(("circle-open", "circle")):
            x, y = pixels[(context.truth == k) & (context.domain == domain)].T
            marker = {"color": color, "symbol": symbol, "size": 4, "opacity": 0.6}
            yield go.Scattergl(
                x=x, y=y, name=info.display, legendgroup=info.name, mode="markers",
                marker=marker, showlegend=domain == 1,
            )  # fmt: skip
        marker = {"color": color, "symbol": "diamond", "size": 12, "line": {"width": 1.5}}
        yield go.Scattergl(
            x=prototypes[k, :1], y=prototypes[k, 1:], name=info.display, legendgroup=info.name,
            mode="markers+text", text=info.display, textposition="top center",
            marker=marker, showlegend=False,
        )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
