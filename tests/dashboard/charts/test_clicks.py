"""Clear marks that tell what a click on a cell or a bar means."""

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.clicks import bar_to_click, cells_to_click


def test_each_cell_that_says_something_tells_its_two_classes() -> None:
    values = np.array([[np.nan, 20.0], [5.0, np.nan]])
    heat = go.Heatmap(z=values, text=[["80", "20"], ["", ""]])
    figure = cells_to_click(
        go.Figure(heat), names=["a", "b"], displays=["A", "B"], way="nearest to"
    )
    marks = figure.data[-1]
    cells = list(zip(marks.y, marks.x, [tuple(one) for one in marks.customdata], strict=True))
    assert cells == [(0, 1, ("a", "b")), (1, 0, ("b", "a")), (0, 0, ("a", "a"))]
    assert marks.text[0] == "A nearest to b: show these pixels"
    assert marks.marker.opacity == marks.unselected.marker.opacity == 0


def test_of_a_large_table_the_strongest_cells_can_be_clicked() -> None:
    values = np.arange(60.0 * 60).reshape(60, 60)
    heat = go.Heatmap(z=values, text=np.full((60, 60), "").tolist())
    names = [str(i) for i in range(60)]
    marks = cells_to_click(go.Figure(heat), names=names, displays=names, way="and").data[-1]
    assert len(marks.x) == 2500
    assert (marks.y[0], marks.x[0]) == (59, 59)


def test_a_bar_can_be_clicked_along_its_whole_length() -> None:
    figure = go.Figure()
    bar_to_click(figure, 100, 300, 2, spacing=50, data=(100, "car"))
    marks = figure.data[0]
    assert list(marks.x) == [100, 140, 180, 220, 260, 300]
    assert {tuple(one) for one in marks.customdata} == {(100, "car")}
