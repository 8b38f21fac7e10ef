"""What only a real browser can show: pages that follow the disk, pixels, console, requests."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from spcl.store.derived.reader import DerivedReader
from spcl.store.reader import Run
from tests.conftest import Served, Watched
from tests.support.synthetic_run import SyntheticRun, write_synthetic_run

pytestmark = pytest.mark.browser

PAGES = {
    "live": "[data-chart=live-lines]",
    "runs": "[data-testid=stDataFrame]",
    "map": "[data-chart=feature-map]",
    "separability": ".js-plotly-plot",
    "prototypes": ".js-plotly-plot",
    "class": ".spcl-flow",
    "pixels": ".spcl-images, h1",
    "masks": "[data-chart=mask-viewer]",
}
SECONDS = 1000

# The share of pixels of a canvas that differ from its first one; a fresh draw needs two frames.
_INK = """async (canvas) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const flat = document.createElement("canvas");
  Object.assign(flat, { width: canvas.width, height: canvas.height });
  const brush = flat.getContext("2d");
  brush.drawImage(canvas, 0, 0);
  const { data } = brush.getImageData(0, 0, flat.width, flat.height);
  let other = 0;
  for (let i = 4; i < data.length; i += 4) {
    other += data[i] !== data[0] || data[i + 1] !== data[1] || data[i + 2] !== data[2] ||
      data[i + 3] !== data[3];
  }
  return other / (data.length / 4);
}"""


def _eventually(look: Callable[[], Any], *, seconds: float = 30.0) -> Any:
    end = time.monotonic() + seconds
    found = look()
    while not found and time.monotonic() < end:
        time.sleep(0.2)
        found = look()
    assert found, "it did not happen in time"
    return found


def _analysed(path: Path) -> bool:
    layout = DerivedReader(Run(path)).layout("umap")
    return layout is not None and set(Run(path).steps()) <= set(layout.steps)


@pytest.mark.long
def test_a_page_opened_before_the_first_snapshot_follows_the_disk(
    serve: Callable[..., Served], open_browser: Callable[..., Watched], tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    watched = open_browser(f"{serve(runs).url}/live")
    page = watched.page
    page.get_by_text("No runs here yet").wait_for()

    run = SyntheticRun(runs)
    page.get_by_text("Nothing recorded yet").wait_for()

    run.write_probe()
    run.write_metrics(10)
    run.write_snapshot(0)
    lines = page.locator(PAGES["live"])
    lines.wait_for()
    _eventually(lambda: lines.get_attribute("data-points") == "10")
    _eventually(lambda: "step 0" in page.locator("body").inner_text())

    run.write_snapshot(10)
    run.writer.append_metrics({"step": 11, "loss/total": 1.0, "stage": "warmup"})
    began = time.monotonic()
    page.get_by_text("measured at step 10").wait_for(timeout=10 * SECONDS)
    _eventually(lambda: lines.get_attribute("data-points") == "11")
    assert time.monotonic() - began < 8
    run.finish()
    page.get_by_text("Finished", exact=False).first.wait_for()
    assert watched.console == []
    assert watched.outside == []


@pytest.mark.long
def test_the_map_of_a_growing_run_fills_by_itself(
    serve: Callable[..., Served], open_browser: Callable[..., Watched], tmp_path: Path
) -> None:
    run = SyntheticRun(tmp_path / "runs")
    run.write_probe()
    watched = open_browser(f"{serve(tmp_path / 'runs').url}/map")
    watched.page.get_by_text("Nothing recorded yet").wait_for()
    run.write_snapshot(0)
    chart = watched.page.locator(PAGES["map"])
    chart.wait_for(timeout=60 * SECONDS)
    _eventually(lambda: int(chart.get_attribute("data-points") or 0) >= len(run.truth))
    run.write_snapshot(10)
    _eventually(lambda: chart.get_attribute("data-step") == "10", seconds=60)
    run.finish()
    assert watched.console == []


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_finished_run_is_whole(
    analyzed_url: str, open_browser: Callable[..., Watched], name: str
) -> None:
    watched = open_browser(f"{analyzed_url}/{name}")
    watched.page.locator(PAGES[name]).first.wait_for()
    watched.page.wait_for_timeout(1500)
    shown = watched.page.locator("body").inner_text()
    assert "Traceback" not in shown
    assert "cannot be shown" not in shown
    assert watched.page.locator("h1").inner_text()
    assert watched.console == []
    assert watched.outside == []


@pytest.mark.long
def test_every_page_of_a_running_run_is_whole_and_reached_by_clicking(
    serve: Callable[..., Served], open_browser: Callable[..., Watched], tmp_path: Path
) -> None:
    path = write_synthetic_run(tmp_path / "runs", finished=False)
    watched = open_browser(f"{serve(path.parent).url}/live")
    page = watched.page
    page.locator(PAGES["live"]).wait_for()
    _eventually(lambda: _analysed(path), seconds=120)
    titles = {"map": "Feature map", "separability": "Separability", "prototypes": "Prototypes"}
    for name, title in {**titles, "masks": "Masks", "live": "Live"}.items():
        page.locator("[data-testid=stSidebarNav]").get_by_text(title, exact=True).click()
        page.wait_for_url(f"**/{name}?*")
        page.locator(PAGES[name]).first.wait_for()
        assert "run=20260101-000000-synthetic" in page.url
    assert watched.console == []
    assert watched.outside == []


@pytest.mark.long
@pytest.mark.parametrize("name", ["map", "masks"])
def test_the_canvas_has_ink_and_another_step_has_other_pixels(
    analyzed_url: str, open_browser: Callable[..., Watched], name: str
) -> None:
    pictures = []
    for step in (0, 40):
        page = open_browser(f"{analyzed_url}/{name}?step={step}&live=0").page
        page.locator(f"{PAGES[name]}[data-step='{step}']").first.wait_for()
        page.wait_for_timeout(2000)
        canvas = page.locator(f"{PAGES[name]} canvas:not(.under)").first
        assert canvas.evaluate(_INK) > 0.01
        pictures.append(hashlib.sha256(canvas.screenshot()).hexdigest())
    assert pictures[0] != pictures[1]


@pytest.mark.long
def test_zoom_and_hidden_lines_survive_new_rows(
    serve: Callable[..., Served], open_browser: Callable[..., Watched], tmp_path: Path
) -> None:
    run = SyntheticRun(tmp_path / "runs")
    run.write_probe()
    run.write_metrics(20)
    run.write_snapshot(0)
    page = open_browser(f"{serve(tmp_path / 'runs').url}/live").page
    lines = page.locator(PAGES["live"])
    _eventually(lambda: lines.get_attribute("data-points") == "20")
    lines.locator(".name", has_text="Contrast").click()
    box = lines.locator("svg").nth(1).bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    page.mouse.up()
    lines.get_by_text("double-click shows all").wait_for()

    run.writer.append_metrics({"step": 21, "loss/total": 1.0, "loss/contrast": 1.0})
    run.write_snapshot(10)
    page.get_by_text("measured at step 10").wait_for()
    _eventually(lambda: lines.get_attribute("data-points") == "21")
    assert lines.get_by_text("double-click shows all").is_visible()
    assert (lines.locator(".name.hidden").text_content() or "").startswith("Contrast")
    run.finish()


@pytest.mark.long
def test_any_scalar_is_drawn_over_hours_by_its_logarithm_and_the_link_says_so(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/live")
    page = watched.page
    lines = page.locator(PAGES["live"])
    metric = lines.get_by_label("Metric of the lower chart")
    metric.locator("option[value=lr]").wait_for(state="attached")
    raw = lines.locator("svg").nth(1).locator("path.raw")
    assert raw.count() == 0
    metric.select_option("lr")
    page.locator(f"{PAGES['live']}[data-metric=lr]").wait_for()
    _eventually(lambda: lines.locator("h3").nth(1).inner_text() == "lr")
    lines.get_by_label("Smoothing").fill("0.9")
    raw.first.wait_for(state="attached")
    lines.get_by_text("log", exact=True).click()
    lines.get_by_label("What the charts run over").select_option("time")
    lines.get_by_text("Hours since the run began").wait_for()
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.get_by_role("button", name="Copy link").click()
    link = str(_eventually(lambda: page.evaluate("window.copied")))
    page.goto(link)
    page.locator(f"{PAGES['live']}[data-metric=lr]").wait_for()
    lines.get_by_text("Hours since the run began").wait_for()
    assert lines.get_by_label("Smoothing").input_value() == "0.9"
    assert watched.console == []


@pytest.mark.long
def test_the_masks_page_marks_the_pixel_it_was_opened_for(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/pixels?step=20")
    page = watched.page
    page.locator(".spcl-pixels a[data-page=masks]").first.click()
    page.wait_for_url("**/masks?*at=*")
    row, _, column = parse_qs(urlsplit(page.url).query)["at"][0].partition(",")
    marked = page.locator(f"{PAGES['masks']}[data-mark='{row},{column}']")
    marked.wait_for()
    canvas = page.locator(f"{PAGES['masks']} .pane.right canvas")
    with_mark = hashlib.sha256(canvas.screenshot()).hexdigest()
    assert f"row {row}, column {column}" in (canvas.get_attribute("aria-label") or "")
    page.get_by_role("button", name="Without the mark").click()
    page.locator(f"{PAGES['masks']}[data-mark='']").wait_for()
    assert "at=" not in page.url
    _eventually(lambda: hashlib.sha256(canvas.screenshot()).hexdigest() != with_mark)
    assert watched.console == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system(
    empty_url: str, open_browser: Callable[..., Watched], scheme: str
) -> None:
    page = open_browser(f"{empty_url}/live", color_scheme=scheme).page
    page.get_by_text("No runs here yet").wait_for()
    color = page.locator(".stApp").evaluate("(app) => getComputedStyle(app).backgroundColor")
    assert color == {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 18, 23)"}[scheme]


def test_a_planted_outside_request_is_counted_and_blocked(
    empty_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{empty_url}/live")
    watched.page.get_by_text("No runs here yet").wait_for()
    assert watched.outside == []
    watched.page.evaluate("() => fetch('http://192.0.2.1/fetched').catch(() => null)")
    watched.page.wait_for_timeout(500)
    assert "Content Security Policy" in " ".join(watched.console)
    watched.page.evaluate("() => { location.href = 'http://192.0.2.1/planted'; }")
    watched.page.wait_for_timeout(1000)
    assert "http://192.0.2.1/planted" in watched.outside  # asked for once more if it is slow


def test_the_serving_process_never_loads_the_heavy_libraries() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import dashboard.server.serve, dashboard.views.common, dashboard.navigation; "
        "dashboard.navigation.load_views(); "
        "print([m for m in ('torch', 'umap', 'sklearn', 'scipy', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
