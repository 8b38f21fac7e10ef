import plotly.graph_objects as go

from dashboard.charts.larger import larger


def figure() -> go.Figure:
    shown = go.Figure(
        go.Scatter(
            x=[1, 2],
            y=[3, 4],
            text=["a", "b"],
            textfont={"size": 12},
            marker={"size": [6, 8], "line": {"width": 2}},
            line={"width": 3},
        )
    )
    shown.update_layout(
        height=200,
        width=640,
        margin={"l": 10, "r": 0, "t": 4, "b": 20},
        font={"size": 13, "family": "x"},
        xaxis={"range": [0, 100], "tickfont": {"size": 12}},
        annotations=[{"text": "a", "x": 1, "font": {"size": 14}, "xshift": 6}],
    )
    return shown


def test_letters_marks_lines_and_heights_grow_and_what_is_measured_stays() -> None:
    before = figure()
    shown = larger(before, 1.5)
    trace, layout = shown.data[0], shown.layout
    assert (trace.textfont.size, trace.line.width, trace.marker.line.width) == (18, 4.5, 3)
    assert list(trace.marker.size) == [9, 12]
    assert (layout.height, layout.margin.l, layout.font.size) == (300, 15, 19.5)
    assert (layout.annotations[0].font.size, layout.annotations[0].xshift) == (21, 9)
    assert layout.xaxis.tickfont.size == 18
    assert (list(trace.x), list(trace.y), list(layout.xaxis.range)) == ([1, 2], [3, 4], [0, 100])
    assert layout.width == 640
    assert before == figure(), "the figure itself is left alone"


def test_no_letter_is_smaller_than_asked_for() -> None:
    shown = larger(go.Figure(figure()).update_traces(textfont={"size": 9}), 1.5, smallest=18)
    assert shown.data[0].textfont.size == 18
    assert shown.layout.font.size == 19.5
    assert list(shown.data[0].marker.size) == [9, 12], "marks are no letters"
