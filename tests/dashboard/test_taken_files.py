"""What somebody takes from a page: the picture that is seen, and its numbers."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def taken(watched: Watched, button: Any) -> Path:
    with watched.page.expect_download() as waiting:
        button.click()
    assert watched.console == []
    return Path(waiting.value.path())


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def colors(path: Path) -> int:
    with Image.open(path) as image:
        found = image.convert("RGB").getcolors(1 << 24)
    assert found is not None
    return len(found)


def test_map_as_picture_and_table(analyzed_url: str, open_browser: Callable[..., Watched]) -> None:
    watched = open_browser(f"{analyzed_url}/map?live=0", reduced_motion="reduce")
    chart = watched.page.locator("[data-chart=feature-map][data-zoom]")
    chart.wait_for()
    shown = int(chart.get_attribute("data-points") or 0)
    assert colors(taken(watched, chart.get_by_role("button", name="PNG"))) > 50
    found = rows(taken(watched, chart.get_by_role("button", name="CSV")))
    assert sum(row["kind"] == "pixel" for row in found) == shown
    assert {row["domain"] for row in found if row["kind"] == "pixel"} == {"day", "dusk"}
    assert all(0 <= float(row["confidence"]) <= 1 for row in found if row["kind"] == "pixel")
    assert any(row["kind"] == "prototype" for row in found)


def test_masks_as_picture_and_table(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/masks?live=0")
    viewer = watched.page.locator("[data-chart=mask-viewer][data-drawn]")
    viewer.wait_for()
    assert colors(taken(watched, viewer.get_by_role("button", name="PNG"))) > 50
    found = rows(taken(watched, viewer.get_by_role("button", name="CSV")))
    assert len(found) == int(viewer.get_attribute("data-points") or 0)
    assert {row["domain"] for row in found} == {"Day", "Dusk"}
    for row in found:
        gain = float(row["miou_after"]) - float(row["miou_before"])
        assert float(row["change"]) == pytest.approx(gain, abs=1e-9)


def test_lines_as_picture_and_table(
    analyzed_url: str, open_browser: Callable[..., Watched]
) -> None:
    watched = open_browser(f"{analyzed_url}/live?live=0")
    chart = watched.page.locator("[data-chart=live-lines]")
    chart.locator("path.line").first.wait_for()
    chart.scroll_into_view_if_needed()
    assert colors(taken(watched, chart.get_by_role("button", name="mIoU as PNG"))) > 5
    found = rows(taken(watched, chart.get_by_role("button", name="mIoU as CSV")))
    assert {row["line"] for row in found} >= {"Source", "Target"}
    assert [row["step"] for row in found if row["line"] == "Target"] == [
        "0",
        "10",
        "20",
        "30",
        "40",
    ]
