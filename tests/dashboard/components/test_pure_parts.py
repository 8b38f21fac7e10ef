"""Pure parts of the browser code, by value: one page imports the modules as they are."""

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.component_page import open_component_page

pytestmark = pytest.mark.browser

Evaluate = Callable[..., Any]


@pytest.fixture(scope="module")
def evaluate(chromium: Any) -> Iterator[Evaluate]:
    """Return `evaluate(module, expression, **values)`; `m` is the module, numbers stay numbers.

    NaN travels as null, because JSON has none.
    """
    page = open_component_page(chromium)

    def run(module: str, expression: str, **values: Any) -> Any:
        names = ", ".join(values)
        code = f"""async ({{ {names} }}) => {{
          const m = await import("/{module}");
          return JSON.stringify(await (async () => ({expression}))());
        }}"""
        return json.loads(page.evaluate(code, values))

    yield run
    page.close()


@pytest.mark.parametrize(
    ("low", "high", "count", "expected"),
    [
        (0, 1.36, 4, [0, 0.5, 1, 1.5]),
        (30, 60, 4, [30, 40, 50, 60]),
        (0, 12000, 3, [0, 5000, 10000, 15000]),
        (-0.3, 0.3, 4, [-0.4, -0.2, 0, 0.2, 0.4]),
        (0, 0.07, 4, [0, 0.02, 0.04, 0.06, 0.08]),
    ],
)
def test_ticks_are_round_and_cover_the_range(
    evaluate: Evaluate, low: float, high: float, count: int, expected: list[float]
) -> None:
    call = "m.niceTicks(low, high, count)"
    found = evaluate("shared/axis.js", call, low=low, high=high, count=count)
    assert found == expected


def test_the_running_mean_has_no_pull_to_zero_and_keeps_gaps(evaluate: Evaluate) -> None:
    found = evaluate("live_lines/scale.js", "m.smoothed([4, NaN, 8, 6], 0.5)")
    assert found == pytest.approx([4, None, (0.5 * 4 + 8) / 1.5, (0.25 * 4 + 0.5 * 8 + 6) / 1.75])


def test_of_each_pixel_the_lowest_and_the_highest_point_stay(evaluate: Evaluate) -> None:
    values = [5, 1, 9, 4, 7, 7, None, 2]
    call = "m.decimated(ys.keys().toArray(), ys.map((y) => y ?? NaN), 0, 8, 2)"
    found = evaluate("live_lines/scale.js", call, ys=values)
    assert found == [[1, 1], [2, 9], [4, 7], [7, 2]]


def test_decimation_keeps_the_extremes_of_a_long_series(evaluate: Evaluate) -> None:
    values = np.random.default_rng(0).normal(size=10_000)
    call = "m.decimated(ys.keys().toArray(), ys, 0, 10000, 100)"
    found = np.array(evaluate("live_lines/scale.js", call, ys=values.tolist()))
    bins = values.reshape(100, 100)
    assert len(found) == 200
    assert (
        np.sort(found[:, 1].reshape(100, 2)).tolist()
        == np.stack([bins.min(axis=1), bins.max(axis=1)], axis=1).tolist()
    )
    assert (np.diff(found[:, 0]) > 0).all()


def test_a_smoothed_line_has_the_recorded_one_behind_it(evaluate: Evaluate) -> None:
    rows = {"step": [1, 2], "loss/total": [4, 8], "lr": [0.1, 0.2]}
    plain = "m.metricLines(rows).map(({ y, raw }) => [y, raw ?? null])"
    assert evaluate("live_lines/series.js", plain, rows=rows) == [[[4, 8], None]]
    smooth = "m.metricLines(rows, { metric: 'lr', smoothing: 0.5 }).map(({ y, raw }) => [y, raw])"
    [[mean, raw]] = evaluate("live_lines/series.js", smooth, rows=rows)
    assert raw == [0.1, 0.2]
    assert mean == pytest.approx([0.1, (0.25 * 0.1 + 0.5 * 0.2) / 0.75])


def test_a_step_lies_at_the_hours_of_its_row(evaluate: Evaluate) -> None:
    rows = {"step": [1, 5, 9], "time": [0.1, 0.5, 0.9]}
    call = "[0, 1, 4, 5, 99].map((step) => m.hoursAt(rows, step))"
    assert evaluate("live_lines/series.js", call, rows=rows) == [0, 0.1, 0.5, 0.5, 0.9]


def test_marks_of_a_log_scale_are_round(evaluate: Evaluate) -> None:
    call = "[m.logTicks(0.3, 4), m.logTicks(1e-7, 1e3)]"
    few, many = evaluate("live_lines/scale.js", call)
    assert few == [0.5, 1, 2]
    assert many == [1e-7, 1e-4, 0.1, 100]


def test_names_that_would_overlap_are_pushed_apart_inside_the_panel(evaluate: Evaluate) -> None:
    call = "m.spread([40, 41, 95, 10], 15, 12, 100)"
    assert evaluate("shared/axis.js", call) == [40, 55, 95, 12]
    assert evaluate("shared/axis.js", "m.spread([98, 99], 15, 12, 100)") == [85, 100]


