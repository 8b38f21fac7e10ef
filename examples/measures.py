"""Read a run's measures without the dashboard: print a table and draw a chart.

    python examples/measures.py RUN_DIR [PICTURE.html]

Prints which measures rise and fall with the target's mIoU over the snapshots, and charts the margin
of each class.
"""

import sys
from pathlib import Path

import plotly.express as px

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a checkout, nothing installed

from spcl.analysis import Run, separability
from spcl.analysis.measures.agreement import agreement_with_iou


def main(run_dir: str, picture: str = "margins.html") -> None:
    """Print the rank correlations of a run and write the chart to `picture`."""
    run = Run.open(Path(run_dir))
    table = separability(run)
    for since in (0, run.info().before_step or 0):
        print(f"Rank correlation with the target's mIoU, from step {since} on")
        print(agreement_with_iou(run, table, since=since).to_string(index=False))
    margins = table.query("measure == 'margin_mean' and domain == 'target' and labels == 'truth'")
    figure = px.line(margins.dropna(subset="class"), x="step", y="value", color="class")
    figure.update_layout(title=f"Margin on target, {run.info().title}", yaxis_title="cosine")
    figure.write_html(picture)
    print(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
