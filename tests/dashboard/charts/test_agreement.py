"""The picture of mIoU against measures."""

import pandas as pd

from dashboard.charts.paper.agreement import agreement_figure


def test_a_line_a_training_in_each_panel_that_ends_in_a_dot():
    points = pd.DataFrame(
        [(panel, pair, f"{pair} {seed}", step, step / 100, 0.3 + seed / 10)
         for panel in ("margin", "gap") for pair in ("streets", "<b>") for seed in (0, 1)
         for step in (40, 0)],
        columns=["panel", "pair", "run", "step", "value", "mean_iou"],
    )  # fmt: skip
    titles = {"margin": "Margin", "gap": "A & B"}
    figure = agreement_figure(points, titles, {"gap": "<b> +0.10"}, dark=False)
    assert len(figure.data) == 8
    for trace in figure.data:
        assert list(trace.x) == [0, 0.4]
        assert list(trace.marker.size)[0] == 0 < list(trace.marker.size)[1]
    assert {round(value) for trace in figure.data for value in trace.y} == {30, 40}
    assert len({trace.line.color for trace in figure.data}) == 2
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert texts == ["<b>Margin</b><br>", "<b>A &amp; B</b><br>&lt;b&gt; +0.10"]