def test_rows_become_columns_and_what_is_missing_is_a_gap(evaluate: Evaluate) -> None:
    call = """(() => {
      const rows = { step: [] };
      m.addRows(rows, ["step", "loss/total"], new Float32Array([1, 0.5, 2, 0.25]));
      m.addRows(rows, ["step", "loss/contrast"], new Float32Array([3, 4]));
      return rows;
    })()"""
    assert evaluate("live_lines/rows.js", call) == {
        "step": [1, 2, 3],
        "loss/total": [0.5, 0.25, None],
        "loss/contrast": [None, None, 4],
    }


def test_the_sum_of_the_losses_is_drawn_only_without_its_parts(evaluate: Evaluate) -> None:
    call = "m.metricLines(rows).map((line) => line.name)"
    both = {"step": [1], "loss/total": [1], "loss/self_training": [1]}
    alone = {"step": [1], "loss/total": [1]}
    assert evaluate("live_lines/series.js", call, rows=both) == ["Self-train"]
    assert evaluate("live_lines/series.js", call, rows=alone) == ["Total"]


def test_positions_are_signed_little_endian_pairs(evaluate: Evaluate) -> None:
    content = list(np.array([1, -2, 300, -32768], "<i2").tobytes())
    call = "[...m.decodePositions(new Uint8Array(content).buffer)]"
    assert evaluate("feature_map/movement/files.js", call, content=content) == [1, -2, 300, -32768]


def test_a_view_turns_units_into_pixels_and_back(evaluate: Evaluate) -> None:
    call = """(() => {
      const view = new m.View(2, 100, 50);
      const near = view.zoomed(3, [110, 40]);
      return [view.toPixel([5, 5]), view.toUnits([110, 40]), near.toUnits([110, 40]), near.zoom,
        view.moved(1, -1).toPixel([5, 5]), view.times(2).toPixel([5, 5]),
        view.towards(new m.View(4, 0, 0), 0.5)];
    })()"""
    pixel, units, fixed, zoom, moved, device, halfway = evaluate(
        "feature_map/movement/view.js", call
    )
    assert (pixel, units, fixed, zoom) == ([110, 40], [5, 5], [5, 5], 6)
    assert (moved, device) == ([111, 39], [220, 80])
    assert halfway == {"zoom": 3, "x": 50, "y": 25}


def test_the_camera_follows_only_a_map_that_leaves_the_picture(evaluate: Evaluate) -> None:
    call = """[1.05, 3].map((growth) => {
      const camera = new m.Camera([2000, 1000]);
      camera.fit(new Int16Array([-1000, -500, 1000, 500]));
      camera.follow(new Int16Array([-1000, -500, 1000, 500].map((x) => growth * x)));
      camera.travel(1);
      return camera.view;
    })"""
    still, followed = evaluate("feature_map/movement/view.js", call)
    assert still == pytest.approx({"zoom": 0.9, "x": 1000, "y": 500})
    assert followed == pytest.approx({"zoom": 0.3, "x": 1000, "y": 500})


def test_a_point_without_a_place_before_appears_where_it_is_now(evaluate: Evaluate) -> None:
    call = """(() => {
      const from = new Int16Array([0, 0, -32768, -32768]);
      const at = m.between(from, new Int16Array([8, 4, 6, 2]), 0.25);
      return [at(0), at(1)];
    })()"""
    assert evaluate("feature_map/movement/view.js", call) == [[2, 1], [6, 2]]


def test_zooming_a_pane_keeps_the_point_and_stays_in_the_image(evaluate: Evaluate) -> None:
    call = """(() => {
      const size = { width: 64, height: 32 };
      const near = m.zoomed(m.WHOLE, 2, size, { x: 48, y: 8 });
      return [near, m.zoomed(m.WHOLE, 2, size), m.within({ zoom: 2, x: 60, y: -5 }, size),
        m.zoomed(m.WHOLE, 0.5, size)];
    })()"""
    near, middle, clipped, smallest = evaluate("mask_viewer/stage/view.js", call)
    assert near == {"zoom": 2, "x": 24, "y": 4}
    assert middle == {"zoom": 2, "x": 16, "y": 8}
    assert clipped == {"zoom": 2, "x": 32, "y": 0}
    assert smallest == {"zoom": 1, "x": 0, "y": 0}


def test_the_change_plane_says_what_became_of_every_labelled_pixel(evaluate: Evaluate) -> None:
    call = """(() => {
      const plane = (ids) => ({ width: 5, height: 1, ids: new Uint8Array(ids) });
      const changes = m.changePlane(plane([1, 1, 1, 1, 255]), plane([0, 1, 0, 1, 1]),
        plane([1, 0, 2, 1, 255]));
      return [...changes.ids].map((id) => m.CHANGES[id]?.name ?? null);
    })()"""
    found = evaluate("label_maps/changes.js", call)
    assert found == ["fixed", "broken", "still wrong", "right both times", None]


