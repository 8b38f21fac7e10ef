import numpy as np

from dashboard.charts.map import ClassCount, PixelRow, count_bars, pixel_rows
from dashboard.data.map.shown import inside


def test_inside_a_square_and_a_notched_shape():
    places = np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 1.5], [np.nan, 0.5]])
    square = [[0, 0], [1, 0], [1, 1], [0, 1]]
    assert inside(square, places).tolist() == [True, False, False, False]
    notched = [[0, 0], [2, 0], [2, 2], [1, 0.6], [0, 2]]
    points = np.array([[1.0, 0.3], [1.0, 1.0], [0.2, 1.0]])
    assert inside(notched, points).tolist() == [True, False, True]


def test_inside_agrees_with_sampling_a_circle():
    random = np.random.default_rng(0)
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    places = random.uniform(-1.5, 1.5, (2000, 2))
    distance = np.linalg.norm(places, axis=1)
    clear = np.abs(distance - 1) > 0.01
    assert np.array_equal(inside(circle, places)[clear], distance[clear] < 1)


def test_text_from_files_is_escaped():
    html = pixel_rows([PixelRow("a", (("<script>", "", False),))], ["<b>"], dark=False)
    assert "<script>" not in html
    assert "<b>" not in html.replace("</b>", "").split("</style>")[1]
    assert "&lt;img" in count_bars([ClassCount("<img", "#000000", 1, 2)])
