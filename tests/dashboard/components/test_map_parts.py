"""Pure parts of the map's browser code, by value."""

import math
from typing import Any

import numpy as np
import pytest

from tests.dashboard.components.test_pure_parts import Evaluate, evaluate

pytestmark = pytest.mark.browser
__all__ = ["evaluate"]  # a fixture

DENSITY = "feature_map/drawing/density.js"


def _inside(rings: list[list[list[float]]], place: tuple[float, float]) -> bool:
    """Return whether a place lies in an odd number of rings."""
    x, y = place
    odd = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


def test_a_line_of_density_holds_the_share_of_points_it_says(evaluate: Evaluate) -> None:
    random = np.random.default_rng(0)
    places = np.concatenate(
        [random.normal((0, 0), 900, (600, 2)), random.normal((9000, 4000), 500, (400, 2))]
    )
    rings = evaluate(DENSITY, "m.densityLines(places, [0.5, 0.9])", places=places.tolist())
    for share, lines in zip((0.5, 0.9), rings, strict=True):
        assert all(line[0] == line[-1] for line in lines), "a line is open"
        held = sum(_inside(lines, (x, y)) for x, y in places) / len(places)
        assert held == pytest.approx(share, abs=0.06)


def test_few_points_have_no_density(evaluate: Evaluate) -> None:
    assert evaluate(DENSITY, "m.densityLines([[0, 0], [1, 1]], [0.5])") == [[]]


def test_points_in_one_place_do_not_hang(evaluate: Evaluate) -> None:
    found = evaluate(DENSITY, "m.densityLines(Array(50).fill([7, 7]), [0.5])")
    assert len(found) == 1


def test_a_contour_runs_around_the_hill_at_its_height(evaluate: Evaluate) -> None:
    call = "m.contours(Float64Array.from(values), 3, 0.5)"
    (ring,) = evaluate(DENSITY, call, values=[0, 0, 0, 0, 1, 0, 0, 0, 0])
    assert sorted(ring[:-1]) == [[0.5, 1], [1, 0.5], [1, 1.5], [1.5, 1]]
    assert ring[0] == ring[-1]


def test_a_saddle_becomes_two_lines(evaluate: Evaluate) -> None:
    call = "m.contours(Float64Array.from(values), 2, 0.5).length"
    assert evaluate(DENSITY, call, values=[1, 0, 0, 1]) == 2


def test_a_cell_takes_the_majority_and_one_point_makes_none(evaluate: Evaluate) -> None:
    call = "m.regionCells(places, nearest)"
    places = [[0, 0], [1, 1], [2, 0], [56_000, 0], [30_000, 9]]
    cells = evaluate("feature_map/drawing/regions.js", call, places=places, nearest=[4, 4, 2, 1, 1])
    assert [(cell["winner"], round(cell["share"], 3)) for cell in cells] == [(4, round(2 / 3, 3))]
    assert cells[0]["side"] == 1000
    nothing = evaluate("feature_map/drawing/regions.js", call, places=places, nearest=[-1] * 5)
    assert nothing == []


CLASSES = [{"name": name, "shown": True} for name in ("road", "car", "sky")]


@pytest.mark.parametrize(
    ("call", "hidden", "told"),
    [
        ("m.toggled(classes, 'car')", (), ["road", "sky"]),
        ("m.toggled(classes, 'car')", ("car",), []),
        ("m.toggled(classes, 'car')", ("road", "sky"), []),
        ("m.isolated(classes, 'car')", (), ["car"]),
        ("m.isolated(classes, 'car')", ("car", "sky"), ["car"]),
        ("m.isolated(classes, 'car')", ("road", "sky"), []),
    ],
)
def test_a_class_is_hidden_and_left_alone(
    evaluate: Evaluate, call: str, hidden: tuple[str, ...], told: list[str]
) -> None:
    classes = [{**one, "shown": one["name"] not in hidden} for one in CLASSES]
    assert evaluate("class_legend/visible.js", call, classes=classes) == told


def test_classes_are_counted_for_who_hears_the_page(evaluate: Evaluate) -> None:
    rows = {
        "shown": [1, 1, 1, 0, 1],
        "class_id": [0, 0, 1, 1, 255],
        "domain": [0, 1, 1, 1, 1],
        "strong": [1, 0, 1, 1, 1],
        "predicted": [0, 1, 1, 1, 0],
    }
    found = evaluate("feature_map/around/key.js", "m.countClasses(rows, 2, true)", rows=rows)
    assert found == [[1, 1, 1, 1], [0, 1, 1, 1]]
    assert (
        evaluate("feature_map/around/key.js", "m.countClasses(rows, 2, false)[0][2]", rows=rows)
        == 0
    )