def _png(ids: NDArray[np.uint8], *, depth: int = 8, kind: int = 0, color_type: int = 3) -> bytes:
    """Return a PNG of palette indices in which every row has the filter `kind` (0 to 4)."""
    height, width = ids.shape
    bits = np.unpackbits(ids[..., None], axis=2)[..., 8 - depth :]
    rows = np.packbits(bits.reshape(height, width * depth), axis=1).astype(int)
    up = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    left = np.hstack([np.zeros_like(rows[:, :1]), rows[:, :-1]])
    corner = np.hstack([np.zeros_like(up[:, :1]), up[:, :-1]])
    predicted = [np.zeros_like(rows), left, up, (left + up) // 2, _paeth(left, up, corner)][kind]
    filters = np.full((height, 1), kind)
    raw = np.hstack([filters, (rows - predicted) % 256]).astype(np.uint8)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    packed = zlib.compress(raw.tobytes())
    half = len(packed) // 2  # pixels may come in several chunks
    chunks = [(b"IHDR", header), (b"IDAT", packed[:half]), (b"IDAT", packed[half:]), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _paeth(left: NDArray[Any], up: NDArray[Any], corner: NDArray[Any]) -> NDArray[Any]:
    guess = left + up - corner
    away = np.abs(np.stack([left - guess, up - guess, corner - guess]))
    return np.choose(away.argmin(axis=0), [left, up, corner])


DECODE = (
    "m.decode(new Uint8Array(content)).then(({ ids, ...size }) => ({ ...size, ids: [...ids] }))"
)


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize(("depth", "color_type"), [(8, 3), (8, 0), (4, 3), (2, 3), (1, 3)])
def test_a_png_decodes_to_its_exact_indices(
    evaluate: Evaluate, depth: int, color_type: int, kind: int
) -> None:
    ids = np.random.default_rng(kind).integers(0, 2**depth, (5, 7), np.uint8)
    content = list(_png(ids, depth=depth, kind=kind, color_type=color_type))
    found = evaluate("label_maps/png.js", DECODE, content=content)
    assert found == {"width": 7, "height": 5, "ids": ids.ravel().tolist()}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"GIF89a..", "not a PNG file"),
        (_png(np.zeros((2, 2), np.uint8), color_type=2), "a mask must be a palette or grey PNG"),
    ],
)
def test_a_file_that_is_no_mask_is_refused_in_a_sentence(
    evaluate: Evaluate, content: bytes, message: str
) -> None:
    call = "m.decode(new Uint8Array(content)).catch((error) => error.message)"
    assert message in evaluate("label_maps/png.js", call, content=list(content))


def test_a_component_keeps_its_view_and_reports_errors_in_a_sentence(evaluate: Evaluate) -> None:
    call = """(async () => {
      const log = [];
      const create = () => ({
        root: document.createElement("div"),
        update: (data) => { log.push(data); if (data === "bad") throw new Error("no points"); },
        destroy: () => log.push("end"),
      });
      const begin = m.defineComponent({ name: "map", style: "", create });
      const parentElement = document.body.appendChild(document.createElement("div"));
      const show = (data) => begin({ data, parentElement, setTriggerValue: () => {} });
      const wait = () => new Promise((done) => setTimeout(done, 5));
      const first = show(1);
      const root = parentElement.lastChild;
      show(2);
      first();  // overtaken by newer data, still on the page
      await wait();
      log.push(parentElement.lastChild === root);
      show("bad");
      const sentence = parentElement.textContent;
      const last = show(3);
      parentElement.remove();
      last();
      await wait();
      return [log, sentence];
    })()"""
    log, sentence = evaluate("shared/component.js", call)
    assert log == [1, 2, True, "bad", "end", 3, "end"]
    assert sentence == "The map cannot be drawn: no points. Reload the page to try again."


@pytest.mark.parametrize(
    ("key", "expected"), [("r", False), ("c", False), ("ArrowLeft", True), ("Escape", True)]
)
def test_letters_never_reach_the_page(evaluate: Evaluate, key: str, expected: bool) -> None:
    call = """(() => {
      const root = document.createElement("div");
      const create = () => ({ root, update: () => {}, destroy: () => {} });
      const parentElement = document.body.appendChild(document.createElement("div"));
      m.defineComponent({ name: "map", style: "", create })({ data: 1, parentElement });
      let heard = false;
      document.body.addEventListener("keydown", () => { heard = true; }, { once: true });
      root.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      return heard;
    })()"""
    assert evaluate("shared/component.js", call, key=key) is expected


def test_a_long_table_of_classes_stays_where_it_was_scrolled_to(evaluate: Evaluate) -> None:
    call = """(() => {
      const side = document.body.appendChild(document.createElement("div"));
      const next = () => {
        const made = document.createElement("div");
        made.innerHTML = '<div class="classes" style="height:50px;overflow:auto">' +
          '<div style="height:900px"></div></div>';
        return made;
      };
      m.replacePanel(side, next());
      side.querySelector(".classes").scrollTop = 300;
      m.replacePanel(side, next());
      return [side.children.length, side.querySelector(".classes").scrollTop];
    })()"""
    assert evaluate("mask_viewer/panels/panel.js", call) == [1, 300]
