import numpy as np
import pandas as pd
import pytest

from dashboard.charts.map import ClassCount, PixelRow, count_bars, pixel_rows
from dashboard.data.map import inside
from dashboard.text.map import headline, nearer_sentence, quality_words

NAMES = {"road": "Road", "person": "Person", "rider": "Rider"}


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


def shares(*rows):
    columns = ["step", "measure", "labels", "domain", "class", "rival", "value"]
    table = [(40, "nearest_prototype_share", "truth", "target", *row) for row in rows]
    return pd.DataFrame(table, columns=columns)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "Nothing stands out yet: 3 snapshots recorded"),
        (
            [("road", "road", 0.9), ("road", "person", 0.1)],
            "All 1 classes of dusk keep to their own prototype",
        ),
        (
            [("rider", "person", 0.4), ("rider", "rider", 0.6), ("road", "road", 1.0)],
            "1 of 2 classes keeps together; rider and person overlap at dusk",
        ),
    ],
)
def test_headline_says_what_overlaps_most(rows, expected):
    found = headline(shares(*rows), 40, names=NAMES, target="dusk", num_snapshots=3)
    assert found == expected


def test_nearer_sentence_counts_in_hundreds():
    text = nearer_sentence(0.243, target="dusk", own="Rider", rival="Person")
    assert text.startswith("24 of 100 dusk rider pixels here are nearer to the person prototype")


def test_text_from_files_is_escaped():
    html = pixel_rows([PixelRow("a", (("<script>", "", False),))], ["<b>"], dark=False)
    assert "<script>" not in html
    assert "<b>" not in html.replace("</b>", "").split("</style>")[1]
    assert "&lt;img" in count_bars([ClassCount("<img", "#000000", 1, 2)])


def test_a_map_says_how_far_it_can_be_trusted_in_every_respect_that_was_measured():
    known = {"trustworthiness": 0.978, "preservation": 0.41, "stability": 0.997}
    title, more = quality_words("umap", known)
    assert title == "Map quality 0.98"
    assert "of this UMAP projection" in more
    assert "41 % of each pixel's nearest neighbours" in more
    assert "changed least moved by 0.3 % of the width" in more
    assert "moved" not in quality_words("umap", {**known, "stability": None})[1]
    assert quality_words("pca", {}) == ("Map", "(a PCA projection).")
