"""The masks page: how far the confidence can be believed, with and without labels and report."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.calibration import reliability_diagram
from dashboard.data import runs_folder
from dashboard.data.masks.reports import Reliability
from dashboard.text.scores import calibration as words
from spcl.analysis.measures.mask_report import MaskReports
from spcl.store.derived.writer import DerivedWriter
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

PAGE = """
from dashboard.data.opened_run import open_run
from dashboard.data.selection import selection
from dashboard.views import masks
masks.render(open_run(selection()))
"""
NAN = np.nan
NOW = Reliability(np.array([0, 20, 80]), np.array([NAN, 0.5, 0.9]), np.array([NAN, 0.4, 0.8]), 0.1)
BEFORE = Reliability(np.array([0, 50, 50]), np.array([NAN, 0.5, 0.9]), np.array([NAN, 0.3, 0.6]), 0.25)  # noqa: E501 # fmt: skip


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., AppTest]:
    runs_folder.use(tmp_path)

    def run(step: str = "40") -> AppTest:
        app = AppTest.from_string(PAGE, default_timeout=30)
        app.query_params["step"] = step
        app.run()
        assert not app.exception, app.exception
        return app

    return run


def text_of(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.subheader]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u00a0", " ")


def write_reports(path: Path) -> None:
    reports, writer = MaskReports(Run(path)), DerivedWriter(Run(path))
    for step in Run(path).steps():
        writer.write_mask_report(step, reports.report(step))


def test_the_error_stands_before_and_now_beside_its_diagram(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    path = write_synthetic_run(tmp_path)
    write_reports(path)
    app = opened()
    reports = MaskReports(Run(path))
    curves = [reports.report(step)["domains"]["target"]["calibration"] for step in (20, 40)]
    assert app.metric[0].value == " → ".join(f"{100 * curve['error']:.1f}" for curve in curves)
    assert any("spcl-reliability" in str(html.proto) for html in app.get("html"))
    assert "calibrated" in text_of(app)
    assert "% are right" in text_of(app)


def test_at_the_reference_step_nothing_is_compared(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    write_reports(write_synthetic_run(tmp_path))
    app = opened("20")
    assert "→" not in app.metric[0].value
    assert "since before" not in text_of(app)


def test_without_a_report_the_page_says_what_is_awaited(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    write_synthetic_run(tmp_path)
    app = opened()
    assert "The calibration at step 40 has not been computed yet" in text_of(app)
    assert not app.metric


def test_without_labels_no_confidence_is_judged(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    write_reports(write_synthetic_run(tmp_path, target_labels=False))
    assert "Dusk has no labels here, so the calibration cannot be measured" in text_of(opened())


def test_the_change_is_the_difference_of_the_numbers_shown() -> None:
    assert words.figure(NOW, BEFORE) == "25.0 → 10.0"
    assert words.figure(NOW, None) == "10.0"
    assert words.change(NOW, BEFORE) == -15.0
    assert words.change_text(-15.0) == "15.0 points, better calibrated"
    assert words.change_text(2.0) == "2.0 points, worse calibrated"
    assert words.change_text(0.0) == "unchanged by the adaptation"


def test_the_verdict_compares_mean_confidence_with_what_is_right() -> None:
    assert "overconfident: its mean confidence is 82.0 %, but 72.0 %" in words.verdict(NOW, "dusk")
    unsure = Reliability(NOW.pixels, NOW.accuracy, NOW.confidence, 0.1)
    assert "underconfident" in words.verdict(unsure, "dusk")


def test_the_caption_gives_the_bin_that_is_furthest_off() -> None:
    assert "with 50 % confidence, 30 % are right" not in words.reading(BEFORE)
    assert "with 90 % confidence, 60 % are right" in words.reading(BEFORE)
    nothing = np.full(3, NAN)
    assert "are right." not in words.reading(Reliability(np.zeros(3, int), nothing, nothing, NAN))


def drawn(
    now: Reliability, before: Reliability | None, *, dark: bool = False
) -> ElementTree.Element:
    html = reliability_diagram(now, before, dark=dark)
    return ElementTree.fromstring(unquote(html.split("data:image/svg+xml,")[1].split('"')[0]))


def of_kind(drawing: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [one for one in drawing.iter() if one.tag.endswith(kind)]


@pytest.mark.parametrize("dark", [False, True])
def test_before_is_dashed_and_now_is_solid(dark: bool) -> None:
    lines = of_kind(drawn(NOW, BEFORE, dark=dark), "polyline")
    assert [(line.get("class"), bool(line.get("stroke-dasharray"))) for line in lines] == [
        ("before", True),
        ("now", False),
    ]
    alone = of_kind(drawn(NOW, None, dark=dark), "polyline")
    assert [line.get("class") for line in alone] == ["now"]


def test_what_is_exactly_right_lies_on_the_diagonal() -> None:
    exact = np.array([0.0, 0.5, 1.0])
    drawing = drawn(Reliability(np.ones(3, int), exact, exact, 0.0), None)
    dots = [
        (float(dot.get("cx", 0)), float(dot.get("cy", 0))) for dot in of_kind(drawing, "circle")
    ]
    diagonal = of_kind(drawing, "}line")[-1]
    ends = [(float(diagonal.get(f"x{i}", 0)), float(diagonal.get(f"y{i}", 0))) for i in (1, 2)]
    assert [dots[0], dots[2]] == ends


def test_the_diagram_is_told_in_words_and_large_bars_have_their_share() -> None:
    html = reliability_diagram(NOW, BEFORE, dark=False)
    assert "before: 50 % confident 30 % right, 90 % confident 60 % right" in html
    assert "now: 50 % confident 40 % right, 90 % confident 80 % right" in html
    assert ">80 %</span>" in html.split("pixels</span>")[1]