@pytest.mark.parametrize(("width", "zoom"), [(64, 4), (256, 3.375), (512, 1.6875), (2048, 1)])
def test_a_crop_shows_about_as_much_of_any_image(
    evaluate: Evaluate, width: int, zoom: float
) -> None:
    assert evaluate("feature_map/around/hover.js", "m.cropZoom(width)", width=width) == zoom


def test_an_area_holds_the_pixels_it_touches(evaluate: Evaluate) -> None:
    call = "m.between([8.2, 3.9], [1.5, 7.1])"
    area = evaluate("image_area/area.js", call)
    assert area == {"top": 3, "left": 1, "bottom": 8, "right": 9}


def test_points_keep_colour_and_edge_and_the_lit_class_stands_out(evaluate: Evaluate) -> None:
    rows: dict[str, Any] = {
        "shown": [1, 1, 0], "color": [0, 1, 1], "class_id": [0, 1, 1], "domain": [0, 1, 1],
        "strong": [1, 1, 0],
    }  # fmt: skip
    data = {"colors": [[1, 2, 3], [4, 5, 6]], "casings": [[7, 8, 9], [10, 11, 12]], "selects": True}
    call = "m.lookOf(rows, data, lit).map((values) => [...values])"
    paint, kind, casing = evaluate(
        "feature_map/drawing/points.js", call, rows=rows, data=data, lit=None
    )
    assert paint == [1, 2, 3, 230, 4, 5, 6, 230, 4, 5, 6, 60]
    assert kind == [0, 2, 1, 2, 1, 0]
    assert casing == [7, 8, 9, 230, 10, 11, 12, 230, 10, 11, 12, 60]
    paint, _, _ = evaluate("feature_map/drawing/points.js", call, rows=rows, data=data, lit=1)
    assert [paint[3], paint[7]] == [60, 230]
    assert not math.isnan(sum(paint))


def test_a_view_keeps_its_centre_in_a_picture_of_another_size(evaluate: Evaluate) -> None:
    call = """(async () => {
      const { View } = await import("/feature_map/movement/view.js");
      const seen = m.recentered(new View(2, 30, 40), [400, 200], [600, 300]);
      return [new View(2, 30, 40).toUnits([200, 100]), seen.toUnits([300, 150])];
    })()"""
    first, other = evaluate("feature_map/movement/twins.js", call)
    assert first == other


def test_a_fit_of_two_steps_sees_both(evaluate: Evaluate) -> None:
    call = "[...m.joined([Int16Array.of(1, 2), null, Int16Array.of(3, 4)])]"
    assert evaluate("feature_map/movement/view.js", call) == [1, 2, 3, 4]
    assert evaluate("feature_map/movement/view.js", "[...m.joined([Int16Array.of(5)])]") == [5]
    assert evaluate("feature_map/movement/view.js", "[...m.joined([null])]") == []


_WRITTEN = """(() => {
  const boxes = [];
  const context = new Proxy({}, { get: (_, name) => {
    if (name === "measureText") return (text) => ({ width: 7 * text.length });
    if (name === "roundRect") return (...box) => boxes.push(box);
    return () => {};
  }, set: () => true });
  const place = { colors: {}, width: 760, height: 500, font: "sans-serif" };
  const count = m.drawNames(context, marks, place);
  return { count, boxes };
})()"""


def _covered(boxes: list[list[float]]) -> int:
    """Return how many pairs of boxes (left, top, width, height) cover each other."""
    return sum(
        a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
        for i, a in enumerate(boxes)
        for b in boxes[:i]
    )


@pytest.mark.parametrize("classes", [11, 150])
def test_names_of_prototypes_never_cover_each_other(evaluate: Evaluate, classes: int) -> None:
    random = np.random.default_rng(0)
    places = random.uniform((40, 40), (720, 460), (classes, 2))
    marks = [
        {"x": x, "y": y, "name": f"Television {i}", "color": "#000000"}
        for i, (x, y) in enumerate(places.tolist())
    ]
    found = evaluate("shared/prototypes.js", _WRITTEN, marks=marks)
    assert found["count"] == len(found["boxes"])
    assert _covered(found["boxes"]) == 0
    assert found["count"] == 11 if classes == 11 else 20 < found["count"] < 150
